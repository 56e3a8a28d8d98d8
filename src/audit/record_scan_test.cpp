#include "audit/record_scan.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "audit/record.hpp"
#include "merkle/text_mutations.hpp"

namespace assay::audit {
namespace {

Uuid uuid(std::uint8_t seed) {
  Uuid out;
  out.bytes.fill(seed);
  return out;
}

std::string canonical(const NewRecord& record, std::optional<std::uint64_t> sequence = std::nullopt) {
  return canonical_json(to_json(record, Timestamp(std::chrono::milliseconds(1'795'477'196'883)), sequence));
}

NewRecord bare() {
  return {.id = uuid(1),
          .source_system_name = "X",
          .resource = std::nullopt,
          .actor = std::nullopt,
          .operation_id = "",
          .patient_id = std::nullopt,
          .outcome = std::nullopt};
}

NewRecord full() {
  auto record = bare();
  record.resource = Resource{.type = "patient", .id = R"({"a\"b":"c\\"})", .operation = "search"};
  record.actor = Principal{
      .kind = "subscription", .id = "s-1", .name = "first", .on_behalf_of = "dr.jones", .purpose_of_use = "TREAT"};
  record.operation_id = "a204deaa4912c0ba6af4151d62065ff8";
  record.patient_id = uuid(2);
  record.outcome = Outcome{.result = "failed", .of = uuid(3)};
  record.part_of = uuid(4);
  return record;
}

/// What the slow and strict way makes of a document: nothing unless it is a record in canonical form.
std::optional<ScannedRecord> read_slowly(std::string_view document) {
  static std::optional<StoredRecord> stored;  // what is returned has views into it
  stored = parse_record(document);
  if (!stored) return std::nullopt;
  const auto& record = stored->record;
  if (canonical_json(to_json(record, stored->created_date, stored->patient_sequence)) != document) return std::nullopt;
  return ScannedRecord{
      .id = record.id,
      .created_date = stored->created_date,
      .part_of = record.part_of,
      .patient_id = record.patient_id,
      .patient_sequence = stored->patient_sequence.value_or(0),
      .source_system_name = "X",
      .actor_id = record.actor ? std::optional<std::string_view>(record.actor->id) : std::nullopt,
      .operation = record.resource ? std::optional<std::string_view>(record.resource->operation) : std::nullopt};
}

/// The view's text is in JSON's escapes.
bool has_escapes(const ScannedRecord& scanned) {
  return scanned.actor_id.value_or("").contains('\\') || scanned.operation.value_or("").contains('\\');
}

TEST(RecordScan, ReadsWhatARecordSaysWhateverItLacks) {
  std::vector<std::string> documents{canonical(bare()), canonical(full(), 7)};
  auto record = full();
  record.actor->on_behalf_of = "";
  documents.push_back(canonical(record, 1));
  record.actor->purpose_of_use = "";
  record.resource->id.reset();
  documents.push_back(canonical(record, 999'999'999'999'999));
  record.outcome.reset();
  record.patient_id.reset();
  documents.push_back(canonical(record));
  for (const auto& document : documents) {
    ASSERT_TRUE(scan_record(document)) << document;
    EXPECT_EQ(scan_record(document), read_slowly(document));
  }
}

TEST(RecordScan, TakesNothingThatIsNoRecordInCanonicalForm) {
  for (const auto& document : {canonical(bare()), canonical(full(), 12)}) {
    for (const auto& mutation : merkle::mutations_of(document)) {
      auto scanned = scan_record(mutation);
      if (!scanned) continue;
      if (has_escapes(*scanned)) continue;
      scanned->source_system_name = "X";
      EXPECT_EQ(scanned, read_slowly(mutation)) << mutation;
    }
  }
}

TEST(RecordScan, LeavesRareTextsToTheSlowWay) {
  auto record = bare();
  for (const auto* name : {"Müller", "a\nb", "\x01"}) {
    record.source_system_name = name;
    EXPECT_FALSE(scan_record(canonical(record))) << name;
  }
}

TEST(RecordScan, TakesNoMemberThatIsEmptyWhereItShouldBeAbsent) {
  auto text = canonical(full(), 12);
  for (const auto* value : {"dr.jones", "TREAT", "a204deaa4912c0ba6af4151d62065ff8"}) {
    auto emptied = text;
    emptied.erase(emptied.find(value), std::string_view(value).size());
    EXPECT_FALSE(scan_record(emptied)) << emptied;
  }
}

}  // namespace
}  // namespace assay::audit
