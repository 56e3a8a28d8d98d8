#include "http/read_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace assay::http {

boost::asio::mutable_buffer ReadBuffer::prepare() {
  if (end_ == capacity_) {
    const auto used = end_ - begin_;
    // Moving to the front is enough while it frees half: a request that is read in pieces moves few bytes.
    if (begin_ > 0 && used <= capacity_ / 2) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, used);
      begin_ = 0;
      end_ = used;
    } else {
      reallocate(std::max(kSmallest, capacity_ * 2));
    }
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void ReadBuffer::consume(std::size_t size) {
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::shrink() {
  if (empty() && capacity_ > kSmallest) reallocate(kSmallest);
}

void ReadBuffer::reallocate(std::size_t capacity) {
  auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
  const auto used = end_ - begin_;
  if (used > 0) std::memcpy(bytes.get(), bytes_.get() + begin_, used);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
  begin_ = 0;
  end_ = used;
}

}  // namespace assay::http
