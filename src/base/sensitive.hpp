#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/locked_memory.hpp"

namespace assay {

/// Overwrites a text that held a secret, all that it has room for, and empties it.
void wipe(std::string& text);

/// A secret text: it has no formatter and no stream operator, so that printing it doesn't compile;
/// it lies in locked memory and is wiped when it goes.
class SensitiveText {
 public:
  SensitiveText() = default;
  /// Wipes the text that it was given.
  explicit SensitiveText(std::string&& text);
  SensitiveText(const SensitiveText& other) : SensitiveText(copy_of(other.reveal())) {}
  SensitiveText(SensitiveText&&) noexcept = default;
  SensitiveText& operator=(const SensitiveText& other);
  SensitiveText& operator=(SensitiveText&&) noexcept = default;
  ~SensitiveText() = default;

  static SensitiveText copy_of(std::string_view text) { return joined({text}); }
  static SensitiveText joined(std::initializer_list<std::string_view> parts);

  /// A text of that size that `fill` writes where it stays.
  template <class Fill>
  static SensitiveText filled(std::size_t size, const Fill& fill) {
    SensitiveText text;
    text.bytes_ = LockedBytes(size);
    fill(std::span(reinterpret_cast<std::uint8_t*>(text.bytes_.data()), size));
    return text;
  }

  /// The text itself, for the one place that must send or check it.
  std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }
  bool empty() const { return bytes_.size() == 0; }

 private:
  LockedBytes bytes_;
};

}  // namespace assay
