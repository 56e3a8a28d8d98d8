#include "app/csv_row.hpp"

namespace assay::app {

namespace {

/// What a formula begins with; tab and CR are skipped before one.
constexpr std::string_view kFormulaStarts = "=+-@\t\r";

void append_cell(std::string& row, std::string_view cell) {
  const bool is_formula = !cell.empty() && kFormulaStarts.contains(cell.front());
  const bool needs_quotes = cell.find_first_of(",\"\r\n") != std::string_view::npos;
  if (needs_quotes) row.push_back('"');
  if (is_formula) row.push_back('\'');
  for (const char c : cell) {
    if (c == '"') row.push_back('"');
    row.push_back(c);
  }
  if (needs_quotes) row.push_back('"');
}

}  // namespace

std::string csv_row(std::initializer_list<std::string_view> cells) {
  std::string row;
  bool is_first = true;
  for (const auto cell : cells) {
    if (!is_first) row.push_back(',');
    is_first = false;
    append_cell(row, cell);
  }
  row += "\r\n";
  return row;
}

}  // namespace assay::app
