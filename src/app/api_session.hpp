#pragma once

#include <boost/system/system_error.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "app/progress_bar.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
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

/// The key in the first line of a file. Throws Refusal when the file can't be read or holds none.
SensitiveText read_subscription_key(const std::filesystem::path& file);

/// The target of a Link header's next relation (RFC 8288); empty when there is none. Throws Refusal when it is the page
/// that `response` is.
std::string next_page(const http::Response& response, std::string_view current);

/// Throws Refusal when the answer is no JSON.
json::value json_of(const http::Response& response);

/// The sentence about an answer that has not the form which this program knows.
Refusal unreadable_answer();

/// What `read` makes of an answer's JSON. Throws Refusal when that is not of the shape that `read` takes it for.
template <class Read>
auto read_shape(Read read) {
  try {
    return read();
  } catch (const std::logic_error&) {  // Boost.JSON's, for a wrong kind and a missing member
    throw unreadable_answer();
  } catch (const boost::system::system_error&) {  // and for a number out of range
    throw unreadable_answer();
  }
}

/// The sentence of an error answer, in whichever form it comes; nothing in it can steer a terminal.
std::string reason_of(const http::Response& response);

}  // namespace assay::app
