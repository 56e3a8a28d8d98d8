#include "sqlite/audit_log_record.hpp"

#include <utility>

#include "audit/erasure.hpp"

namespace assay::sqlite {

std::optional<json::object> read_log_record(const audit::NewRecord& record, std::string_view operation) {
  if (!audit::is_about_log(record)) return std::nullopt;
  const auto& resource = *record.resource;
  if (resource.type != "log" || resource.operation != operation) return std::nullopt;
  auto said = parse_json(resource.id.value_or(""));
  auto* object = said ? said->if_object() : nullptr;
  return object != nullptr ? std::move(*object) : json::object();
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

std::optional<std::uint64_t> size_of(const json::object& object) {
  const auto* member = object.if_contains("size");
  const auto* size = member != nullptr ? member->if_int64() : nullptr;
  return size != nullptr && *size >= 0 ? std::optional(static_cast<std::uint64_t>(*size)) : std::nullopt;
}

}  // namespace assay::sqlite
