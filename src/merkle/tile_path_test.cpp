#include "merkle/tile_path.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace assay::merkle {
namespace {

TEST(TilePath, RoundTrips) {
  const std::vector<std::pair<Tile, std::string>> paths = {
      {{.level = 0, .index = 0}, "tile/0/000"},
      {{.level = 0, .index = 1'234'067}, "tile/0/x001/x234/067"},
      {{.level = 1, .index = 999, .width = 17}, "tile/1/999.p/17"},
      {{.level = 2, .index = 1000, .width = 255}, "tile/2/x001/000.p/255"},
      {{.level = 63, .index = 5, .width = 1}, "tile/63/005.p/1"},
      {{.level = 0, .index = std::numeric_limits<std::uint64_t>::max()}, "tile/0/x018/x446/x744/x073/x709/x551/615"}};
  for (const auto& [tile, path] : paths) {
    EXPECT_EQ(tile_path(tile), path);
    EXPECT_EQ(parse_tile_path(path), tile) << path;
  }
}

TEST(TilePath, OfEntriesRoundTrips) {
  EXPECT_EQ(entry_bundle_path({.index = 1'234'067}), "tile/entries/x001/x234/067");
  EXPECT_EQ(parse_entry_bundle_path("tile/entries/x001/x234/067"), (EntryBundle{.index = 1'234'067}));
  EXPECT_EQ(entry_bundle_path({.index = 7, .width = 9}), "tile/entries/007.p/9");
  EXPECT_EQ(parse_entry_bundle_path("tile/entries/007.p/9"), (EntryBundle{.index = 7, .width = 9}));
}

TEST(TilePath, RefusesEveryOtherSpelling) {
  for (const auto* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "/tile/0/000",
                           "tile/0/000/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/00/000",
                           "tile/64/000",
                           "tile/-1/000",
                           "tile/entries/000",
                           "tile/0/x000/000",
                           "tile/0/x000/067",
                           "tile/0/001/067",
                           "tile/0/x001/x067",
                           "tile/0/x001067",
                           "tile/0/x001//067",
                           "tile/0/1x00/067",
                           "tile/0/X001/067",
                           "tile/0/x01/067",
                           "tile/0/ 00",
                           "tile/0/-01",
                           "tile/0/../0/000",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/01",
                           "tile/0/000.p/256",
                           "tile/0/000.p/1/",
                           "tile/0/000.p/1.p/1",
                           "tile/0/000.p/-1",
                           "tile/0/000.P/1",
                           "tile/0/.p/1",
                           "tile/0/x018/x446/x744/x073/x709/x551/616"}) {
    EXPECT_FALSE(parse_tile_path(path).has_value()) << path;
  }
}

TEST(TilePath, OfEntriesRefusesEveryOtherSpelling) {
  for (const auto* path : {"", "tile/entries", "tile/entries/", "tile/0/000", "entries/000", "tile/entries/0",
                           "tile/entries/x000/001", "tile/entries/000.p/256", "tile/entries/0/000"}) {
    EXPECT_FALSE(parse_entry_bundle_path(path).has_value()) << path;
  }
}

}  // namespace
}  // namespace assay::merkle
