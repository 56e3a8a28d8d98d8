#pragma once

#include <string>

#include "app/top_source.hpp"

namespace assay::app {

struct TopOptions {
  TopPlaces places;
  double interval_seconds = 1;
  bool is_once = false;
  std::string output = "text";
};

/// Shows what running parts do, anew each interval, until q is pressed or a signal comes; on what is no terminal, or
/// once, it prints what happened within one interval and ends. Returns 1 when nobody could be asked. Throws Refusal
/// as TopSources does.
int show_top(const TopOptions& options);

}  // namespace assay::app
