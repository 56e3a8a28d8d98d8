#include "patients/patient.hpp"

#include <fmt/format.h>

#include "base/dates.hpp"
#include "base/json.hpp"

namespace assay::patients {

namespace {

/// What a document takes around its texts.
constexpr std::size_t kUsualSize = 384;

}  // namespace

Patient merge(Patient current, Patient changes) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (changes.fields[i]) current.fields[i] = std::move(changes.fields[i]);
  }
  return current;
}

std::string to_json(const StoredPatient& patient) {
  std::string out;
  out.reserve(kUsualSize);
  out.push_back('{');
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto& text = patient.patient.fields[i];
    if (!text) continue;
    out.push_back('"');
    out += kFieldNames[i];
    out += "\":";
    append_json_string(out, *text);
    out.push_back(',');
  }
  out += "\"id\":\"";
  out += patient.id.to_string();
  out += "\",\"lastUpdated\":\"";
  out += to_iso8601(patient.last_updated);
  out += "\"}";
  return out;
}

std::optional<std::chrono::sys_days> first_day(std::string_view date_of_birth) {
  constexpr std::string_view kFirstDay = "0000-01-01";
  constexpr std::size_t kYear = 4;
  constexpr std::size_t kMonth = 7;
  const auto size = date_of_birth.size();
  if (size != kYear && size != kMonth && size != kFirstDay.size()) return std::nullopt;
  std::array<char, kFirstDay.size()> day{};
  std::ranges::copy(kFirstDay, day.begin());
  std::ranges::copy(date_of_birth, day.begin());
  if (std::string_view(day.data(), kYear) == "0000") return std::nullopt;
  return parse_day({day.data(), day.size()});
}

Timestamp next_version(Timestamp now, Timestamp previous) {
  return std::max(now, previous + std::chrono::milliseconds(1));
}

std::string entity_tag(Timestamp last_updated) {
  return fmt::format("\"{}\"", last_updated.time_since_epoch().count());
}

}  // namespace assay::patients
