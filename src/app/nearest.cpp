#include "app/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace assay::app {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

const std::string& nearest(std::string_view name, const std::vector<std::string>& candidates) {
  return *std::ranges::min_element(candidates, {},
                                   [name](const std::string& candidate) { return edit_distance(name, candidate); });
}

}  // namespace assay::app
