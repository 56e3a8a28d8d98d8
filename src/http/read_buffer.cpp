#include "http/read_buffer.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace assay::http {

boost::asio::mutable_buffer ReadBuffer::prepare() {
  if (end_ == bytes_.size()) {
    const auto used = end_ - begin_;
    // Moving to the front is enough while it frees half: a request that is read in pieces moves few bytes.
    if (begin_ > 0 && used <= bytes_.size() / 2) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, used);
      sodium_memzero(bytes_.data() + used, end_ - used);
      begin_ = 0;
      end_ = used;
    } else {
      reallocate(std::max(kSmallest, bytes_.size() * 2));
    }
  }
  return {bytes_.data() + end_, bytes_.size() - end_};
}

void ReadBuffer::consume(std::size_t size) {
  sodium_memzero(bytes_.data() + begin_, size);
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::shrink() {
  if (empty() && bytes_.size() > kSmallest) reallocate(kSmallest);
}

void ReadBuffer::reallocate(std::size_t capacity) {
  WipedText bytes(capacity, '\0');
  const auto used = end_ - begin_;
  if (used > 0) std::memcpy(bytes.data(), bytes_.data() + begin_, used);
  bytes_ = std::move(bytes);
  begin_ = 0;
  end_ = used;
}

}  // namespace assay::http
