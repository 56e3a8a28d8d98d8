#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

namespace assay::audit {

/// The first fault that was found in a client's JSON; later ones are not told.
class FirstFault {
 public:
  void note(std::string text);
  bool found() const { return text_.has_value(); }
  /// The fault as a Problem 400; one must have been found.
  std::unexpected<Problem> problem() const;

 private:
  std::optional<std::string> text_;
};

/// Takes the fields out of a client's JSON object, in the order of the calls, and words what is wrong with them as
/// the contract's section 4 does. A value that is faulty is as good as absent: what was read counts only when no
/// fault was found. The object and the fault must outlive it.
class Fields {
 public:
  /// `prefix` stands before the names in the texts: "resource.", "[3].".
  Fields(const json::object& object, std::string prefix, FirstFault& fault);

  /// A string that is not empty.
  std::optional<std::string> text(std::string_view name);
  std::string required_text(std::string_view name);
  /// A UUID in either case.
  std::optional<std::string> guid(std::string_view name);
  /// A string that is a date, or a day and a time.
  std::optional<std::string> date(std::string_view name);
  /// An object, whose fields are then taken from it.
  std::optional<Fields> object(std::string_view name);
  /// Any value; null when the field is absent.
  const json::value* any(std::string_view name);

  /// Notes a fault of a field: `"name" text`.
  void refuse(std::string_view name, std::string_view text);
  /// Refuses a key that no call has asked for.
  void refuse_others();

 private:
  const json::object& object_;
  std::string prefix_;
  FirstFault& fault_;
  std::vector<std::string_view> known_;
};

}  // namespace assay::audit
