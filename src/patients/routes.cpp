#include "patients/routes.hpp"

#include "patients/preconditions.hpp"

namespace assay::patients {

http::Response document_answer(int status, std::string document, Timestamp last_updated) {
  auto response = http::respond(status, std::move(document));
  response.headers.add("ETag", entity_tag(last_updated));
  return response;
}

Ending precondition_failed(Problem problem) {
  return {.result = std::unexpected(std::move(problem)), .outcome = "precondition-failed"};
}

Ending loaded(const http::Headers& request_headers, std::string document, Timestamp last_updated) {
  auto precondition = read_if_match(request_headers);
  if (!precondition) return precondition_failed(std::move(precondition.error()));
  if (!precondition->holds(last_updated)) return precondition_failed();
  if (!names_version(request_headers, last_updated)) {
    return {.result = document_answer(200, std::move(document), last_updated)};
  }
  http::Response response{.status = 304, .headers = {}, .body = {}};
  response.headers.add("ETag", entity_tag(last_updated));
  return {.result = std::move(response), .outcome = "not-modified"};
}

Ending not_found(std::string detail) {
  return {.result = std::unexpected(Problem{.status = 404, .detail = std::move(detail)}), .outcome = "not-found"};
}

std::unexpected<Problem> too_large() { return fail(413, "The document is larger than 1023 KiB."); }

Ending replayed(std::string document, Timestamp last_updated) {
  auto response = document_answer(201, std::move(document), last_updated);
  response.headers.add("Idempotency-Replayed", "true");
  return {.result = std::move(response)};
}

}  // namespace assay::patients
