#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/loopback_test.hpp"

namespace assay::http {

/// A vault that plays a part: it answers each request as the test wrote it down, and notes what it was asked.
class ScriptedService : public LoopbackTest {
 protected:
  std::string url() const { return "http://" + server_->address().to_string(); }

  /// `request` is a method and a target: "GET /v1/secret". Answered from now on, in the place of what was before.
  void answer(const std::string& request, int status, std::string body = {}) {
    answer(request, respond(status, std::move(body)));
  }
  void answer(const std::string& request, Response response) {
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
  Request last_request() const {
    const std::scoped_lock lock(mutex_);
    return requests_.back();
  }
  /// The last of those with that method and target.
  Request last_request(const std::string& title) const {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(requests_.rbegin(), requests_.rend(),
                                    [&](const Request& request) { return title_of(request) == title; });
    return found == requests_.rend() ? Request() : *found;
  }
  void forget() {
    const std::scoped_lock lock(mutex_);
    requests_.clear();
  }

 private:
  static std::string title_of(const Request& request) {
    return fmt::format("{} {}", to_string(request.method), request.target);
  }

  Response take(Request request) {
    const std::scoped_lock lock(mutex_);
    const auto found = answers_.find(title_of(request));
    requests_.push_back(std::move(request));
    return found == answers_.end() ? respond(404, R"({"errors":[]})") : found->second;
  }

  static Awaitable<Response> reply(ScriptedService* self, Request request) { co_return self->take(std::move(request)); }

  mutable std::mutex mutex_;
  std::map<std::string, Response> answers_;
  std::vector<Request> requests_;
  std::unique_ptr<Server> server_ = serve([this](Request request) { return reply(this, std::move(request)); });
};

}  // namespace assay::http
