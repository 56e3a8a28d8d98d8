#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace assay {

/// A value that is replaced as a whole while others read it. Safe from any thread.
template <class T>
class Current {
 public:
  explicit Current(T value) : value_(std::make_shared<const T>(std::move(value))) {}

  /// What it is now; it stays as it is for whoever holds it.
  std::shared_ptr<const T> get() const {
    const std::scoped_lock lock(mutex_);
    return value_;
  }

  void set(T value) {
    auto replaced = std::make_shared<const T>(std::move(value));
    const std::scoped_lock lock(mutex_);
    value_.swap(replaced);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace assay
