#include "app/person.hpp"

#include <fmt/format.h>

#include "app/input_file.hpp"
#include "app/part_folder.hpp"
#include "audit/erasure.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "http/text.hpp"
#include "patients/validation.hpp"
#include "sqlite/patients_reader.hpp"
#include "sqlite/patients_rows.hpp"

namespace assay::app {

namespace {

patients::StoredPatient read_document(const Uuid& id, const std::filesystem::path& file) {
  const auto parsed = parse_json(read_input_file(file));
  if (!parsed) throw Refusal(fmt::format("the file {} holds no JSON document", file.string()));
  auto document = patients::validate_patient(*parsed);
  if (!document) throw Refusal(fmt::format("the file {} holds no patient: {}", file.string(), document.error().detail));
  if (document->id && document->id != id.to_string()) {
    throw Refusal(fmt::format("the file {} holds another patient than {}", file.string(), id.to_string()));
  }
  return {.id = id, .last_updated = {}, .patient = std::move(document->patient)};
}

std::optional<patients::StoredPatient> read_from(const std::filesystem::path& database, const Uuid& id) {
  if (!std::filesystem::exists(database)) return std::nullopt;
  sqlite::PatientsReaders readers(database);
  auto row = readers.run([&](sqlite::PatientsStatements& statements) { return sqlite::find_patient(statements, id); });
  return row ? std::optional(std::move(row->stored)) : std::nullopt;
}

}  // namespace

Person::Person(const Uuid& id, const std::filesystem::path& data_directory, const std::filesystem::path& file)
    : id_(id),
      known_(file.empty() ? read_from(PartFolder::database_of(data_directory, "patients"), id)
                          : read_document(id, file)) {}

bool Person::is_told_of_by(const audit::NewRecord& record) const {
  if (audit::is_about_log(record)) return false;
  if (is_patient_of(record)) return true;
  // What else names one patient is about that one.
  if (record.patient_id || !record.resource || !record.resource->id) return false;
  const auto& id = *record.resource->id;
  return http::equal_ignoring_case(id, id_.to_string()) ||
         (record.resource->operation == "search" && (is_sought_by(id) || is_asked_for_by(id)));
}

bool Person::is_asked_for_by(const std::string& text) const {
  const auto parsed = parse_json(text);
  const auto* filters = parsed ? parsed->if_object() : nullptr;
  const auto* patient = filters != nullptr ? filters->if_contains("patientId") : nullptr;
  return patient != nullptr && patient->is_string() &&
         http::equal_ignoring_case(patient->get_string(), id_.to_string());
}

bool Person::is_sought_by(const std::string& text) const {
  const auto parsed = parse_json(text);
  const auto criteria = parsed ? patients::validate_criteria(*parsed) : fail(400, {});
  if (!criteria) return false;
  if (criteria->id) return http::equal_ignoring_case(*criteria->id, id_.to_string());
  return known_ && criteria->name_somebody() && criteria->hold_for(*known_);
}

}  // namespace assay::app
