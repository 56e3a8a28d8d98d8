#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/top_figures.hpp"
#include "app/waterfall.hpp"
#include "base/json.hpp"

namespace assay::app {

/// What is known of one process that is watched.
struct TopProcess {
  std::string name;     ///< of its parts, or where it was asked
  std::string trouble;  ///< why it could not be asked; empty when it answered
  ProcessFigures figures;
};

/// All of it as lines, the busiest routes first; what isn't known is shown as –. `height` is the most lines, 0 for as
/// many as there are.
std::string draw_top(const std::vector<TopProcess>& processes, const std::string& headline, const DrawingForm& form,
                     std::size_t height);

/// The same for programs; null for what isn't known.
json::value top_json(const std::vector<TopProcess>& processes);

}  // namespace assay::app
