#pragma once

#include <chrono>
#include <string>

#include "app/top_source.hpp"

namespace assay::app {

struct TopOptions {
  TopPlaces places;
  std::chrono::duration<double> interval{1};
  bool is_once = false;
  std::string output = "text";
};

/// Shows what running parts do, anew each interval, until q is pressed or a signal comes; on what is no terminal, or
/// once, it prints what happened within one interval and ends. Returns 1 when nobody could be asked. Throws Refusal
/// as TopSources does.
int show_top(const TopOptions& options);

}  // namespace assay::app
