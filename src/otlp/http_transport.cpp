#include "otlp/http_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "base/sensitive.hpp"
#include "http/https_call.hpp"

namespace assay::otlp {

namespace {

constexpr std::size_t kHeadersBytes = 16U << 10U;
constexpr std::string_view kPath = "/v1/traces";

std::string traces_url(std::string endpoint) {
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (!endpoint.ends_with(kPath)) endpoint.append(kPath);
  return endpoint;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

http::HttpsHeader header_of(std::string_view line, const std::filesystem::path& file) {
  const auto colon = line.find(':');
  const auto name = trimmed(line.substr(0, colon));
  if (colon == std::string_view::npos || name.empty() || name.find_first_of(" \t") != std::string_view::npos) {
    throw Refusal(fmt::format("a line of {} is no header; write each as Authorization: Bearer TOKEN", file.string()));
  }
  return {.name = std::string(name), .value = SensitiveText::copy_of(trimmed(line.substr(colon + 1)))};
}

std::vector<http::HttpsHeader> read_headers(const std::filesystem::path& file) {
  std::vector<http::HttpsHeader> headers;
  const SensitiveText content(read_private_file(file, kHeadersBytes));
  auto rest = content.reveal();
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!trimmed(line).empty()) headers.push_back(header_of(line, file));
  }
  return headers;
}

class HttpTransport {
 public:
  explicit HttpTransport(HttpTransportOptions options)
      : options_(std::move(options)), url_(traces_url(options_.endpoint)) {
    static_cast<void>(http::origin_of(url_));
    if (!options_.headers_file.empty()) static_cast<void>(read_headers(options_.headers_file));
  }

  Reply post(std::string_view body, const std::function<bool()>& is_given_up) {
    try {
      const auto answer = caller_.call(request_with(body), {.ca_file = options_.ca_file, .is_given_up = is_given_up});
      return {.status = answer.status,
              .rejected_spans = answer.status == 200 ? rejected_spans(answer.body.reveal()) : 0,
              .retry_after = answer.retry_after};
    } catch (const std::exception& error) {
      return {.status = std::nullopt, .reason = error.what()};
    }
  }

 private:
  http::HttpsRequest request_with(std::string_view body) const {
    http::HttpsRequest request{.method = "POST", .url = url_, .plain_body = body};
    if (!options_.headers_file.empty()) request.headers = read_headers(options_.headers_file);
    request.headers.push_back({.name = "Content-Type", .value = SensitiveText::copy_of("application/x-protobuf")});
    return request;
  }

  HttpTransportOptions options_;
  std::string url_;
  http::HttpsCaller caller_;
};

}  // namespace

Transport http_transport(HttpTransportOptions options) {
  const auto transport = std::make_shared<HttpTransport>(std::move(options));
  return [transport](std::string_view body, const std::function<bool()>& is_given_up) {
    return transport->post(body, is_given_up);
  };
}

}  // namespace assay::otlp
