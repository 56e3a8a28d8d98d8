#pragma once

#include <string>
#include <string_view>

namespace assay::app {

/// A text that others wrote, for a terminal: control characters, those that turn the direction of writing, separators
/// of lines and bytes that are no UTF-8 are shown as \xNN or \u{NNNN}, so that none of them acts.
std::string for_terminal(std::string_view text);

}  // namespace assay::app
