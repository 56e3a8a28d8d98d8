#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace assay::app {

/// An access to a patient's data in words for that patient. Texts that callers chose are in it as they are.
struct ReportedAccess {
  std::uint64_t number = 0;  ///< among the patient's accesses, from 1
  std::uint64_t index = 0;   ///< in the log
  std::string record_id;
  bool is_erased = false;  ///< then the rest is empty
  std::string when;
  std::string who;
  std::string on_behalf_of;  ///< as the caller asserted
  std::string how;
  std::string purpose;  ///< as the caller asserted
  std::string proof;    ///< where the proof is to be had
};

/// Who accessed a patient's data, complete up to a signed checkpoint.
struct AccessReport {
  std::string patient_id;
  std::uint64_t count = 0;
  std::string checkpoint;  ///< a signed note
  std::vector<ReportedAccess> accesses;
};

/// Makes an access of what the register tells of it.
ReportedAccess to_reported(const json::object& told);

/// Throws Refusal unless the accesses are numbered 1, 2, … up to the count.
void require_complete(const AccessReport& report);

/// For a terminal or a printer, with control characters replaced.
std::string to_text(const AccessReport& report);

/// A page that needs nothing from elsewhere and runs nothing.
std::string to_html(const AccessReport& report);

/// The text with what HTML gives a meaning escaped, for content and for attributes in quotes.
std::string escape_html(std::string_view text);

}  // namespace assay::app
