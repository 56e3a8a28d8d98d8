#include "merkle/entry_bundle.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace assay::merkle {
namespace {

TEST(EntryBundle, PutsTheLengthBeforeEachEntry) {
  const std::string long_entry(0x102, 'x');
  const std::vector<std::string_view> entries = {"ab", "", long_entry};
  const auto bundle = encode_entries(entries);
  EXPECT_EQ(bundle, std::string("\x00\x02"
                                "ab\x00\x00\x01\x02",
                                8) +
                        long_entry);
  EXPECT_EQ(decode_entries(bundle.value()), entries);
}

TEST(EntryBundle, OfNothingIsEmpty) {
  EXPECT_EQ(encode_entries({}), "");
  EXPECT_EQ(decode_entries(""), std::vector<std::string_view>());
}

TEST(EntryBundle, TakesEntriesUpToTheLargest) {
  const std::string largest(kLargestEntry, 'x');
  const std::string too_large(kLargestEntry + 1, 'x');
  const auto bundle = encode_entries(std::vector<std::string_view>{largest});
  EXPECT_EQ(decode_entries(bundle.value()), std::vector<std::string_view>{largest});
  EXPECT_FALSE(encode_entries(std::vector<std::string_view>{too_large}).has_value());
}

TEST(EntryBundle, IsRefusedWhenItEndsWithinAnEntry) {
  const auto bundle = encode_entries(std::vector<std::string_view>{"first", "second"}).value();
  for (std::size_t size = 1; size < bundle.size(); ++size) {
    const bool ends_with_first = size == 7;
    EXPECT_EQ(decode_entries(bundle.substr(0, size)).has_value(), ends_with_first) << size;
  }
}

}  // namespace
}  // namespace assay::merkle
