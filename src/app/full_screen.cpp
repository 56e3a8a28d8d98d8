#include "app/full_screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <string_view>

namespace assay::app {

namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr char kControlC = 3;
constexpr char kControlD = 4;

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH}) sigaddset(&signals, signal);
  return signals;
}

/// A terminal that is gone is noticed where keys are waited for.
void write_now(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool ends(std::string_view keys) {
  return keys.empty() || std::ranges::any_of(keys, [](char key) {
           return key == 'q' || key == 'Q' || key == kControlC || key == kControlD;
         });
}

}  // namespace

void FullScreen::block_signals() {
  const auto signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

FullScreen::FullScreen() {
  const auto signals = watched_signals();
  signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  ::tcgetattr(STDIN_FILENO, &before_);
  auto raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  write_now(kEnter);
}

FullScreen::~FullScreen() {
  write_now(kLeave);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  ::close(signals_);
}

FullScreen::Size FullScreen::size() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {.columns = size.ws_col, .rows = size.ws_row};
}

void FullScreen::show(const std::string& lines) const {
  // Each line is cleared behind its end, and then all below, so that nothing flickers.
  std::string out = "\x1b[H";
  std::string_view rest = lines;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    out += rest.substr(0, end);
    out += "\x1b[K";
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!rest.empty()) out += "\r\n";
  }
  out += "\x1b[J";
  write_now(out);
}

FullScreen::Event FullScreen::wait_until(std::chrono::steady_clock::time_point moment) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(moment - std::chrono::steady_clock::now());
  std::array<pollfd, 2> sources{pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                pollfd{.fd = signals_, .events = POLLIN, .revents = 0}};
  const auto milliseconds = static_cast<int>(std::max<std::int64_t>(0, left.count()));
  if (::poll(sources.data(), sources.size(), milliseconds) <= 0) return Event::kTimeout;
  if (sources[1].revents != 0) {
    signalfd_siginfo signal{};
    if (::read(signals_, &signal, sizeof signal) != sizeof signal) return Event::kTimeout;
    return signal.ssi_signo == SIGWINCH ? Event::kResize : Event::kQuit;
  }
  std::array<char, 64> keys{};
  const auto count = ::read(STDIN_FILENO, keys.data(), keys.size());
  return ends({keys.data(), static_cast<std::size_t>(std::max<ssize_t>(0, count))}) ? Event::kQuit : Event::kResize;
}

}  // namespace assay::app
