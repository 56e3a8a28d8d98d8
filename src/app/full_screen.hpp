#pragma once

#include <termios.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace assay::app {

/// The terminal's other screen, while the object lives: standard input gives keys at once and unseen, and whatever was
/// on the screen is there again afterwards, also when a signal ends the program.
class FullScreen {
 public:
  /// Keeps the signals that the screen watches from ending the program; to be called before threads are started.
  static void block_signals();

  /// Both ends must be terminals, and the signals blocked.
  FullScreen();
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  struct Size {
    std::size_t columns = 80;
    std::size_t rows = 24;
  };
  Size size() const;

  /// Replaces what is shown by these lines, at once.
  void show(const std::string& lines) const;

  enum class Event { kTimeout, kResize, kQuit };
  /// Waits for a key or signal to end with, for the terminal to change its size, or until then.
  Event wait_until(std::chrono::steady_clock::time_point moment) const;

 private:
  termios before_{};
  int signals_ = -1;
};

}  // namespace assay::app
