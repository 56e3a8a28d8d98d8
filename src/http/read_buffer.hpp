#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

namespace assay::http {

/// Bytes that came in and aren't used yet. Starts small, so that an idle connection is light; grows as
/// long as one structured element (a message's header) needs more.
class ReadBuffer {
 public:
  /// What came in and isn't consumed. Valid until the next call that isn't const.
  std::string_view data() const { return {bytes_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Room for more, at least one byte.
  boost::asio::mutable_buffer prepare();
  /// Says how much of the room was filled.
  void commit(std::size_t size) { end_ += size; }
  /// Gives up bytes at the front.
  void consume(std::size_t size);
  /// Gives back memory beyond the smallest; only when empty.
  void shrink();

 private:
  static constexpr std::size_t kSmallest = 2048;

  void reallocate(std::size_t capacity);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace assay::http
