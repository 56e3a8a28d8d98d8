#include "base/resumption.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace assay {

namespace {

using Resumes = std::vector<std::move_only_function<void()>>;

}  // namespace

void Resumption::resume() && {
  // Posting may continue the coroutine, which may end this object, before post returns.
  const auto executor = executor_;
  boost::asio::post(executor, std::move(resume_));
}

void resume_all(std::vector<Resumption> resumptions) {
  std::vector<std::pair<Executor, Resumes>> by_thread;
  for (auto& resumption : resumptions) {
    auto group = std::ranges::find(by_thread, resumption.executor_, &std::pair<Executor, Resumes>::first);
    if (group == by_thread.end()) group = by_thread.emplace(group, resumption.executor_, Resumes());
    group->second.push_back(std::move(resumption.resume_));
  }
  for (auto& [executor, resumes] : by_thread) {
    boost::asio::post(executor, [ready = std::move(resumes)]() mutable {
      for (auto& resume : ready) resume();
    });
  }
}

}  // namespace assay
