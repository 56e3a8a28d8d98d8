#include "base/sensitive.hpp"

#include <sodium.h>

#include <algorithm>

namespace assay {

void wipe(std::string& text) {
  text.resize(text.capacity());
  sodium_memzero(text.data(), text.size());
  text.clear();
}

// NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): a move leaves the bytes of a short text behind.
SensitiveText::SensitiveText(std::string&& text) : SensitiveText(copy_of(text)) { wipe(text); }

SensitiveText& SensitiveText::operator=(const SensitiveText& other) {
  if (this != &other) *this = copy_of(other.reveal());
  return *this;
}

SensitiveText SensitiveText::joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  return filled(size, [parts](std::span<std::uint8_t> out) {
    auto at = out.begin();
    for (const auto part : parts) at = std::ranges::copy(part, at).out;
  });
}

}  // namespace assay
