#include "app/top_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "app/full_screen.hpp"
#include "base/json.hpp"

namespace assay::app {

namespace {

using Moment = std::chrono::steady_clock::time_point;

Moment next_look(Moment moment, const TopOptions& options) {
  const std::chrono::duration<double> interval(options.interval_seconds);
  return moment + std::chrono::duration_cast<std::chrono::steady_clock::duration>(interval);
}

bool all_are_silent(const std::vector<TopProcess>& processes) {
  return std::ranges::none_of(processes, [](const TopProcess& process) { return process.trouble.empty(); });
}

std::string headline(const TopOptions& options, std::string_view rest) {
  return fmt::format("assay top: the last {:g} s{}", options.interval_seconds, rest);
}

int print_once(TopSources& sources, const TopOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  auto processes = sources.look();
  if (!all_are_silent(processes)) {
    boost::asio::io_context context(1);
    boost::asio::steady_timer timer(context, next_look(begin, options));
    timer.wait();
    processes = sources.look();
  }
  if (options.output == "json") {
    fmt::print("{}\n", json::serialize(top_json(processes)));
  } else {
    fmt::print("{}", draw_top(processes, headline(options, ""), form_of_standard_output(), 0));
  }
  return all_are_silent(processes) ? 1 : 0;
}

int show_until_quit(TopSources& sources, const TopOptions& options) {
  const FullScreen screen;
  auto event = FullScreen::Event::kTimeout;
  auto next = std::chrono::steady_clock::now();
  std::vector<TopProcess> processes;
  while (event != FullScreen::Event::kQuit) {
    if (event == FullScreen::Event::kTimeout) {
      processes = sources.look();
      next = next_look(std::chrono::steady_clock::now(), options);
    }
    const auto size = screen.size();
    auto form = form_of_standard_output();
    form.width = size.columns;
    screen.show(draw_top(processes, headline(options, "; q ends it"), form, size.rows));
    event = screen.wait_until(next);
  }
  return 0;
}

}  // namespace

int show_top(const TopOptions& options) {
  const bool is_interactive =
      !options.is_once && options.output == "text" && ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDIN_FILENO) == 1;
  // Before threads begin, so that they all leave the signals to the screen.
  if (is_interactive) FullScreen::block_signals();
  TopSources sources(options.places);
  return is_interactive ? show_until_quit(sources, options) : print_once(sources, options);
}

}  // namespace assay::app
