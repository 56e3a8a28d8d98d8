#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace assay::app {

/// An access to a patient's data in words for that patient. Texts that callers chose are in it as they are.
struct ReportedAccess {
  std::uint64_t number = 0;  ///< of its record among the patient's, from 1
  std::uint64_t index = 0;   ///< in the log
  std::string record_id;
  bool is_erased = false;  ///< then the rest is empty
  std::string when;        ///< UTC
  std::string who;
  std::string identity;      ///< kind and id of who it was
  std::string on_behalf_of;  ///< as the caller asserted
  std::string how;
  std::string purpose;                  ///< as the caller asserted
  std::string proof;                    ///< where the proof is to be had
  std::string link;                     ///< the same as a URI reference
  bool is_of_records = false;           ///< whether not the data but such a list of accesses was read
  std::string ended;                    ///< of a record that only says how an attempt ended: how
  std::string attempt_id;               ///< and of which
  std::vector<ReportedAccess> endings;  ///< records of how the attempt ended, by `join_endings`
};

/// What a signed checkpoint says, which is yet to be verified.
struct ReportedLog {
  std::string origin;
  std::uint64_t size = 0;
  std::string key_prefix;  ///< what the verifier key begins with
};

/// Who accessed a patient's data, complete up to a signed checkpoint.
struct AccessReport {
  std::string patient_id;
  std::uint64_t count = 0;  ///< of records
  std::string checkpoint;   ///< a signed note
  ReportedLog log;          ///< what it says
  std::vector<ReportedAccess> accesses;
};

/// Makes an access of what the register tells of it. Throws Refusal when the register names something else for a proof
/// than the proof of that record.
ReportedAccess to_reported(const json::object& told);

/// Throws Refusal when the note is no checkpoint that its log may have signed.
ReportedLog to_reported_log(std::string_view checkpoint);

/// Throws Refusal unless the accesses are numbered 1, 2, … up to the count.
void require_complete(const AccessReport& report);

/// Puts the records that say how an attempt ended under that attempt, where the report has it: one access each then.
void join_endings(AccessReport& report);

/// What the report shows and what it can't, a paragraph each, for the patient.
std::vector<std::string> explain(const AccessReport& report);

/// Says so when there is nothing but readings of such lists; else empty.
std::string warn_of_unknown_patient(const AccessReport& report);

/// "1 access in 1 record".
std::string summarize(const AccessReport& report);

/// Lines that others wrote, each as `for_terminal` shows it.
std::string visible_lines(std::string_view text);

/// For a terminal or a printer; nothing in it acts.
std::string to_text(const AccessReport& report);

/// A page that needs nothing from elsewhere and runs nothing, for a screen or a printer.
std::string to_html(const AccessReport& report);

/// The text with what HTML gives a meaning escaped, for content and for attributes in quotes.
std::string escape_html(std::string_view text);

}  // namespace assay::app
