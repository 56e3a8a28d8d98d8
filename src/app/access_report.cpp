#include "app/access_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>

#include "app/record_texts.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/uuid.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/note.hpp"

namespace assay::app {

namespace {

struct Wording {
  std::string_view type;
  std::string_view operation;
  std::string_view words;
};

constexpr std::array kWordings{
    Wording{"patient", "create", "created your registration"},
    Wording{"patient", "find", "read your registration"},
    Wording{"patient", "update", "changed your registration"},
    Wording{"patient", "disclose", "saw your registration among the results of a search"},
    Wording{"patient", "import", "brought your registration in from elsewhere"},
    Wording{"patient", "erase", "erased your registration"},
    Wording{"test", "create", "added a test"},
    Wording{"test", "read", "read tests"},
    Wording{"test", "import", "brought tests in from elsewhere"},
    Wording{"audit", "read", "read who accessed your data"},
    Wording{"audit", "search", "searched the records of accesses to your data"},
    Wording{"record", "erase", "erased records of accesses"},
};

struct Ending {
  std::string_view outcome;
  std::string_view words;
};

constexpr std::array kEndings{
    Ending{"not-found", "found nothing"},
    Ending{"not-modified", "the caller had the same content already"},
    Ending{"precondition-failed", "not done: the data were not as the caller expected"},
    Ending{"conflict", "not done: other data were there"},
    Ending{"failed", "in an error"},
    Ending{"done", "done"},
    Ending{"not-done", "not done"},
};

std::string how_of(const json::value& record) {
  const auto type = text_at(record, {"resource", "type"});
  const auto operation = text_at(record, {"resource", "operation"});
  const auto* const known = std::ranges::find_if(
      kWordings, [&](const Wording& each) { return each.type == type && each.operation == operation; });
  return known == kWordings.end() ? fmt::format("{} {}", operation, type) : std::string(known->words);
}

std::string ended_of(const json::value& record) {
  const auto outcome = text_at(record, {"outcome"});
  const auto* const known = std::ranges::find(kEndings, outcome, &Ending::outcome);
  return std::string(known == kEndings.end() ? outcome : known->words);
}

/// 2026-01-31T23:59:59.999Z in a form for people.
std::string when_of(const json::value& record) {
  constexpr std::size_t kDayEnd = 10;
  constexpr std::size_t kSecondEnd = 19;
  const auto date = text_at(record, {"createdDate"});
  if (date.size() < kSecondEnd) return std::string(date);
  return fmt::format("{} {}", date.substr(0, kDayEnd), date.substr(kDayEnd + 1, kSecondEnd - kDayEnd - 1));
}

void name_who(ReportedAccess& access, const json::value& record) {
  access.who = text_at(record, {"actor", "name"});
  if (access.who.empty()) {
    access.who = text_at(record, {"sourceSystemName"});
  } else {
    access.identity = fmt::format("{} {}", text_at(record, {"actor", "kind"}), text_at(record, {"actor", "id"}));
  }
}

/// A register in strange hands could otherwise have a key sent, a file written or a reader led to anywhere.
std::string proof_of(const json::object& told, const std::string& record_id) {
  auto proof = fmt::format("/audit/{}/proof", record_id);
  if (Uuid::parse(record_id) && told.at("proof").as_string() == proof) return proof;
  throw Refusal("the register names something else for a proof than the proof of that record; is it in order?");
}

}  // namespace

ReportedAccess to_reported(const json::object& told) {
  ReportedAccess access;
  access.number = json::value_to<std::uint64_t>(told.at("sequence"));
  access.index = json::value_to<std::uint64_t>(told.at("index"));
  const auto* record = told.if_contains("record");
  if (record == nullptr) {
    access.is_erased = true;
    access.record_id = text_at(told.at("id"), {});
    return access;
  }
  access.record_id = text_at(*record, {"id"});
  access.proof = proof_of(told, access.record_id);
  access.link = access.proof;
  access.when = when_of(*record);
  name_who(access, *record);
  access.on_behalf_of = text_at(*record, {"asserted", "onBehalfOf"});
  access.how = how_of(*record);
  access.purpose = text_at(*record, {"asserted", "purposeOfUse"});
  access.is_of_records = text_at(*record, {"resource", "type"}) == "audit";
  access.ended = ended_of(*record);
  access.attempt_id = text_at(*record, {"outcomeOf"});
  return access;
}

ReportedLog to_reported_log(std::string_view checkpoint) {
  const auto note = merkle::Note::parse(checkpoint);
  const auto read = note ? merkle::Checkpoint::parse(note->text) : std::nullopt;
  if (read) {
    const auto own = std::ranges::find(note->signatures, read->origin, &merkle::NoteSignature::key_name);
    if (own != note->signatures.end()) {
      return {.origin = read->origin,
              .size = read->tree.size,
              .key_prefix = fmt::format("{}+{}+", read->origin, to_hex(own->key_id))};
    }
  }
  throw Refusal("the register's answer holds no signed checkpoint; is it of another version?");
}

void require_complete(const AccessReport& report) {
  std::uint64_t expected = 1;
  for (const auto& access : report.accesses) {
    if (access.number != expected) break;
    ++expected;
  }
  if (expected == report.count + 1 && report.accesses.size() == report.count) return;
  throw Refusal(
      fmt::format("the register counts {} records of accesses to the patient and did not tell number {}; run "
                  "'assay check' on its data directory",
                  report.count, expected));
}

void join_endings(AccessReport& report) {
  std::vector<ReportedAccess> joined;
  std::map<std::string, std::size_t, std::less<>> attempts;
  for (auto& access : report.accesses) {
    const auto attempt = access.ended.empty() ? attempts.end() : attempts.find(access.attempt_id);
    if (attempt != attempts.end()) {
      joined[attempt->second].endings.push_back(std::move(access));
      continue;
    }
    if (!access.is_erased && access.ended.empty()) attempts.emplace(access.record_id, joined.size());
    joined.push_back(std::move(access));
  }
  report.accesses = std::move(joined);
}

}  // namespace assay::app
