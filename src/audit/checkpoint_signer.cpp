#include "audit/checkpoint_signer.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <utility>

namespace assay::audit {

namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr std::chrono::milliseconds kStoreLag{1};
constexpr std::size_t kDiskThreads = 1;
constexpr std::size_t kDiskQueueLimit = 4;

}  // namespace

CheckpointSigner::CheckpointSigner(Store& store, HeadFile& head_file, OpenedLog log, const Clock& clock,
                                   const telemetry::Log& logger)
    : store_(store),
      head_file_(head_file),
      clock_(clock),
      logger_(logger),
      signer_(std::move(log.signer)),
      newest_(log.newest ? std::make_shared<const SignedTree>(std::move(*log.newest)) : nullptr),
      disk_(kDiskThreads, kDiskQueueLimit) {}

void CheckpointSigner::sign_as(LogSigner signer) {
  const std::scoped_lock lock(mutex_);
  signer_ = std::move(signer);
}

std::shared_ptr<const SignedTree> CheckpointSigner::newest() const {
  const std::scoped_lock lock(mutex_);
  return newest_;
}

std::string CheckpointSigner::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

Awaitable<void> CheckpointSigner::run() {
  Timer timer(co_await boost::asio::this_coro::executor);
  while (true) {
    timer.expires_after(kInterval);
    co_await timer.async_wait(use_awaitable);
    co_await sign_newest();
  }
}

Awaitable<void> CheckpointSigner::sign_newest() {
  const auto size = store_.head().size;
  // What could not be kept is tried again, also where nothing grows any more.
  if (failure().empty()) {
    co_await wait_for_size(size);
  } else {
    co_await wait_for_attempt(size);
  }
}

Awaitable<std::shared_ptr<const SignedTree>> CheckpointSigner::covering(std::uint64_t index) {
  co_await wait_for_size(index + 1);
  auto signed_tree = newest();
  if (!signed_tree || signed_tree->tree.size <= index) throw Unavailable("the log's tree can't be signed");
  co_return signed_tree;
}

Awaitable<void> CheckpointSigner::wait_for_size(std::uint64_t size) {
  if (const auto signed_tree = newest(); signed_tree && signed_tree->tree.size >= size) co_return;
  co_await wait_for_attempt(size);
}

Awaitable<void> CheckpointSigner::wait_for_attempt(std::uint64_t size) {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await suspend([this, size, executor](Resumption resumption) {
    {
      const std::scoped_lock lock(mutex_);
      waiting_.push_back({.size = size, .resumption = std::move(resumption)});
      if (std::exchange(is_signing_, true)) return;
    }
    boost::asio::co_spawn(executor, sign_while_wanted(), boost::asio::detached);
  });
}

Awaitable<void> CheckpointSigner::sign_while_wanted() {
  Timer timer(co_await boost::asio::this_coro::executor);
  while (true) {
    const auto before = newest();
    const bool is_signed = co_await attempt(sign());
    resume_waiting();
    if (is_signed) co_await attempt(keep());
    if (is_done()) co_return;
    if (newest() != before) continue;
    // Who waits has seen a record whose commit the store is just about to tell of.
    timer.expires_after(kStoreLag);
    co_await timer.async_wait(use_awaitable);
  }
}

Awaitable<bool> CheckpointSigner::attempt(Awaitable<void> step) {
  std::string reason;
  try {
    co_await std::move(step);
  } catch (const std::exception& error) {
    reason = error.what();
  }
  const std::scoped_lock lock(mutex_);
  if (failure_.empty() && !reason.empty()) {
    logger_.error("the log's tree can't be signed", {{"reason", std::string_view(reason)}});
  }
  failure_ = std::move(reason);
  co_return failure_.empty();
}

Awaitable<void> CheckpointSigner::sign() {
  co_await keep();
  const auto tree = store_.head();
  const auto before = newest();
  if (before && before->tree.size >= tree.size) co_return;
  auto next = std::make_shared<const SignedTree>(signed_now(tree));
  co_await disk_.run([&] {
    head_file_.write(next->note, before ? before->note : std::string());
    return true;
  });
  unkept_ = next->note;
  const std::scoped_lock lock(mutex_);
  newest_ = std::move(next);
}

/// The signer is taken behind the tree: a tree that has a record of a new key has that key's signature.
SignedTree CheckpointSigner::signed_now(const merkle::TreeHead& tree) const {
  const std::scoped_lock lock(mutex_);
  return signer_.sign(tree, clock_.now());
}

Awaitable<void> CheckpointSigner::keep() {
  if (unkept_.empty()) co_return;
  co_await store_.keep_checkpoint(newest()->tree.size, unkept_);
  unkept_.clear();
}

void CheckpointSigner::resume_waiting() {
  std::vector<Resumption> due;
  {
    const std::scoped_lock lock(mutex_);
    const auto is_served = [&](const Waiting& one) {
      return !failure_.empty() || one.size <= (newest_ ? newest_->tree.size : 0);
    };
    const auto served = std::partition(waiting_.begin(), waiting_.end(), std::not_fn(is_served));
    for (auto one = served; one != waiting_.end(); ++one) due.push_back(std::move(one->resumption));
    waiting_.erase(served, waiting_.end());
  }
  resume_all(std::move(due));
}

bool CheckpointSigner::is_done() {
  const std::scoped_lock lock(mutex_);
  is_signing_ = !waiting_.empty();
  return !is_signing_;
}

}  // namespace assay::audit
