#include "app/access_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/record_texts.hpp"
#include "base/error.hpp"

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

std::string how_of(const json::value& record) {
  const auto type = text_at(record, {"resource", "type"});
  const auto operation = text_at(record, {"resource", "operation"});
  const auto* const known = std::ranges::find_if(
      kWordings, [&](const Wording& each) { return each.type == type && each.operation == operation; });
  auto how = known == kWordings.end() ? fmt::format("{} {}", operation, type) : std::string(known->words);
  if (const auto outcome = text_at(record, {"outcome"}); !outcome.empty()) how += fmt::format("; ended: {}", outcome);
  return how;
}

std::string who_of(const json::value& record) {
  const auto name = text_at(record, {"actor", "name"});
  if (name.empty()) return std::string(text_at(record, {"sourceSystemName"}));
  return fmt::format("{} ({} {})", name, text_at(record, {"actor", "kind"}), text_at(record, {"actor", "id"}));
}

/// 2026-01-31T23:59:59.999Z in a form for people.
std::string when_of(const json::value& record) {
  constexpr std::size_t kDayEnd = 10;
  constexpr std::size_t kSecondEnd = 19;
  const auto date = text_at(record, {"createdDate"});
  if (date.size() < kSecondEnd) return std::string(date);
  return fmt::format("{} {} UTC", date.substr(0, kDayEnd), date.substr(kDayEnd + 1, kSecondEnd - kDayEnd - 1));
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
  access.when = when_of(*record);
  access.who = who_of(*record);
  access.on_behalf_of = text_at(*record, {"asserted", "onBehalfOf"});
  access.how = how_of(*record);
  access.purpose = text_at(*record, {"asserted", "purposeOfUse"});
  access.proof = told.at("proof").as_string();
  return access;
}

void require_complete(const AccessReport& report) {
  std::uint64_t expected = 1;
  for (const auto& access : report.accesses) {
    if (access.number != expected) break;
    ++expected;
  }
  if (expected == report.count + 1 && report.accesses.size() == report.count) return;
  throw Refusal(
      fmt::format("the register counts {} accesses to the patient and did not tell number {}; run "
                  "'assay check' on its data directory",
                  report.count, expected));
}

}  // namespace assay::app
