#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "http/loopback_test.hpp"

namespace assay::secrets {

/// A clock that stands until the test moves it.
class MovedClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
};

/// A vault that plays a part: it answers each request as the test wrote it down, and notes what it was asked.
class ScriptedService : public http::LoopbackTest {
 protected:
  std::string url() const { return "http://" + server_->address().to_string(); }

  /// `request` is a method and a target: "GET /v1/secret". Answered from now on, in the place of what was before.
  void answer(const std::string& request, int status, std::string body = {}) {
    answer(request, http::respond(status, std::move(body)));
  }
  void answer(const std::string& request, http::Response response) {
    const std::scoped_lock lock(mutex_);
    answers_.insert_or_assign(request, std::move(response));
  }

  /// Method and target of each request so far.
  std::vector<std::string> asked() const {
    std::vector<std::string> asked;
    const std::scoped_lock lock(mutex_);
    for (const auto& request : requests_) asked.push_back(title_of(request));
    return asked;
  }
  http::Request last_request() const {
    const std::scoped_lock lock(mutex_);
    return requests_.back();
  }
  /// The last of those with that method and target.
  http::Request last_request(const std::string& title) const {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(requests_.rbegin(), requests_.rend(),
                                    [&](const http::Request& request) { return title_of(request) == title; });
    return found == requests_.rend() ? http::Request() : *found;
  }
  void forget() {
    const std::scoped_lock lock(mutex_);
    requests_.clear();
  }

 private:
  static std::string title_of(const http::Request& request) {
    return fmt::format("{} {}", http::to_string(request.method), request.target);
  }

  http::Response take(http::Request request) {
    const std::scoped_lock lock(mutex_);
    const auto found = answers_.find(title_of(request));
    requests_.push_back(std::move(request));
    return found == answers_.end() ? http::respond(404, R"({"errors":[]})") : found->second;
  }

  static Awaitable<http::Response> reply(ScriptedService* self, http::Request request) {
    co_return self->take(std::move(request));
  }

  mutable std::mutex mutex_;
  std::map<std::string, http::Response> answers_;
  std::vector<http::Request> requests_;
  std::unique_ptr<http::Server> server_ =
      serve([this](http::Request request) { return reply(this, std::move(request)); });
};

}  // namespace assay::secrets
