#pragma once

#include "base/error.hpp"
#include "base/json.hpp"
#include "http/message.hpp"

namespace assay::http {

/// How a part words its errors.
enum class ErrorForm {
  kGateway,  ///< {"statusCode": 404, "message": "…"}
  kService,  ///< the sentence as a JSON string
};

/// The answer to a problem: in the part's form, or as problem details (RFC 9457) where the request
/// asks for `application/problem+json`. No cache may keep it. Adds Retry-After when the problem has one.
Response answer(const Problem& problem, ErrorForm form, const Headers& request_headers);

/// Whether the request asks for problem details. For whoever must give the request away before it has a problem.
bool wants_problem_details(const Headers& request_headers);

Response answer(const Problem& problem, ErrorForm form, bool as_problem_details);

/// The reason phrase of a status code (RFC 9110 section 15).
std::string_view reason_phrase(int status);

/// Whether the body may be read as JSON, by the same rules as `read_json`, or as the media type `also_taken`; else a
/// Problem 415.
Result<void> check_content(const Headers& headers, std::string_view also_taken = {});

/// The body of a request that must be JSON, by the content rules of docs/differences.md: read as JSON
/// when the content type is absent, text/plain, application/x-www-form-urlencoded or a JSON type in
/// UTF-8; else 415. An absent body is 400.
Result<json::value> read_json(const Request& request);

}  // namespace assay::http
