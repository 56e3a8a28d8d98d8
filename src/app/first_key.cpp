#include "app/first_key.hpp"

#include "base/json.hpp"

namespace assay::app {

namespace {

http::Request request_of(http::Method method, std::string target, std::string body) {
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

}  // namespace

std::optional<SensitiveText> first_key(Foundation& foundation, const http::Handler& operator_handler) {
  const auto listed = foundation.wait_for(operator_handler(request_of(http::Method::kGet, "/subscriptions", "")));
  const auto subscriptions = parse_json(listed.body);
  if (!subscriptions || !subscriptions->is_array() || !subscriptions->get_array().empty()) return std::nullopt;
  const auto made =
      foundation.wait_for(operator_handler(request_of(http::Method::kPost, "/subscriptions", R"({"name":"first"})")));
  const auto subscription = parse_json(made.body);
  if (made.status != 201 || !subscription) throw Refusal("the first subscription could not be made: " + made.body);
  return SensitiveText(std::string(subscription->at("primaryKey").as_string()));
}

}  // namespace assay::app
