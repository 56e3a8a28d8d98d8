#pragma once

#include <filesystem>
#include <string>

#include "app/progress_bar.hpp"
#include "base/sensitive.hpp"
#include "http/client.hpp"

namespace assay::app {

/// The register's API as a command calls it: one address, one subscription key. For one thread at a time.
class ApiSession {
 public:
  /// The key comes from `key_file`, or is asked for without echo on a terminal. Throws Refusal otherwise. `bar` is
  /// cleared before something else is printed; it must outlive the session.
  ApiSession(const std::string& url, const std::filesystem::path& key_file, const ProgressBar& bar);

  /// Sends a request and returns the answer. Waits and tries again while the register is busy or away (429, 500,
  /// 503, no answer), up to about a minute, and says so once, then throws Unavailable; so `request` must bear
  /// repetition. 401 and 403 throw Refusal, an answer beyond kLargestAnswer AnswerTooLarge.
  Awaitable<http::Response> send(http::Request request);

 private:
  void say_waiting(const std::string& fault);

  std::string url_;
  http::Client client_;
  SensitiveText key_;
  const ProgressBar& bar_;
  bool said_waiting_ = false;
};

/// The target of a Link header's next relation (RFC 8288); empty when there is none.
std::string next_page(const http::Response& response);

/// The sentence of an error answer, in whichever form it comes.
std::string reason_of(const http::Response& response);

}  // namespace assay::app
