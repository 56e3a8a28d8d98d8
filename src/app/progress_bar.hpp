#pragma once

#include <chrono>
#include <string>

namespace assay::app {

/// A line on standard error that shows how far a long step is; silent when that is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  /// Clears the line.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Takes the line away, so that something else can be printed.
  void clear() const;

  /// For a step whose end isn't known: how many are done.
  void count(std::size_t done, const std::string& what);

  /// `done` from 0 to 1; draws a few times a second at most. `note` stands behind the bar.
  void show(double done, const std::string& note = "");

 private:
  bool is_due();

  std::string label_;
  bool on_terminal_;
  std::chrono::steady_clock::time_point last_drawn_;
};

}  // namespace assay::app
