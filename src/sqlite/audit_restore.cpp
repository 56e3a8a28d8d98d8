#include "sqlite/audit_restore.hpp"

#include "audit/erasure.hpp"
#include "audit/record.hpp"
#include "base/json.hpp"
#include "merkle/checkpoint.hpp"

namespace assay::sqlite {

namespace {

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

}  // namespace

std::optional<AuditRestore> read_restore(std::uint64_t index, std::string_view document) {
  const auto stored = audit::parse_record(document);
  if (!stored || !audit::is_about_log(stored->record)) return std::nullopt;
  const auto& resource = *stored->record.resource;
  if (resource.type != "log" || resource.operation != "restore" || !resource.id) return std::nullopt;
  const auto said = parse_json(*resource.id);
  const auto* object = said ? said->if_object() : nullptr;
  const auto size = object != nullptr ? size_of(*object) : std::nullopt;
  if (!size) return std::nullopt;
  AuditRestore restore{.index = index,
                       .size = *size,
                       .origin = text_of(*object, "origin"),
                       .note = text_of(*object, "checkpoint"),
                       .checkpoint = std::nullopt};
  restore.checkpoint = merkle::read_unverified(restore.note);
  return restore;
}

}  // namespace assay::sqlite
