#include "base/random.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <climits>
#include <stdexcept>

namespace assay {

namespace {

/// Asking the generator costs as much for a few bytes as for many.
struct Buffer {
  std::array<std::uint8_t, 4096> bytes{};
  std::size_t left = 0;
};

void ask_generator(std::span<std::uint8_t> out) {
  if (out.size() > INT_MAX || RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) {
    throw std::runtime_error("the operating system gave no random bytes");
  }
}

}  // namespace

void SystemRandom::fill(std::span<std::uint8_t> out) {
  static thread_local Buffer buffer;
  if (out.size() > buffer.bytes.size()) return ask_generator(out);
  if (out.size() > buffer.left) {
    ask_generator(buffer.bytes);
    buffer.left = buffer.bytes.size();
  }
  const auto given = std::span(buffer.bytes).subspan(buffer.bytes.size() - buffer.left, out.size());
  std::ranges::copy(given, out.begin());
  // What was given is nobody's to read again.
  std::ranges::fill(given, std::uint8_t{0});
  buffer.left -= out.size();
}

}  // namespace assay
