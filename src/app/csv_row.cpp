#include "app/csv_row.hpp"

#include <algorithm>
#include <array>

#include "base/unicode.hpp"

namespace assay::app {

namespace {

constexpr std::array<std::string_view, 8> kFormulaStarts{"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"};
/// What ends a cell for readers that separate at a semicolon or a tab: for them the quotes around ours are text.
constexpr std::string_view kOtherEnds = "\n\r\t;";
/// What a reader may take off a cell before it looks for a formula.
constexpr std::string_view kSkipped = " \"";
constexpr std::string_view kReplacement = "\ufffd";

/// The next character of valid UTF-8.
std::string_view take_character(std::string_view& text) {
  const auto is_more = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
  std::size_t length = 1;
  while (length < text.size() && is_more(text[length])) ++length;
  const auto character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

bool is_formula_start(std::string_view character) {
  return std::ranges::find(kFormulaStarts, character) != kFormulaStarts.end();
}

void append_cell(std::string& row, std::string_view cell) {
  const bool needs_quotes = cell.find_first_of(",\";\t\r\n") != std::string_view::npos;
  if (needs_quotes) row.push_back('"');
  bool may_begin_formula = true;
  while (!cell.empty()) {
    const auto character = take_character(cell);
    if (may_begin_formula && is_formula_start(character)) row.push_back('\'');
    const bool is_end = kOtherEnds.contains(character);
    may_begin_formula = is_end || (may_begin_formula && kSkipped.contains(character));
    if (character == "\"") row.push_back('"');
    row += !is_end && has_control_character(character) ? kReplacement : character;
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
