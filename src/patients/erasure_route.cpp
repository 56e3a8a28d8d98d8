#include <fmt/format.h>

#include "base/reason.hpp"
#include "patients/routes.hpp"

namespace assay::patients {

namespace {

/// The body must say why. The reason itself goes into the record by the gateway, as the purpose that the caller states.
Result<void> check_body(const http::Request& request) {
  const auto body = http::read_json(request);
  if (!body) return std::unexpected(body.error());
  const auto* object = body->if_object();
  if (object == nullptr) return fail(400, R"("value" must be of type object)");
  const auto* reason = object->if_contains("reason");
  if (reason == nullptr) return fail(400, R"("reason" is required)");
  if (!reason->is_string()) return fail(400, R"("reason" must be a string)");
  if (auto checked = check_reason(std::string(reason->get_string())); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  for (const auto& member : *object) {
    if (member.key() != "reason")
      return fail(400, fmt::format(R"("{}" is not allowed)", std::string_view(member.key())));
  }
  return {};
}

}  // namespace

void ErasureRoute::add_to(http::Router& router) {
  router.add(http::Method::kPost, "/api/patient/{id}/erase",
             [this](http::Request request) { return erase(std::move(request)); });
}

Awaitable<Result<http::Response>> ErasureRoute::erase(http::Request request) {
  if (auto checked = check_body(request); !checked) co_return std::unexpected(std::move(checked.error()));
  const auto& text = request.path_parameters.at(0);
  const auto id = Uuid::parse(text);
  auto access = workplace_.attempts.access_to({"patient", "erase", text, id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers),
      [&](const Attempt& attempt) { return remove(id, attempt.warrant, attempt.access.span); });
}

Awaitable<Ending> ErasureRoute::remove(std::optional<Uuid> id, Warrant warrant, telemetry::SpanPlace under) {
  if (!id) co_return not_found("Patient not found");
  const auto erased = co_await workplace_.dependencies.store.erase_patient(*id, warrant, std::move(under));
  if (!erased) co_return not_found("Patient not found");
  json::object answer{{"id", id->to_string()}, {"tests", erased->tests}};
  if (!erased->is_out_of_the_files) answer["stillInFiles"] = true;
  co_return Ending{.result = http::respond(200, json::serialize(answer))};
}

}  // namespace assay::patients
