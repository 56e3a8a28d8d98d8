#include "patients/preconditions.hpp"

#include <gtest/gtest.h>

namespace assay::patients {
namespace {

constexpr Timestamp kVersion{std::chrono::milliseconds(42)};

http::Headers headers(std::string_view name, std::initializer_list<std::string_view> values) {
  http::Headers fields;
  for (const auto value : values) fields.add(name, value);
  return fields;
}

TEST(ReadIfMatch, LetsAnyVersionThroughWithoutTheHeaderAndWithAStar) {
  EXPECT_TRUE(read_if_match({})->holds(kVersion));
  EXPECT_TRUE(read_if_match(headers("if-match", {"*"}))->holds(kVersion));
}

TEST(ReadIfMatch, TakesAListOfTags) {
  for (const auto* list : {"\"42\"", "\"other\", \"42\"", "\"42\",\"other\"", ", ,\"a,b\" , \"42\",", "\"42\"\t"}) {
    EXPECT_TRUE(read_if_match(headers("If-Match", {list}))->holds(kVersion)) << list;
  }
  EXPECT_TRUE(read_if_match(headers("If-Match", {"\"other\"", "\"42\""}))->holds(kVersion));
}

TEST(ReadIfMatch, HoldsForNoOtherTagAndForNoWeakOne) {
  for (const auto* list : {"\"other\"", "\"\"", "W/\"42\"", "\"42,\"", "\"a\", W/\"42\""}) {
    const auto precondition = read_if_match(headers("If-Match", {list}));
    ASSERT_TRUE(precondition) << list;
    EXPECT_FALSE(precondition->holds(kVersion)) << list;
  }
}

TEST(ReadIfMatch, RefusesWhatIsMalformed) {
  for (const auto* value :
       {"", ",", "42", "\"42", "\"", "*,\"42\"", "\"42\" \"43\"", "w/\"42\"", "\"4 2\"", "W/", "\"42\"x"}) {
    const auto precondition = read_if_match(headers("If-Match", {value}));
    ASSERT_FALSE(precondition) << value;
    EXPECT_EQ(precondition.error().status, 400);
  }
  EXPECT_FALSE(read_if_match(headers("If-Match", {"*", "*"})));
}

TEST(ReadPreconditions, HoldsUnlessIfNoneMatchNamesTheVersion) {
  EXPECT_TRUE(read_preconditions({})->holds(kVersion));
  EXPECT_TRUE(read_preconditions(headers("If-None-Match", {"\"other\", W/\"43\""}))->holds(kVersion));
  for (const auto* list : {"*", "\"42\"", "W/\"42\"", "\"other\", \"42\""}) {
    EXPECT_FALSE(read_preconditions(headers("If-None-Match", {list}))->holds(kVersion)) << list;
  }
}

TEST(ReadPreconditions, HoldsWhenBothConditionsDo) {
  auto both = headers("If-Match", {"\"42\""});
  both.add("If-None-Match", "\"other\"");
  EXPECT_TRUE(read_preconditions(both)->holds(kVersion));
  EXPECT_FALSE(read_preconditions(both)->holds(kVersion + std::chrono::milliseconds(1)));
  both.set("If-None-Match", "*");
  EXPECT_FALSE(read_preconditions(both)->holds(kVersion));
}

TEST(ReadPreconditions, RefusesWhatIsMalformed) {
  EXPECT_EQ(read_preconditions(headers("If-Match", {"42"})).error().status, 400);
  EXPECT_EQ(read_preconditions(headers("If-None-Match", {"42"})).error().status, 400);
}

TEST(NamesVersion, ComparesWeakly) {
  for (const auto* list : {"\"42\"", "W/\"42\"", "*", "\"other\", W/\"42\""}) {
    EXPECT_TRUE(names_version(headers("If-None-Match", {list}), kVersion)) << list;
  }
}

TEST(NamesVersion, IsFalseForOtherTagsAndForWhatIsMalformed) {
  EXPECT_FALSE(names_version({}, kVersion));
  for (const auto* list : {"\"other\"", "\"\"", "42", "\"42", "garbage", ""}) {
    EXPECT_FALSE(names_version(headers("If-None-Match", {list}), kVersion)) << list;
  }
}

}  // namespace
}  // namespace assay::patients
