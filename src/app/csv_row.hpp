#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace assay::app {

/// A row of CSV (RFC 4180) with its CR and LF. A cell that a spreadsheet would take for a formula gets an apostrophe
/// before it.
std::string csv_row(std::initializer_list<std::string_view> cells);

}  // namespace assay::app
