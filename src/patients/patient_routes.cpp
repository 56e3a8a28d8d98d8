#include "patients/preconditions.hpp"
#include "patients/routes.hpp"

namespace assay::patients {

namespace {

constexpr std::string_view kNotFound = "Patient not found";
constexpr std::string_view kCreatePattern = "/api/patient";
constexpr std::string_view kPattern = "/api/patient/{id}";

/// The new patient of a create.
Result<Patient> read_new_patient(const http::Request& request) {
  const auto body = http::read_json(request);
  if (!body) return std::unexpected(body.error());
  auto document = validate_patient(*body);
  if (!document) return std::unexpected(std::move(document.error()));
  if (auto checked = refuse_server_fields(*document); !checked) return std::unexpected(std::move(checked.error()));
  return std::move(document->patient);
}

/// The changes of an update; the body must name the path's patient.
Result<Patient> read_changes(const http::Request& request) {
  const auto body = http::read_json(request);
  if (!body) return std::unexpected(body.error());
  auto document = validate_patient(*body);
  if (!document) return std::unexpected(std::move(document.error()));
  if (document->id != request.path_parameters.at(0)) return fail(400, "Inconsistent registration IDs");
  return std::move(document->patient);
}

}  // namespace

void PatientRoutes::add_to(http::Router& router) {
  router.add(http::Method::kPost, kCreatePattern, [this](http::Request request) { return create(std::move(request)); });
  router.add(http::Method::kGet, kPattern, [this](http::Request request) { return load(std::move(request)); });
  router.add(http::Method::kPut, kPattern, [this](http::Request request) { return update(std::move(request)); });
}

Awaitable<Result<http::Response>> PatientRoutes::create(http::Request request) {
  auto patient = read_new_patient(request);
  if (!patient) co_return std::unexpected(std::move(patient.error()));
  const auto row = read_idempotency(request, kCreatePattern);
  if (!row) co_return std::unexpected(row.error());
  auto claim = co_await workplace_.idempotency.claim(*row, request.context.span);
  if (!claim) co_return std::unexpected(std::move(claim.error()));
  if (claim->earlier()) co_return co_await repeat(std::move(request), *claim->earlier());
  const auto now = workplace_.dependencies.clock.now();
  const auto id = workplace_.new_id();
  StoredPatient stored{.id = id, .last_updated = now, .patient = std::move(*patient)};
  auto document = to_json(stored);
  if (document.size() > kLargestDocument) co_return too_large();
  auto access = workplace_.attempts.access_to({"patient", "create", id.to_string(), id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers), [&](const Attempt& attempt) {
        return insert(std::move(stored), std::move(document), claim->row_for(id, now), attempt.warrant,
                      attempt.access.span);
      });
}

Awaitable<Ending> PatientRoutes::insert(StoredPatient patient, std::string document, std::optional<IdempotencyRow> row,
                                        Warrant warrant, telemetry::SpanPlace under) {
  const auto version = patient.last_updated;
  co_await workplace_.dependencies.store.create_patient(std::move(patient), std::move(row), warrant, std::move(under));
  co_return Ending{.result = document_answer(201, std::move(document), version)};
}

Awaitable<Result<http::Response>> PatientRoutes::repeat(http::Request request, Uuid id) {
  auto access = workplace_.attempts.access_to({"patient", "find", id.to_string(), id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers),
      [&](const Attempt& attempt) { return find_again(id, attempt.access.span); });
}

Awaitable<Ending> PatientRoutes::find_again(Uuid id, telemetry::SpanPlace under) {
  const auto patient = co_await workplace_.dependencies.store.find_patient(id, std::move(under));
  if (!patient) co_return not_found(std::string(kNotFound));
  co_return replayed(to_json(*patient), patient->last_updated);
}

Awaitable<Result<http::Response>> PatientRoutes::load(http::Request request) {
  const auto& text = request.path_parameters.at(0);
  const auto id = Uuid::parse(text);
  auto access = workplace_.attempts.access_to({"patient", "find", text, id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers),
      [&](const Attempt& attempt) { return find(std::move(request.headers), id, attempt.access.span); });
}

Awaitable<Ending> PatientRoutes::find(http::Headers request_headers, std::optional<Uuid> id,
                                      telemetry::SpanPlace under) {
  if (!id) co_return not_found(std::string(kNotFound));
  const auto patient = co_await workplace_.dependencies.store.find_patient(*id, std::move(under));
  if (!patient) co_return not_found(std::string(kNotFound));
  co_return loaded(request_headers, to_json(*patient), patient->last_updated);
}

Awaitable<Result<http::Response>> PatientRoutes::update(http::Request request) {
  auto changes = read_changes(request);
  if (!changes) co_return std::unexpected(std::move(changes.error()));
  auto precondition = read_preconditions(request.headers);
  if (!precondition) co_return std::unexpected(std::move(precondition.error()));
  const auto& text = request.path_parameters.at(0);
  const auto id = Uuid::parse(text);
  auto access = workplace_.attempts.access_to({"patient", "update", text, id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers), [&](const Attempt& attempt) {
        return merge_changes(id, std::move(*changes), std::move(*precondition), attempt.warrant, attempt.access.span);
      });
}

Awaitable<Ending> PatientRoutes::merge_changes(std::optional<Uuid> id, Patient changes, Precondition precondition,
                                               Warrant warrant, telemetry::SpanPlace under) {
  if (!id) co_return not_found(std::string(kNotFound));
  PatientUpdate change{.id = *id,
                       .changes = std::move(changes),
                       .precondition = std::move(precondition),
                       .now = workplace_.dependencies.clock.now()};
  const auto updated =
      co_await workplace_.dependencies.store.update_patient(std::move(change), warrant, std::move(under));
  if (updated) co_return Ending{.result = document_answer(200, to_json(*updated), updated->last_updated)};
  if (updated.error() == WriteFault::kNoSuchPatient) co_return not_found(std::string(kNotFound));
  if (updated.error() == WriteFault::kTooLarge) co_return Ending{.result = too_large(), .outcome = "failed"};
  co_return precondition_failed();
}

}  // namespace assay::patients
