#include "base/json.hpp"

#include <gtest/gtest.h>

#include <boost/json/monotonic_resource.hpp>

namespace assay {
namespace {

JsonFault fault_in(std::string_view text) {
  const auto parsed = parse_json(text);
  EXPECT_FALSE(parsed.has_value()) << text;
  return parsed ? JsonFault::kMalformed : parsed.error();
}

TEST(Json, ParsesWhatIsWellFormed) {
  const auto value = parse_json(R"( {"a":[1,-2,3.5,true,null,"\u00e9"],"b":{}} )");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->at("a").as_array().size(), 6U);
}

TEST(Json, KeepsAllOfAValueInTheStorageGiven) {
  const auto storage = json::make_shared_resource<json::monotonic_resource>();
  const auto value = parse_json(R"({"a":["a text that is too long to lie in its value"]})", storage);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(*value->storage(), *storage);
  EXPECT_EQ(*value->at("a").at(0).as_string().storage(), *storage);
}

TEST(Json, RefusesWhatTheGrammarRefuses) {
  for (const auto* text : {"", "{", "{\"a\":1,}", "NaN", "[1 2]", "{} x", "'a'", "Infinity", "01", "// c\n1",
                           "\"\xff\"", "\"\xed\xa0\x80\"", R"("\ud800")", R"("\udc00\ud800")", "-Infinity", "nan"}) {
    EXPECT_EQ(fault_in(text), JsonFault::kMalformed) << text;
  }
}

TEST(Json, TakesANumberBeyondTheRangeAsTheLargest) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  EXPECT_EQ(parse_json("1e400"), json::value(kLargest));
  EXPECT_EQ(parse_json("[-1e999]")->at(0), json::value(-kLargest));
  EXPECT_EQ(parse_json("1e-400"), json::value(0.0));
}

TEST(Json, RefusesAKeyNamedTwiceAtAnyDepth) {
  EXPECT_EQ(fault_in(R"({"a":1,"a":1})"), JsonFault::kDuplicateKey);
  EXPECT_EQ(fault_in(R"([{"x":{"a":1,"b":2,"a":3}}])"), JsonFault::kDuplicateKey);
  EXPECT_EQ(fault_in(R"({"a":1,"\u0061":1})"), JsonFault::kDuplicateKey);
}

TEST(Json, RefusesNulInTextsAndKeys) {
  EXPECT_EQ(fault_in(R"("a\u0000b")"), JsonFault::kNul);
  EXPECT_EQ(fault_in(R"({"\u0000":1})"), JsonFault::kNul);
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_EQ(fault_in(std::string(100000, '[')), JsonFault::kTooDeep);
  EXPECT_TRUE(parse_json(std::string(kMaximumJsonDepth, '[') + std::string(kMaximumJsonDepth, ']')).has_value());
}

TEST(CanonicalJson, SortsKeysByUtf16CodeUnitsAndEscapesTheLeast) {
  const auto value = parse_json(R"({"\ufb33":1,"\ud83d\ude00":2,"\u20ac":3,"b":"\u000f\n\"\\é/","a":[ -5 , {} ]})");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(canonical_json(*value),
            "{\"a\":[-5,{}],\"b\":\"\\u000f\\n\\\"\\\\é/\",\"€\":3,\"😀\":2,\"\xef\xac\xb3\":1}");
}

TEST(CanonicalJson, RefusesNumbersThatHaveNoExactForm) {
  EXPECT_THROW(canonical_json(json::value(1.5)), std::invalid_argument);
  EXPECT_THROW(canonical_json(json::value(9007199254740993)), std::invalid_argument);
}

}  // namespace
}  // namespace assay
