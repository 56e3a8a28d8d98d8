#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"

namespace assay::patients {

/// What is wrong with a document: where, and in what words (contract section 4).
struct Fault {
  std::string path;  ///< below the value that was looked at, as `observations[0].code`; empty for the value itself
  std::string text;  ///< follows the quoted path: `is required`
};

/// Looks at one value; its path is left empty or begins below the value.
using Check = std::optional<Fault> (*)(const json::value& value);

/// One key of a document.
struct Rule {
  std::string_view name;
  bool required;
  Check check;
};

/// The first fault of an object, in the order of the rules; keys without a rule come last.
std::optional<Fault> find_fault(const json::value& value, std::span<const Rule> rules);

/// The first fault of an array of such objects, with the path of the element.
std::optional<Fault> find_fault_in_array(const json::value& value, std::span<const Rule> rules);

/// The fault inside a member, seen from the object that has the member.
Fault within(std::string_view member, Fault inner);

/// The fault as clients read it.
std::string describe(const Fault& fault);

/// Nothing, or a Problem 400 with the first fault.
Result<void> check_document(const json::value& value, std::span<const Rule> rules);

/// @name The checks of single values.
/// @{
std::optional<Fault> check_object(const json::value& value);
std::optional<Fault> check_array(const json::value& value);
/// A string that is not empty.
std::optional<Fault> check_text(const json::value& value);
std::optional<Fault> check_text_up_to_64(const json::value& value);
std::optional<Fault> check_text_up_to_128(const json::value& value);
std::optional<Fault> check_post_code(const json::value& value);
std::optional<Fault> check_gender(const json::value& value);
std::optional<Fault> check_date_of_birth(const json::value& value);
std::optional<Fault> check_guid(const json::value& value);
/// An ISO 8601 day, or day and time.
std::optional<Fault> check_date(const json::value& value);
/// @}

/// The text under `name`; the document must have passed its check.
std::optional<std::string> text_of(const json::object& document, std::string_view name);

}  // namespace assay::patients
