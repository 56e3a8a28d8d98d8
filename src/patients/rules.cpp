#include "patients/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/dates.hpp"
#include "base/unicode.hpp"
#include "base/uuid.hpp"
#include "patients/patient.hpp"

namespace assay::patients {

namespace {

constexpr std::size_t kPostCodeLength = 4;

Fault fault(std::string text) { return {.path = {}, .text = std::move(text)}; }

/// The text of a value that has passed `check_text`.
std::string_view view(const json::value& value) { return value.get_string(); }

std::optional<Fault> check_text_up_to(const json::value& value, std::size_t maximum) {
  if (auto found = check_text(value)) return found;
  // A text never has more code units than bytes.
  if (view(value).size() <= maximum || utf16_length(view(value)) <= maximum) return std::nullopt;
  return fault(fmt::format("length must be less than or equal to {} characters long", maximum));
}

const Rule* find_rule(std::span<const Rule> rules, std::string_view name) {
  const auto rule = std::ranges::find(rules, name, &Rule::name);
  return rule == rules.end() ? nullptr : &*rule;
}

/// The first key, as sent, that no rule names.
std::optional<Fault> find_unknown_key(const json::object& object, std::span<const Rule> rules) {
  for (const auto& member : object) {
    if (find_rule(rules, member.key()) == nullptr) {
      return Fault{.path = std::string(member.key()), .text = "is not allowed"};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> find_fault(const json::value& value, std::span<const Rule> rules) {
  if (auto found = check_object(value)) return found;
  const auto& object = value.get_object();
  std::size_t known = 0;
  for (const auto& rule : rules) {
    const auto* member = object.if_contains(rule.name);
    if (member == nullptr) {
      if (rule.required) return within(rule.name, fault("is required"));
      continue;
    }
    ++known;
    if (auto found = rule.check(*member)) return within(rule.name, std::move(*found));
  }
  return known == object.size() ? std::nullopt : find_unknown_key(object, rules);
}

std::optional<Fault> find_fault_in_array(const json::value& value, std::span<const Rule> rules) {
  if (auto found = check_array(value)) return found;
  const auto& array = value.get_array();
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (auto found = find_fault(array[i], rules)) return within(fmt::format("[{}]", i), std::move(*found));
  }
  return std::nullopt;
}

Fault within(std::string_view member, Fault inner) {
  const bool needs_point = !inner.path.empty() && inner.path.front() != '[';
  return {.path = fmt::format("{}{}{}", member, needs_point ? "." : "", inner.path), .text = std::move(inner.text)};
}

std::string describe(const Fault& fault) {
  return fmt::format("\"{}\" {}", fault.path.empty() ? "value" : fault.path, fault.text);
}

Result<void> check_document(const json::value& value, std::span<const Rule> rules) {
  if (const auto found = find_fault(value, rules)) return fail(400, describe(*found));
  return {};
}

std::optional<Fault> check_object(const json::value& value) {
  return value.is_object() ? std::nullopt : std::optional(fault("must be of type object"));
}

std::optional<Fault> check_array(const json::value& value) {
  return value.is_array() ? std::nullopt : std::optional(fault("must be an array"));
}

std::optional<Fault> check_text(const json::value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return fault("must be a string");
  if (text->empty()) return fault("is not allowed to be empty");
  return std::nullopt;
}

std::optional<Fault> check_text_up_to_64(const json::value& value) { return check_text_up_to(value, 64); }

std::optional<Fault> check_text_up_to_128(const json::value& value) { return check_text_up_to(value, 128); }

std::optional<Fault> check_post_code(const json::value& value) {
  if (auto found = check_text(value)) return found;
  if (utf16_length(view(value)) == kPostCodeLength) return std::nullopt;
  return fault(fmt::format("length must be {} characters long", kPostCodeLength));
}

std::optional<Fault> check_gender(const json::value& value) {
  constexpr std::array<std::string_view, 4> kGenders{"male", "female", "other", "unknown"};
  const auto* text = value.if_string();
  if (text != nullptr && std::ranges::find(kGenders, std::string_view(*text)) != kGenders.end()) return std::nullopt;
  return fault("must be one of [male, female, other, unknown]");
}

std::optional<Fault> check_date_of_birth(const json::value& value) {
  if (auto found = check_text(value)) return found;
  if (first_day(view(value))) return std::nullopt;
  return fault(fmt::format("with value \"{}\" fails to match the date pattern", view(value)));
}

std::optional<Fault> check_guid(const json::value& value) {
  if (auto found = check_text(value)) return found;
  if (is_uuid(view(value))) return std::nullopt;
  return fault("must be a valid GUID");
}

std::optional<Fault> check_date(const json::value& value) {
  const auto* text = value.if_string();
  if (text != nullptr && parse_iso_date(*text)) return std::nullopt;
  return fault("must be a valid date");
}

std::optional<std::string> text_of(const json::object& document, std::string_view name) {
  const auto* value = document.if_contains(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value->as_string());
}

}  // namespace assay::patients
