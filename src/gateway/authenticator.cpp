#include "gateway/authenticator.hpp"

#include <fmt/format.h>

#include "http/answer.hpp"
#include "secrets/credential.hpp"

namespace assay::gateway {

namespace {

constexpr std::string_view kMissing =
    "Access denied due to missing subscription key. Make sure to include subscription key when making requests to "
    "an API.";
constexpr std::string_view kInvalid =
    "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.";

std::unexpected<http::Response> unauthorized(std::string_view text, const http::Headers& request_headers) {
  auto response =
      http::answer({.status = 401, .detail = std::string(text)}, http::ErrorForm::kGateway, request_headers);
  response.headers.add("WWW-Authenticate",
                       fmt::format(R"(AzureApiManagementKey realm="Assay",name="{}",type="header")", kKeyHeader));
  return std::unexpected(std::move(response));
}

}  // namespace

Authenticator::Authenticator(const SubscriptionIndex& subscriptions, telemetry::Metrics& metrics)
    : subscriptions_(subscriptions),
      missing_keys_(count_refusals(metrics, "missing_key")),
      invalid_keys_(count_refusals(metrics, "invalid_key")) {}

std::expected<Caller, http::Response> Authenticator::authenticate(http::Request& request) const {
  const auto credential = secrets::take_credential(request, kKeyHeader, kKeyParameter);
  if (credential.text.empty() && !credential.ambiguous) {
    missing_keys_.Increment();
    return unauthorized(kMissing, request.headers);
  }
  auto caller = credential.ambiguous ? std::nullopt : subscriptions_.find(credential.text);
  if (!caller) {
    invalid_keys_.Increment();
    return unauthorized(kInvalid, request.headers);
  }
  return std::move(*caller);
}

telemetry::Counter& count_refusals(telemetry::Metrics& metrics, const std::string& reason) {
  return metrics.counter("assay_gateway_refusals_total", "Requests that the gateway refused.", {{"reason", reason}});
}

}  // namespace assay::gateway
