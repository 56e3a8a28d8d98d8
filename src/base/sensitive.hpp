#pragma once

#include <sodium.h>

#include <string>
#include <string_view>
#include <utility>

namespace assay {

/// A secret text: it has no formatter and no stream operator, so that printing it doesn't compile;
/// it is compared in constant time and wiped when it goes.
class SensitiveText {
 public:
  SensitiveText() = default;
  explicit SensitiveText(std::string text) : text_(std::move(text)) {}
  SensitiveText(const SensitiveText&) = default;
  SensitiveText(SensitiveText&&) noexcept = default;
  SensitiveText& operator=(const SensitiveText&) = default;
  SensitiveText& operator=(SensitiveText&&) noexcept = default;
  ~SensitiveText() { sodium_memzero(text_.data(), text_.size()); }

  /// The text itself, for the one place that must send or check it.
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace assay
