#include "merkle/tile_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <system_error>

#include "merkle/decimal.hpp"

namespace assay::merkle {

namespace {

constexpr std::string_view kTiles = "tile/";
constexpr std::string_view kEntries = "tile/entries/";
constexpr std::string_view kPartial = ".p/";
constexpr unsigned kHighestLevel = 63;
constexpr unsigned kElementValues = 1000;

struct Place {
  std::uint64_t index = 0;
  unsigned width = kTileWidth;
};

std::string index_path(std::uint64_t index) {
  auto path = fmt::format("{:03}", index % kElementValues);
  while ((index /= kElementValues) != 0) path = fmt::format("x{:03}/{}", index % kElementValues, path);
  return path;
}

std::string place_path(const Place& place) {
  const auto path = index_path(place.index);
  return place.width == kTileWidth ? path : fmt::format("{}{}{}", path, kPartial, place.width);
}

/// Reads the digits wherever they stand; the one right spelling of the index then tells whether they stood right.
std::optional<std::uint64_t> parse_index(std::string_view path) {
  std::string digits;
  std::ranges::copy_if(path, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  std::uint64_t index = 0;
  const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), index).ec;
  if (error != std::errc() || index_path(index) != path) return std::nullopt;
  return index;
}

std::optional<Place> parse_place(std::string_view path) {
  const auto suffix = path.find(kPartial);
  const auto index = parse_index(path.substr(0, suffix));
  if (!index) return std::nullopt;
  if (suffix == std::string_view::npos) return Place{.index = *index};
  const auto width = parse_decimal(path.substr(suffix + kPartial.size()), kTileWidth - 1);
  if (!width || *width == 0) return std::nullopt;
  return Place{.index = *index, .width = static_cast<unsigned>(*width)};
}

}  // namespace

std::string tile_path(const Tile& tile) {
  return fmt::format("{}{}/{}", kTiles, tile.level, place_path({.index = tile.index, .width = tile.width}));
}

std::string entry_bundle_path(const EntryBundle& bundle) {
  return fmt::format("{}{}", kEntries, place_path({.index = bundle.index, .width = bundle.width}));
}

std::optional<Tile> parse_tile_path(std::string_view path) {
  if (!path.starts_with(kTiles)) return std::nullopt;
  path.remove_prefix(kTiles.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto level = parse_decimal(path.substr(0, slash), kHighestLevel);
  const auto place = parse_place(path.substr(slash + 1));
  if (!level || !place) return std::nullopt;
  return Tile{.level = static_cast<unsigned>(*level), .index = place->index, .width = place->width};
}

std::optional<EntryBundle> parse_entry_bundle_path(std::string_view path) {
  if (!path.starts_with(kEntries)) return std::nullopt;
  const auto place = parse_place(path.substr(kEntries.size()));
  if (!place) return std::nullopt;
  return EntryBundle{.index = place->index, .width = place->width};
}

}  // namespace assay::merkle
