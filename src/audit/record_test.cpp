#include "audit/record.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace assay::audit {
namespace {

constexpr Timestamp kDate{std::chrono::milliseconds(1'700'000'000'123)};

Uuid uuid(std::uint8_t seed) {
  Uuid out;
  out.bytes.fill(seed);
  return out;
}

NewRecord full_record() {
  return {.id = uuid(0x11),
          .source_system_name = "PatientTestApi",
          .resource = Resource{.type = "patient", .id = "a \"quoted\"\n id", .operation = "find"},
          .actor = Principal{.kind = "subscription",
                             .id = "s-1",
                             .name = "Clinic",
                             .on_behalf_of = "Dr. Ørsted",
                             .purpose_of_use = "TREAT"},
          .operation_id = "0af7651916cd43dd8448eb211c80319c",
          .patient_id = uuid(0x22),
          .outcome = Outcome{.result = "not-found", .of = uuid(0x33)}};
}

NewRecord smallest_record() {
  return {.id = uuid(0x11),
          .source_system_name = "X",
          .resource = std::nullopt,
          .actor = std::nullopt,
          .operation_id = "",
          .patient_id = std::nullopt,
          .outcome = std::nullopt};
}

TEST(Record, HasTheMembersOfItsDescription) {
  EXPECT_EQ(canonical_json(to_json(full_record(), kDate, 7)),
            R"({"actor":{"id":"s-1","kind":"subscription","name":"Clinic"},)"
            R"("asserted":{"onBehalfOf":"Dr. Ørsted","purposeOfUse":"TREAT"},)"
            R"("createdDate":"2023-11-14T22:13:20.123Z","id":"11111111-1111-1111-1111-111111111111",)"
            R"("operationId":"0af7651916cd43dd8448eb211c80319c","outcome":"not-found",)"
            R"("outcomeOf":"33333333-3333-3333-3333-333333333333","patientId":"22222222-2222-2222-2222-222222222222",)"
            R"("patientSequence":7,"resource":{"id":"a \"quoted\"\n id","operation":"find","type":"patient"},)"
            R"("sourceSystemName":"PatientTestApi"})");
}

TEST(Record, LeavesOutWhatIsNotSet) {
  EXPECT_EQ(canonical_json(to_json(smallest_record(), kDate, std::nullopt)),
            R"({"createdDate":"2023-11-14T22:13:20.123Z","id":"11111111-1111-1111-1111-111111111111",)"
            R"("sourceSystemName":"X"})");
  auto record = smallest_record();
  record.actor = Principal{.kind = "host-key", .id = "k", .name = "k", .on_behalf_of = "", .purpose_of_use = ""};
  record.resource = Resource{.type = "t", .id = std::nullopt, .operation = "o"};
  const auto object = to_json(record, kDate, std::nullopt);
  EXPECT_FALSE(object.contains("asserted"));
  EXPECT_FALSE(object.at("resource").as_object().contains("id"));
  record.actor->purpose_of_use = "TREAT";
  EXPECT_EQ(json::serialize(to_json(record, kDate, std::nullopt).at("asserted")), R"({"purposeOfUse":"TREAT"})");
}

TEST(Record, IsReadBackFromItsDocument) {
  const auto full = parse_record(canonical_json(to_json(full_record(), kDate, 7)));
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->record, full_record());
  EXPECT_EQ(full->created_date, kDate);
  EXPECT_EQ(full->patient_sequence, 7);
  const auto smallest = parse_record(canonical_json(to_json(smallest_record(), kDate, std::nullopt)));
  ASSERT_TRUE(smallest.has_value());
  EXPECT_EQ(smallest->record, smallest_record());
}

TEST(Record, IsNotReadWhenAMemberIsWrong) {
  const auto whole = to_json(full_record(), kDate, 7);
  for (const auto& member : whole) {
    auto faulty = whole;
    faulty[member.key()] = true;
    EXPECT_FALSE(parse_record(json::serialize(faulty)).has_value()) << member.key();
  }
  for (const auto* required :
       {"id", "createdDate", "sourceSystemName", "outcome", "outcomeOf", "patientId", "patientSequence", "actor"}) {
    auto faulty = whole;
    faulty.erase(required);
    EXPECT_FALSE(parse_record(json::serialize(faulty)).has_value()) << required;
  }
  auto unknown = whole;
  unknown["foo"] = "x";
  EXPECT_FALSE(parse_record(json::serialize(unknown)).has_value());
  EXPECT_FALSE(parse_record("[]").has_value());
  EXPECT_FALSE(parse_record("{").has_value());
}

TEST(Draft, CompletesToTheCanonicalFormOfTheRecord) {
  for (const auto& record : {full_record(), smallest_record()}) {
    const Draft draft(record);
    EXPECT_EQ(draft.complete(kDate, 7), canonical_json(to_json(record, kDate, 7)));
    EXPECT_EQ(draft.complete(kDate, std::nullopt), canonical_json(to_json(record, kDate, std::nullopt)));
  }
}

TEST(LogEntry, IsTheDocumentedExample) {
  Bytes32 salt{};
  std::iota(salt.begin(), salt.end(), std::uint8_t{0});
  const auto entry = log_entry(salt, R"({"createdDate":"2026-11-23T23:39:56.883Z",)"
                                     R"("id":"f43d6c53-b3b4-403c-8e1a-81a4e47969eb","sourceSystemName":"X"})");
  EXPECT_EQ(to_hex(entry), "46e228a6df082bdf1c3d83a511a373c164ce0175875408d51870945c1a4939a8");
}

TEST(Repeat, IsTheSameContentUnderWhateverToken) {
  auto sent = full_record();
  sent.actor->token = "token";
  EXPECT_TRUE(is_repeat(sent, full_record()));
}

TEST(Repeat, IsNotOtherContent) {
  auto sent = full_record();
  sent.resource->id = "other";
  EXPECT_FALSE(is_repeat(sent, full_record()));
  sent = full_record();
  sent.operation_id = "other";
  EXPECT_FALSE(is_repeat(sent, full_record()));
}

TEST(Repeat, OfACallerKnownByItsHostKeyMayComeInAnotherRequest) {
  auto stored = full_record();
  stored.actor = Principal{.kind = "host-key", .id = "k", .name = "k", .on_behalf_of = "", .purpose_of_use = ""};
  auto sent = stored;
  sent.operation_id = "other";
  EXPECT_TRUE(is_repeat(sent, stored));
}

}  // namespace
}  // namespace assay::audit
