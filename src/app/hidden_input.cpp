#include "app/hidden_input.hpp"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>
#include <utility>

namespace assay::app {

namespace {

/// As the terminal was; a signal handler has no other way to know.
termios shown{};

extern "C" void show_and_stop(int signal) {
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

class HiddenInput {
 public:
  HiddenInput() {
    ::tcgetattr(STDIN_FILENO, &shown);
    interrupted_ = std::signal(SIGINT, &show_and_stop);
    terminated_ = std::signal(SIGTERM, &show_and_stop);
    auto hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    std::signal(SIGINT, interrupted_);
    std::signal(SIGTERM, terminated_);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  using Handler = void (*)(int);

  Handler interrupted_ = SIG_DFL;
  Handler terminated_ = SIG_DFL;
};

}  // namespace

SensitiveText ask_hidden(std::string_view prompt) {
  std::string line;
  {
    const HiddenInput hidden;
    fmt::print(stderr, "{}: ", prompt);
    std::getline(std::cin, line);
  }
  fmt::print(stderr, "\n");
  return SensitiveText(std::move(line));
}

}  // namespace assay::app
