#include "http/answer.hpp"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>

#include "http/text.hpp"

namespace assay::http {

namespace {

constexpr std::string_view kProblemDetails = "application/problem+json";

std::string problem_details(const Problem& problem) {
  std::string body = R"({"type":"about:blank","title":)";
  append_json_string(body, reason_phrase(problem.status));
  body += fmt::format(R"(,"status":{},"detail":)", problem.status);
  append_json_string(body, problem.detail);
  body.push_back('}');
  return body;
}

std::string body_in(ErrorForm form, const Problem& problem) {
  std::string body;
  if (form == ErrorForm::kService) {
    append_json_string(body, problem.detail);
    return body;
  }
  body = fmt::format(R"({{"statusCode":{},"message":)", problem.status);
  append_json_string(body, problem.detail);
  body.push_back('}');
  return body;
}

/// Whether the parameters of a media range say "not acceptable": a weight of 0 (RFC 9110 section 12.4.2).
bool is_excluded(std::string_view parameters) {
  while (!parameters.empty()) {
    auto weight = take_until(parameters, ';');
    if (!equal_ignoring_case(trim(take_until(weight, '=')), "q")) continue;
    return trim(weight).starts_with('0') && trim(weight).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto phrase = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {phrase.data(), phrase.size()};
}

bool wants_problem_details(const Headers& request_headers) {
  for (std::size_t i = 0; i < request_headers.size(); ++i) {
    auto [name, ranges] = request_headers.at(i);
    if (!equal_ignoring_case(name, "Accept")) continue;
    while (!ranges.empty()) {
      auto range = take_until(ranges, ',');
      if (equal_ignoring_case(trim(take_until(range, ';')), kProblemDetails) && !is_excluded(range)) return true;
    }
  }
  return false;
}

Response answer(const Problem& problem, ErrorForm form, bool as_problem_details) {
  auto response = as_problem_details ? respond(problem.status, problem_details(problem), kProblemDetails)
                                     : respond(problem.status, body_in(form, problem));
  // Caches may keep a 404, 405 or 410 without being told to (RFC 9110 section 15.1); soon it may not be true.
  response.headers.add("Cache-Control", "no-store");
  if (problem.retry_after) response.headers.add("Retry-After", std::to_string(problem.retry_after->count()));
  return response;
}

Response answer(const Problem& problem, ErrorForm form, const Headers& request_headers) {
  return answer(problem, form, wants_problem_details(request_headers));
}

}  // namespace assay::http
