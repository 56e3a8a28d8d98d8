#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sensitive.hpp"

namespace assay::http {

struct HttpsHeader {
  std::string name;
  SensitiveText value;
};

struct HttpsRequest {
  std::string method = "GET";
  std::string url;  ///< https or http; its origin stands in sentences
  std::vector<HttpsHeader> headers = {};
  std::optional<SensitiveText> body = std::nullopt;
  std::string_view plain_body = {};  ///< sent where there is no `body`: one that is no secret; outlives the call
};

struct HttpsAnswer {
  int status = 0;
  SensitiveText body;
  std::optional<std::chrono::seconds> retry_after;
};

struct HttpsSettings {
  std::filesystem::path ca_file = {};  ///< PEM; these authorities alone are trusted. Empty: the system's
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{10'000};  ///< from the start to the last byte
  std::size_t answer_bytes = 1U << 20U;       ///< beyond: AnswerTooLarge
  /// Asked at least once a second: the call ends as if nobody had answered once this is true. Throws nothing.
  std::function<bool()> is_given_up = {};
};

/// Sends one request and waits for the whole answer, whatever its status; follows no redirect and asks no proxy. What
/// was sent and received is wiped from memory. Safe from any thread. Throws Unavailable when there is no answer for
/// now, and Refusal for a URL, a header or a CA file that can't be used and a server that can't show who it is; the
/// sentences name the URL's origin and nothing of what was sent.
HttpsAnswer call(const HttpsRequest& request, const HttpsSettings& settings);

/// Calls as `call` does and keeps the connection for the next call. For one thread at a time.
class HttpsCaller {
 public:
  HttpsCaller();

  HttpsAnswer call(const HttpsRequest& request, const HttpsSettings& settings);

 private:
  std::unique_ptr<void, void (*)(void*)> handle_;
};

/// Scheme, host and port of a URL: https://vault.example:8200. Throws Refusal for what is no URL of https or http, and
/// for one with a user or password in it.
std::string origin_of(std::string_view url);

/// The URL, without the port 443 where it is of https: both name the same server (RFC 3986 section 6.2.3).
std::string without_default_port(std::string url);

}  // namespace assay::http
