#include "app/hidden_input.hpp"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace assay::app {

namespace {

/// As long as a terminal's line can be.
constexpr std::size_t kLongestLine = 4096;

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
    for (std::size_t i = 0; i < kStopping.size(); ++i) before_[i] = std::signal(kStopping[i], &show_and_stop);
    // A shell that came back would show nothing either.
    suspended_ = std::signal(SIGTSTP, SIG_IGN);
    auto hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    for (std::size_t i = 0; i < kStopping.size(); ++i) std::signal(kStopping[i], before_[i]);
    std::signal(SIGTSTP, suspended_);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  using Handler = void (*)(int);

  static constexpr std::array kStopping{SIGINT, SIGTERM, SIGQUIT, SIGHUP};

  std::array<Handler, kStopping.size()> before_{};
  Handler suspended_ = SIG_DFL;
};

/// Past the buffer of the stream, which is not wiped. Nothing when the input ends before the line does.
std::optional<SensitiveText> read_line() {
  std::string line;
  line.reserve(kLongestLine);
  char next = 0;
  while (line.size() < kLongestLine) {
    if (::read(STDIN_FILENO, &next, 1) != 1) break;
    if (next == '\n') return SensitiveText(std::move(line));
    line += next;
  }
  wipe(line);
  return std::nullopt;
}

}  // namespace

SensitiveText ask_hidden(std::string_view prompt) {
  std::optional<SensitiveText> line;
  {
    const HiddenInput hidden;
    fmt::print(stderr, "{}: ", prompt);
    line = read_line();
  }
  fmt::print(stderr, "\n");
  if (!line) throw Refusal("nothing was typed to its end; nothing was changed");
  return std::move(*line);
}

}  // namespace assay::app
