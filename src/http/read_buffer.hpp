#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <string_view>

#include "base/wiped_text.hpp"

namespace assay::http {

/// Bytes that came in and aren't used yet; what was used is overwritten, since keys and patients' data come in it.
/// Starts small, so that an idle connection is light; grows as long as one structured element (a message's header)
/// needs more.
class ReadBuffer {
 public:
  /// What came in and isn't consumed. Valid until the next call that isn't const.
  std::string_view data() const { return {bytes_.data() + begin_, end_ - begin_}; }
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

  WipedText bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace assay::http
