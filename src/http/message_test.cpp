#include "http/message.hpp"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

Request request_for(std::string target) {
  Request request;
  request.target = std::move(target);
  return request;
}

TEST(Headers, FindsTheFirstFieldWithoutRegardToCase) {
  Headers headers;
  headers.add("Accept", "a");
  headers.add("ACCEPT", "b");
  EXPECT_EQ(headers.find("accept"), "a");
  EXPECT_EQ(headers.count("Accept"), 2U);
  EXPECT_FALSE(headers.find("Accep").has_value());
}

TEST(Headers, SetReplacesAllOfThatName) {
  Headers headers;
  headers.add("X", "1");
  headers.add("Y", "2");
  headers.add("x", "3");
  headers.set("X", "4");
  ASSERT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers.at(0), (std::pair<std::string_view, std::string_view>("Y", "2")));
  EXPECT_EQ(headers.at(1), (std::pair<std::string_view, std::string_view>("X", "4")));
}

TEST(Request, SplitsPathAndQuery) {
  EXPECT_EQ(request_for("/a/b?c=d?e").path(), "/a/b");
  EXPECT_EQ(request_for("/a/b?c=d?e").query(), "c=d?e");
  EXPECT_EQ(request_for("/a").query(), "");
}

TEST(Request, ReadsQueryParameters) {
  const auto request = request_for("/?a=1&b=x%20y+z&b=2&empty&%63=d&bad=%zz");
  EXPECT_EQ(request.query_parameter("a"), "1");
  EXPECT_EQ(request.query_parameter("b"), "x y z");
  EXPECT_EQ(request.query_parameter("empty"), "");
  EXPECT_EQ(request.query_parameter("c"), "d");
  EXPECT_EQ(request.query_parameter("bad"), "%zz");
  EXPECT_FALSE(request.query_parameter("none").has_value());
}

TEST(Request, ListsQueryParametersInTheirOrder) {
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(request_for("/?a=1&b=x%20y+z&&a=2&empty&%63=d&=n").query_parameters(),
            (Parameters{{"a", "1"}, {"b", "x y z"}, {"a", "2"}, {"empty", ""}, {"c", "d"}, {"", "n"}}));
  EXPECT_EQ(request_for("/").query_parameters(), Parameters());
  for (const auto* query : {"a=%zz", "a=%", "a=1&b=%ff", "%c3=1", "a=%00", "a=\xff"}) {
    EXPECT_EQ(request_for(std::string("/?") + query).query_parameters(), std::nullopt) << query;
  }
}

TEST(PercentDecoding, TakesWhatIsWellFormed) {
  EXPECT_EQ(percent_decode("a%2Fb%c3%a4"), "a/b\xc3\xa4");
  EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecoding, RefusesMalformedEscapesAndText) {
  for (const auto* text : {"%", "%4", "a%4", "%4g", "%g4", "%00", "%ff", "%c3"}) {
    EXPECT_FALSE(percent_decode(text).has_value()) << text;
  }
}

TEST(PercentEncoding, IsUndoneByDecoding) {
  const std::string text = "a b/c?d=\xc3\xa4&~.-_";
  EXPECT_EQ(percent_encode(text), "a%20b%2Fc%3Fd%3D%C3%A4%26~.-_");
  EXPECT_EQ(percent_decode(percent_encode(text)), text);
}

}  // namespace
}  // namespace assay::http
