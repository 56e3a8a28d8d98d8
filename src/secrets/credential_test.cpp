#include "secrets/credential.hpp"

#include <gtest/gtest.h>

namespace assay::secrets {
namespace {

http::Request request_to(std::string target) {
  http::Request request;
  request.target = std::move(target);
  return request;
}

Credential take(http::Request& request) { return take_credential(request, "X-Key", "key"); }

TEST(TakingACredential, FindsItInTheHeaderInAnyCaseAndRemovesIt) {
  auto request = request_to("/a");
  request.headers.add("x-KEY", "secret");
  request.headers.add("Accept", "text/plain");
  EXPECT_EQ(take(request).text.reveal(), "secret");
  EXPECT_FALSE(request.headers.find("X-Key").has_value());
  EXPECT_EQ(request.headers.find("Accept"), "text/plain");
}

TEST(TakingACredential, FindsItInTheQueryAndLeavesTheRestAsSent) {
  auto request = request_to("/a%20b?x=1%2C2&key=se%63ret&y&&z=%20");
  EXPECT_EQ(take(request).text.reveal(), "secret");
  EXPECT_EQ(request.target, "/a%20b?x=1%2C2&y&&z=%20");
}

TEST(TakingACredential, LeavesNoQuestionMarkWhereItWasAlone) {
  auto request = request_to("/a?key=secret");
  EXPECT_EQ(take(request).text.reveal(), "secret");
  EXPECT_EQ(request.target, "/a");
}

TEST(TakingACredential, SeesThroughAnEscapedName) {
  auto request = request_to("/a?%6bey=secret&x=1");
  EXPECT_EQ(take(request).text.reveal(), "secret");
  EXPECT_EQ(request.target, "/a?x=1");
}

TEST(TakingACredential, TellsWhenThereAreSeveral) {
  auto headers = request_to("/a");
  headers.headers.add("X-Key", "one");
  headers.headers.add("x-key", "two");
  EXPECT_TRUE(take(headers).ambiguous);
  EXPECT_EQ(headers.headers.count("X-Key"), 0U);
  auto parameters = request_to("/a?key=one&key=two");
  EXPECT_TRUE(take(parameters).ambiguous);
  EXPECT_EQ(parameters.target, "/a");
}

TEST(TakingACredential, TellsWhenHeaderAndQueryHaveOneEach) {
  for (const auto* other : {"other", "secret", ""}) {
    auto request = request_to("/a?key=" + std::string(other));
    request.headers.add("X-Key", "secret");
    EXPECT_TRUE(take(request).ambiguous) << other;
    EXPECT_FALSE(request.headers.find("X-Key").has_value());
    EXPECT_EQ(request.target, "/a");
  }
}

TEST(TakingACredential, FindsNoneAndTouchesNothing) {
  auto request = request_to("/a?keys=1&x=key");
  EXPECT_TRUE(take(request).text.empty());
  EXPECT_EQ(request.target, "/a?keys=1&x=key");
}

}  // namespace
}  // namespace assay::secrets
