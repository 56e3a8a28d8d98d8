#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace assay::merkle {

/// For tests: the text with one fault each, at every place: a byte changed, missing, doubled or before it one put in;
/// and every beginning of it.
inline std::vector<std::string> mutations_of(std::string_view text) {
  std::vector<std::string> mutations;
  for (std::size_t place = 0; place < text.size(); ++place) {
    const auto before = text.substr(0, place);
    const auto after = text.substr(place + 1);
    mutations.emplace_back(before);
    mutations.push_back(fmt::format("{}{}", before, after));
    for (const char c : {text[place], '\n', ' ', '0', '=', '+', 'A', '\t', '\xff'}) {
      mutations.push_back(fmt::format("{}{}{}", before, c, after));
      mutations.push_back(fmt::format("{}{}{}{}", before, c, text[place], after));
    }
  }
  return mutations;
}

}  // namespace assay::merkle
