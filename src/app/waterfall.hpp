#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/span_json.hpp"

namespace assay::app {

/// How something is drawn: how wide at most, and whether with colours and blocks or with plain characters alone.
struct DrawingForm {
  std::size_t width = 100;
  bool is_coloured = false;
};

/// The form for standard output: the terminal's width; colours only on a terminal, and not where NO_COLOR is set.
DrawingForm form_of_standard_output();

/// The spans as a tree with a waterfall: one line a span with its duration and when it was, `!` behind one that ended
/// in an error, its attributes below it. Spans whose parent is not there begin a tree. A part whose clock goes
/// otherwise than its caller's is moved to where the call was, which a line at the end tells.
std::string draw_waterfall(std::vector<ToldSpan> spans, const DrawingForm& form);

}  // namespace assay::app
