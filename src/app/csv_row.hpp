#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace assay::app {

/// A row of CSV (RFC 4180) with its CR and LF. What a spreadsheet would take for a formula, at the beginning of a cell
/// or of what a reader with other separators takes for one, gets an apostrophe before it; control characters other than
/// line ends and tabs become U+FFFD. The cells must be valid UTF-8.
std::string csv_row(std::initializer_list<std::string_view> cells);

}  // namespace assay::app
