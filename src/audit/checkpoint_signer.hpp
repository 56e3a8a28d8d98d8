#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "audit/log_opening.hpp"
#include "base/blocking_pool.hpp"
#include "base/resumption.hpp"
#include "telemetry/log.hpp"

namespace assay::audit {

/// Signs the log's tree: each second in which it has grown, and at once when a proof is wanted of an entry that no
/// signed tree has yet; then all who wait share one signature. What is signed is in the head file, durably, before
/// anybody is shown it, and is kept in the store before the next is signed. Safe from any I/O thread.
class CheckpointSigner {
 public:
  CheckpointSigner(Store& store, HeadFile& head_file, OpenedLog log, const Clock& clock, const telemetry::Log& logger);

  /// Signs so from now on, and any tree to which the store grows from this moment on.
  void sign_as(LogSigner signer);

  /// Signs now and then, without end.
  Awaitable<void> run();

  /// Signs the tree unless it was signed.
  Awaitable<void> sign_newest();

  /// The newest signed tree that has the entry at `index`, which is durable. Throws Unavailable when none can be had.
  Awaitable<std::shared_ptr<const SignedTree>> covering(std::uint64_t index);

  /// The newest signed tree; nothing before the first.
  std::shared_ptr<const SignedTree> newest() const;

  /// Why nothing can be signed; empty when it can.
  std::string failure() const;

 private:
  struct Waiting {
    std::uint64_t size;
    Resumption resumption;
  };

  /// Returns once a tree of that size or a larger one is signed, or signing has failed.
  Awaitable<void> wait_for_size(std::uint64_t size);
  /// The same, after one attempt at least.
  Awaitable<void> wait_for_attempt(std::uint64_t size);
  Awaitable<void> sign_while_wanted();
  Awaitable<void> sign();
  Awaitable<void> keep();
  /// Does one step of the two above, and says whether it succeeded; its failure is noted.
  Awaitable<bool> attempt(Awaitable<void> step);
  SignedTree signed_now(const merkle::TreeHead& tree) const;
  void resume_waiting();
  bool is_done();

  Store& store_;
  HeadFile& head_file_;
  const Clock& clock_;
  const telemetry::Log& logger_;
  std::string unkept_;  ///< the note that is not in the store yet

  mutable std::mutex mutex_;
  LogSigner signer_;
  std::shared_ptr<const SignedTree> newest_;
  std::vector<Waiting> waiting_;
  bool is_signing_ = false;
  std::string failure_;

  BlockingPool disk_;
};

}  // namespace assay::audit
