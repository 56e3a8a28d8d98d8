#pragma once

#include <filesystem>
#include <optional>

#include "audit/record.hpp"
#include "patients/patient.hpp"

namespace assay::app {

/// A person whom records may tell of: the id, and the fields where they are known.
class Person {
 public:
  /// The fields come out of the document in `file` if one is given, else out of patients.db in the data directory if
  /// the patient is there. Throws Refusal for a file that holds no patient.
  Person(const Uuid& id, const std::filesystem::path& data_directory, const std::filesystem::path& file);

  /// Whether more than the id is known.
  bool is_known() const { return known_.has_value(); }

  /// Whether it is a record of that patient, names the id as its resource, or is a search whose criteria fit the person
  /// and could tell it from others, or one in the register by the id. Records about the log itself don't count.
  bool is_told_of_by(const audit::NewRecord& record) const;
  /// Whether it is one of that patient's numbered records.
  bool is_patient_of(const audit::NewRecord& record) const { return record.patient_id == id_; }

 private:
  /// Whether these criteria of a search for patients fit the person.
  bool is_sought_by(const std::string& text) const;
  /// Whether these filters of a search in the register name the patient; one who sent the id in upper case found
  /// nobody, and so the record is nobody's.
  bool is_asked_for_by(const std::string& text) const;

  Uuid id_;
  std::optional<patients::StoredPatient> known_;
};

}  // namespace assay::app
