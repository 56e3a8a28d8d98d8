#include "gateway/operator_routes.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "http/answer.hpp"
#include "secrets/sensitive_json.hpp"

namespace assay::gateway {

namespace {

std::string_view to_string(State state) { return state == State::kActive ? "active" : "suspended"; }

json::array to_json(const Scopes& scopes) {
  const auto names = scopes.names();
  return json::array(names.begin(), names.end());
}

json::object to_json(const Subscription& subscription) {
  return {{"name", subscription.name},
          {"state", to_string(subscription.state)},
          {"scopes", to_json(subscription.scopes)},
          {"primaryKeyPrefix", subscription.keys[0].prefix},
          {"secondaryKeyPrefix", subscription.keys[1].prefix},
          {"createdDate", to_iso8601(subscription.created_date)}};
}

http::Response respond(int status, const json::value& value) { return http::respond(status, json::serialize(value)); }

/// Of what is shown only now: a serialised value would leave copies behind.
http::Response respond_once(int status, std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  return http::respond(status, std::string(secrets::object_of_texts(members).reveal()));
}

/// The object that the body must be, with no other members than these.
Result<json::object> read_object(const http::Request& request, std::initializer_list<std::string_view> members) {
  auto value = http::read_json(request);
  if (!value) return std::unexpected(std::move(value.error()));
  auto* object = value->if_object();
  if (object == nullptr) return fail(400, R"("value" must be of type object)");
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    if (std::ranges::find(members, key) == members.end()) return fail(400, fmt::format(R"("{}" is not allowed)", key));
  }
  return std::move(*object);
}

Result<std::string> read_name(const json::object& object) {
  const auto* name = object.if_contains("name");
  if (name == nullptr) return fail(400, R"("name" is required)");
  if (!name->is_string()) return fail(400, R"("name" must be a string)");
  return check_subscription_name(std::string(name->get_string()));
}

Result<Scopes> read_scopes(const json::object& object) {
  const auto* given = object.if_contains("scopes");
  if (given == nullptr) return Scopes::defaults();
  if (!given->is_array()) return fail(400, R"("scopes" must be an array)");
  Scopes scopes;
  for (const auto& name : given->get_array()) {
    const auto scope = name.is_string() ? parse_scope(name.get_string()) : std::nullopt;
    if (!scope) {
      return fail(400,
                  "A scope must be one of patients:read, patients:write, tests:read, tests:write, audit:read, admin.");
    }
    scopes.add(*scope);
  }
  if (scopes == Scopes()) return fail(400, R"("scopes" is not allowed to be empty)");
  return scopes;
}

Result<KeySlot> read_slot(const json::object& object) {
  const auto* key = object.if_contains("key");
  if (key != nullptr && *key == "primary") return KeySlot::kPrimary;
  if (key != nullptr && *key == "secondary") return KeySlot::kSecondary;
  return fail(400, R"("key" must be one of [primary, secondary])");
}

Author author_of(const http::Context& context) {
  const Principal unnamed{
      .kind = "operator", .id = "operator", .name = "operator", .on_behalf_of = {}, .purpose_of_use = {}};
  return {
      .actor = context.principal.value_or(unnamed), .operation_id = context.trace.operation_id(), .span = context.span};
}

}  // namespace

OperatorRoutes::OperatorRoutes(Subscriptions& subscriptions, const telemetry::Log& log, telemetry::Metrics& metrics)
    : subscriptions_(subscriptions), router_("operator", http::ErrorForm::kGateway, log, metrics) {
  using enum http::Method;
  router_.add(kGet, "/subscriptions", [this](const http::Request& /*request*/) { return list(); });
  router_.add(kPost, "/subscriptions", [this](http::Request request) { return create(std::move(request)); });
  router_.add(kPost, "/subscriptions/{name}/regenerate",
              [this](http::Request request) { return regenerate(std::move(request)); });
  router_.add(kPost, "/subscriptions/{name}/suspend",
              [this](http::Request request) { return set_state(std::move(request), State::kSuspended); });
  router_.add(kPost, "/subscriptions/{name}/activate",
              [this](http::Request request) { return set_state(std::move(request), State::kActive); });
  router_.add(kDelete, "/subscriptions/{name}", [this](http::Request request) { return remove(std::move(request)); });
}

Awaitable<Result<http::Response>> OperatorRoutes::list() {
  json::array listed;
  for (const auto& subscription : co_await subscriptions_.list()) listed.push_back(to_json(subscription));
  co_return respond(200, std::move(listed));
}

Awaitable<Result<http::Response>> OperatorRoutes::create(http::Request request) {
  const auto object = read_object(request, {"name", "scopes"});
  if (!object) co_return std::unexpected(object.error());
  const auto name = read_name(*object);
  if (!name) co_return std::unexpected(name.error());
  const auto scopes = read_scopes(*object);
  if (!scopes) co_return std::unexpected(scopes.error());
  const auto made = co_await subscriptions_.create(*name, *scopes, author_of(request.context));
  if (!made) co_return std::unexpected(made.error());
  co_return respond_once(
      201, {{"name", *name}, {"primaryKey", made->primary.reveal()}, {"secondaryKey", made->secondary.reveal()}});
}

Awaitable<Result<http::Response>> OperatorRoutes::regenerate(http::Request request) {
  const auto object = read_object(request, {"key"});
  if (!object) co_return std::unexpected(object.error());
  const auto slot = read_slot(*object);
  if (!slot) co_return std::unexpected(slot.error());
  const auto name = request.path_parameters.at(0);
  const auto key = co_await subscriptions_.regenerate(name, *slot, author_of(request.context));
  if (!key) co_return std::unexpected(key.error());
  co_return respond_once(200, {{"name", name}, {"key", key->reveal()}});
}

Awaitable<Result<http::Response>> OperatorRoutes::set_state(http::Request request, State state) {
  const auto name = request.path_parameters.at(0);
  const auto done = co_await subscriptions_.set_state(name, state, author_of(request.context));
  if (!done) co_return std::unexpected(done.error());
  co_return respond(200, {{"name", name}, {"state", to_string(state)}});
}

Awaitable<Result<http::Response>> OperatorRoutes::remove(http::Request request) {
  const auto done = co_await subscriptions_.remove(request.path_parameters.at(0), author_of(request.context));
  if (!done) co_return std::unexpected(done.error());
  co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

}  // namespace assay::gateway
