#include "app/top_flags.hpp"

namespace assay::app {

namespace {

constexpr double kShortestInterval = 0.1;
constexpr double kLongestInterval = 3'600;

}  // namespace

void add_top_flags(CLI::App& command, TopOptions& options) {
  command.add_option("--metrics", options.places.metrics_urls,
                     "http://HOST:PORT of a part's metrics listener; may be repeated instead of those that run here");
  command.add_option("--interval", options.interval_seconds, "seconds between two looks")
      ->check(CLI::Range(kShortestInterval, kLongestInterval))
      ->capture_default_str();
  command.add_flag("--once", options.is_once, "print one interval and end, as is done where output is no terminal");
  command.add_option("--output", options.output, "text or json; json once")->check(CLI::IsMember({"text", "json"}));
}

}  // namespace assay::app
