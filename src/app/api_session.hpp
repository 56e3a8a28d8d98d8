#pragma once

#include <filesystem>
#include <string>

#include "base/sensitive.hpp"
#include "http/client.hpp"

namespace assay::app {

/// The register's API as a command calls it: one address, one subscription key.
class ApiSession {
 public:
  /// The key comes from `key_file`, or is asked for without echo on a terminal. Throws Refusal otherwise.
  ApiSession(const std::string& url, const std::filesystem::path& key_file);

  /// Sends a request and returns the answer. Waits and tries again while the register is busy or away (429, 500,
  /// 503, no answer), up to about a minute, then throws Unavailable; so `request` must bear repetition. 401 and
  /// 403 throw Refusal, an answer beyond kLargestAnswer AnswerTooLarge.
  Awaitable<http::Response> send(http::Request request) const;

 private:
  http::Client client_;
  SensitiveText key_;
};

/// The sentence of an error answer, in whichever form it comes.
std::string reason_of(const http::Response& response);

}  // namespace assay::app
