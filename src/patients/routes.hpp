#pragma once

#include <string>

#include "http/router.hpp"
#include "patients/attempts.hpp"
#include "patients/idempotency.hpp"
#include "patients/service.hpp"
#include "patients/validation.hpp"

namespace assay::patients {

/// What the routes work with.
struct Workplace {
  explicit Workplace(Dependencies what) : dependencies(std::move(what)) {}

  Uuid new_id() { return Uuid::generate(dependencies.random); }

  Dependencies dependencies;
  Attempts attempts{dependencies.access_log, dependencies.clock, dependencies.random};
  Idempotency idempotency{dependencies.store};
};

/// An answer with a document and its version.
http::Response document_answer(int status, std::string document, Timestamp last_updated);

/// The answer to a load: 412 when If-Match names other versions, 304 when If-None-Match names this one.
Ending loaded(const http::Headers& request_headers, std::string document, Timestamp last_updated);

/// An end with nothing found.
Ending not_found(std::string detail);

/// An end without effect, since the version is none that the request allows.
Ending precondition_failed(Problem problem = {.status = 412, .detail = "The document has changed since"});

/// An answer to a repeated create.
Ending replayed(std::string document, Timestamp last_updated);

/// The refusal of a document beyond kLargestDocument.
std::unexpected<Problem> too_large();

/// A new document may not bring what the server sets.
template <class Document>
Result<void> refuse_server_fields(const Document& document) {
  if (document.id) return fail(400, "Id unexpected.");
  if (document.last_updated) return fail(400, "lastUpdated unexpected.");
  return {};
}

/// Create, load and update patients.
class PatientRoutes {
 public:
  explicit PatientRoutes(Workplace& workplace) : workplace_(workplace) {}
  void add_to(http::Router& router);

 private:
  Awaitable<Result<http::Response>> create(http::Request request);
  Awaitable<Ending> insert(StoredPatient patient, std::string document, std::optional<IdempotencyRow> row,
                           Warrant warrant, telemetry::SpanPlace under);
  Awaitable<Result<http::Response>> repeat(http::Request request, Uuid id);
  Awaitable<Ending> find_again(Uuid id, telemetry::SpanPlace under);
  Awaitable<Result<http::Response>> load(http::Request request);
  Awaitable<Ending> find(http::Headers request_headers, std::optional<Uuid> id, telemetry::SpanPlace under);
  Awaitable<Result<http::Response>> update(http::Request request);
  Awaitable<Ending> merge_changes(std::optional<Uuid> id, Patient changes, Precondition precondition, Warrant warrant,
                                  telemetry::SpanPlace under);

  Workplace& workplace_;
};

/// Erase patients.
class ErasureRoute {
 public:
  explicit ErasureRoute(Workplace& workplace) : workplace_(workplace) {}
  void add_to(http::Router& router);

 private:
  Awaitable<Result<http::Response>> erase(http::Request request);
  Awaitable<Ending> remove(std::optional<Uuid> id, Warrant warrant, telemetry::SpanPlace under);

  Workplace& workplace_;
};

/// Create and load tests.
class TestRoutes {
 public:
  explicit TestRoutes(Workplace& workplace) : workplace_(workplace) {}
  void add_to(http::Router& router);

 private:
  Awaitable<Result<http::Response>> create(http::Request request);
  Awaitable<Ending> insert(std::optional<StoredTest> test, std::string document, std::optional<IdempotencyRow> row,
                           Warrant warrant, telemetry::SpanPlace under);
  Awaitable<Result<http::Response>> repeat(http::Request request, Uuid patient_id, Uuid id);
  Awaitable<Ending> find_again(Uuid patient_id, Uuid id, telemetry::SpanPlace under);
  Awaitable<Result<http::Response>> load_all(http::Request request);
  /// Answers a load whose patient's id is none.
  Awaitable<Result<http::Response>> refuse_all(http::Request request);
  Awaitable<Ending> find_all(std::optional<Uuid> patient_id, std::vector<Uuid> ids, std::vector<Access> more,
                             telemetry::SpanPlace under);
  /// Lets `more` be recorded, then reads.
  Awaitable<Result<std::vector<StoredTest>>> load_recorded(Uuid patient_id, std::vector<Uuid> ids,
                                                           std::vector<Access> more, telemetry::SpanPlace under);
  Awaitable<Result<http::Response>> load_one(http::Request request);
  Awaitable<Ending> find(http::Headers request_headers, std::optional<Uuid> patient_id, std::optional<Uuid> id,
                         telemetry::SpanPlace under);

  Workplace& workplace_;
};

/// Search patients, page by page.
class SearchRoute {
 public:
  explicit SearchRoute(Workplace& workplace) : workplace_(workplace) {}
  void add_to(http::Router& router);

 private:
  /// What a request asks for.
  struct Query {
    Criteria criteria;
    std::string canonical;  ///< the criteria as JSON
    std::size_t limit = 0;
    std::optional<Position> after;
  };

  Result<Query> read(const http::Request& request) const;
  Awaitable<Result<http::Response>> search(http::Request request);
  /// `search` is the record of the criteria, of which the disclosures are parts.
  Awaitable<Ending> find(Query query, http::Context context, Uuid search);
  /// Records them in one batch.
  Awaitable<Result<void>> disclose(std::vector<Access> disclosures);

  Workplace& workplace_;
};

/// Takes documents with their ids and versions.
class ImportRoute {
 public:
  explicit ImportRoute(Workplace& workplace) : workplace_(workplace) {}
  void add_to(http::Router& router);

 private:
  Awaitable<Result<http::Response>> import(http::Request request);
  Awaitable<std::vector<ImportResult>> store_all(std::vector<ImportedDocument> documents,
                                                 std::vector<Attempt> attempts);

  Workplace& workplace_;
};

}  // namespace assay::patients
