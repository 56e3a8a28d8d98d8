#include "audit/record_scan.hpp"

#include <charconv>

namespace assay::audit {

namespace {

constexpr unsigned char kFirstPrintable = 0x20;
constexpr unsigned char kFirstBeyondAscii = 0x80;
/// Numbers of so many digits are exact in JSON.
constexpr std::size_t kMostDigits = 15;

/// Takes the members of a record off the front of its text, each of which must be the next in the canonical order.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool is_at_end() const { return rest_.empty(); }

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  /// A text behind its opening quote. The quote and the backslash are the only characters whose escape has one form
  /// that is looked at here.
  bool take_text(std::string_view& text) {
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const auto c = static_cast<unsigned char>(rest_[i]);
      if (c == '"') {
        text = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (c < kFirstPrintable || c >= kFirstBeyondAscii) return false;
      if (c != '\\') continue;
      if (++i == rest_.size() || (rest_[i] != '"' && rest_[i] != '\\')) return false;
    }
    return false;
  }

  bool take_text() {
    std::string_view ignored;
    return take_text(ignored);
  }

  bool take_some_text() {
    std::string_view text;
    return take_text(text) && !text.empty();
  }

  bool take_uuid(Uuid& uuid) {
    std::string_view text;
    const auto parsed = take_text(text) ? Uuid::parse(text) : std::nullopt;
    if (parsed) uuid = *parsed;
    return parsed.has_value();
  }

  bool take_timestamp(Timestamp& moment) {
    std::string_view text;
    const auto parsed = take_text(text) ? parse_timestamp(text) : std::nullopt;
    if (parsed) moment = *parsed;
    return parsed.has_value();
  }

  /// A positive number without leading zeros.
  bool take_number(std::uint64_t& number) {
    if (rest_.starts_with('0')) return false;
    const auto* const begin = rest_.data();
    const auto [end, fault] = std::from_chars(begin, begin + rest_.size(), number);
    const auto digits = static_cast<std::size_t>(end - begin);
    if (fault != std::errc() || digits > kMostDigits) return false;
    rest_.remove_prefix(digits);
    return true;
  }

 private:
  std::string_view rest_;
};

bool scan_asserted(Cursor& cursor) {
  if (!cursor.take(R"("asserted":{)")) return true;
  const bool has_person = cursor.take(R"("onBehalfOf":")");
  if (has_person && !cursor.take_some_text()) return false;
  const bool has_purpose = cursor.take(has_person ? R"(,"purposeOfUse":")" : R"("purposeOfUse":")");
  if (has_purpose && !cursor.take_some_text()) return false;
  return (has_person || has_purpose) && cursor.take("},");
}

bool scan_who(Cursor& cursor, ScannedRecord& record) {
  if (!cursor.take(R"("actor":{"id":")")) return true;
  return cursor.take_text(record.actor_id.emplace()) && cursor.take(R"(,"kind":")") && cursor.take_text() &&
         cursor.take(R"(,"name":")") && cursor.take_text() && cursor.take("},") && scan_asserted(cursor);
}

bool scan_outcome(Cursor& cursor) {
  Uuid attempt;
  return !cursor.take(R"(,"outcome":")") ||
         (cursor.take_text() && cursor.take(R"(,"outcomeOf":")") && cursor.take_uuid(attempt));
}

bool scan_patient(Cursor& cursor, ScannedRecord& record) {
  return !cursor.take(R"(,"patientId":")") ||
         (cursor.take_uuid(record.patient_id.emplace()) && cursor.take(R"(,"patientSequence":)") &&
          cursor.take_number(record.patient_sequence));
}

bool scan_occasion(Cursor& cursor, ScannedRecord& record) {
  const bool has_id = cursor.take(R"("createdDate":")") && cursor.take_timestamp(record.created_date) &&
                      cursor.take(R"(,"id":")") && cursor.take_uuid(record.id);
  if (!has_id) return false;
  if (cursor.take(R"(,"operationId":")") && !cursor.take_some_text()) return false;
  if (!scan_outcome(cursor)) return false;
  if (cursor.take(R"(,"partOf":")") && !cursor.take_uuid(record.part_of.emplace())) return false;
  return scan_patient(cursor, record);
}

bool scan_resource(Cursor& cursor, ScannedRecord& record) {
  if (!cursor.take(R"(,"resource":{)")) return true;
  if (cursor.take(R"("id":")") && !(cursor.take_text() && cursor.take(","))) return false;
  return cursor.take(R"("operation":")") && cursor.take_text(record.operation.emplace()) &&
         cursor.take(R"(,"type":")") && cursor.take_text() && cursor.take("}");
}

}  // namespace

std::optional<ScannedRecord> scan_record(std::string_view document) {
  Cursor cursor(document);
  ScannedRecord record;
  const bool is_record = cursor.take("{") && scan_who(cursor, record) && scan_occasion(cursor, record) &&
                         scan_resource(cursor, record) && cursor.take(R"(,"sourceSystemName":")") &&
                         cursor.take_text(record.source_system_name) && cursor.take("}") && cursor.is_at_end();
  if (!is_record) return std::nullopt;
  return record;
}

}  // namespace assay::audit
