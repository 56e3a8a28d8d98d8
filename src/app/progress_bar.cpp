#include "app/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace assay::app {

namespace {

constexpr std::chrono::milliseconds kBetweenDraws{100};
constexpr std::size_t kWidth = 30;

}  // namespace

ProgressBar::ProgressBar(std::string label) : label_(std::move(label)), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::clear() const {
  if (on_terminal_) fmt::print(stderr, "\r\x1b[K");
}

bool ProgressBar::is_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!on_terminal_ || now - last_drawn_ < kBetweenDraws) return false;
  last_drawn_ = now;
  return true;
}

void ProgressBar::count(std::size_t done, const std::string& what) {
  if (is_due()) fmt::print(stderr, "\r\x1b[K{} {} {}", label_, done, what);
}

void ProgressBar::show(double done, const std::string& note) {
  if (!is_due()) return;
  const auto filled = static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * static_cast<double>(kWidth));
  fmt::print(stderr, "\r\x1b[K{} [{}{}] {:3.0f} % {}", label_, std::string(filled, '#'),
             std::string(kWidth - filled, ' '), done * 100, note);
}

}  // namespace assay::app
