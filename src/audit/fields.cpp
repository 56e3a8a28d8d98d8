#include "audit/fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/uuid.hpp"

namespace assay::audit {

void FirstFault::note(std::string text) {
  if (!text_) text_ = std::move(text);
}

std::unexpected<Problem> FirstFault::problem() const { return fail(400, text_.value()); }

Fields::Fields(const json::object& object, std::string prefix, FirstFault& fault)
    : object_(object), prefix_(std::move(prefix)), fault_(fault) {}

const json::value* Fields::any(std::string_view name) {
  known_.push_back(name);
  return object_.if_contains(name);
}

void Fields::refuse(std::string_view name, std::string_view text) {
  fault_.note(fmt::format("\"{}{}\" {}", prefix_, name, text));
}

std::optional<std::string> Fields::text(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->if_string();
  if (text == nullptr) {
    refuse(name, "must be a string");
    return std::nullopt;
  }
  if (text->empty()) refuse(name, "is not allowed to be empty");
  return std::string(*text);
}

std::string Fields::required_text(std::string_view name) {
  if (!object_.contains(name)) refuse(name, "is required");
  return text(name).value_or("");
}

std::optional<std::string> Fields::guid(std::string_view name) {
  auto found = text(name);
  if (found && !is_uuid(*found)) refuse(name, "must be a valid GUID");
  return found;
}

std::optional<std::string> Fields::date(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->if_string();
  if (text != nullptr && is_iso8601(*text)) return std::string(*text);
  refuse(name, "must be a valid date");
  return std::nullopt;
}

std::optional<Fields> Fields::object(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* object = value->if_object()) return Fields(*object, fmt::format("{}{}.", prefix_, name), fault_);
  refuse(name, "must be of type object");
  return std::nullopt;
}

void Fields::refuse_others() {
  for (const auto& member : object_) {
    const bool is_known = std::ranges::find(known_, std::string_view(member.key())) != known_.end();
    if (!is_known) refuse(member.key(), "is not allowed");
  }
}

}  // namespace assay::audit
