#include "http/request_parser.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace assay::http {
namespace {

using Progress = RequestParser::Progress;

constexpr std::string_view kStart = "POST /a HTTP/1.1\r\nHost: h\r\n";

/// The end of reading `message` in pieces of that size.
struct Reading {
  Progress progress = Progress::kNeedsMore;
  int status = 0;  ///< of the refusal
  Request request;
  std::string rest;  ///< what was presented and not taken
  bool may_be_followed = false;
};

Reading read_in_pieces(std::string_view message, std::size_t piece, const ServerLimits& limits) {
  RequestParser parser(limits);
  Reading reading;
  std::string pending;
  while (!message.empty() && reading.progress == Progress::kNeedsMore) {
    pending += message.substr(0, piece);
    message.remove_prefix(std::min(piece, message.size()));
    std::string_view input = pending;
    reading.progress = parser.parse(input);
    pending = std::string(input);
  }
  if (reading.progress == Progress::kRefused) reading.status = parser.refusal().status;
  if (reading.progress == Progress::kComplete) reading.may_be_followed = parser.may_be_followed();
  reading.request = std::move(parser.request());
  reading.rest = pending + std::string(message);
  return reading;
}

/// Reads the message whole, in chunks and byte by byte, which must all end alike.
Reading read(std::string_view message, const ServerLimits& limits = {}) {
  auto whole = read_in_pieces(message, message.size(), limits);
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U}) {
    const auto other = read_in_pieces(message, piece, limits);
    EXPECT_EQ(other.progress, whole.progress) << "in pieces of " << piece << ": " << message;
    EXPECT_EQ(other.status, whole.status) << "in pieces of " << piece << ": " << message;
    if (whole.progress != Progress::kComplete) continue;
    EXPECT_EQ(other.request.target, whole.request.target);
    EXPECT_EQ(other.request.body, whole.request.body) << "in pieces of " << piece;
    EXPECT_EQ(other.request.headers.size(), whole.request.headers.size());
    EXPECT_EQ(other.rest, whole.rest);
  }
  return whole;
}

int refusal(std::string_view message, const ServerLimits& limits = {}) { return read(message, limits).status; }

TEST(RequestParser, ReadsARequestWithABody) {
  const auto reading = read("PUT /a/b?c=d HTTP/1.1\r\nHost: h:1\r\nX-Y:  z \t\r\nContent-Length: 3\r\n\r\nabcGET ");
  ASSERT_EQ(reading.progress, Progress::kComplete);
  EXPECT_EQ(reading.request.method, Method::kPut);
  EXPECT_EQ(reading.request.target, "/a/b?c=d");
  EXPECT_EQ(reading.request.headers.find("x-y"), "z");
  EXPECT_EQ(reading.request.body, "abc");
  EXPECT_EQ(reading.rest, "GET ");
  EXPECT_TRUE(reading.may_be_followed);
}

TEST(RequestParser, ReadsAChunkedBodyAndDropsItsTrailers) {
  const auto reading = read(fmt::format(
      "{}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\nNEXT", kStart));
  ASSERT_EQ(reading.progress, Progress::kComplete);
  EXPECT_EQ(reading.request.body, "abc0123456789");
  EXPECT_FALSE(reading.request.headers.find("X-Trailer").has_value());
  EXPECT_EQ(reading.rest, "NEXT");
}

TEST(RequestParser, ReadsAnEmptyChunkedBody) {
  EXPECT_EQ(read(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", kStart)).progress, Progress::kComplete);
}

TEST(RequestParser, KnowsWhenTheConnectionEnds) {
  EXPECT_FALSE(read("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").may_be_followed);
  EXPECT_FALSE(read("GET / HTTP/1.0\r\n\r\n").may_be_followed);
  EXPECT_FALSE(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").may_be_followed);
}

TEST(RequestParser, ToleratesOneEmptyLineBeforeARequest) {
  EXPECT_EQ(read("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").progress, Progress::kComplete);
  EXPECT_EQ(refusal("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
}

TEST(RequestParser, ReducesAbsoluteTargetsToOriginForm) {
  EXPECT_EQ(read("GET http://h:80/a?b HTTP/1.1\r\nHost: h\r\n\r\n").request.target, "/a?b");
  EXPECT_EQ(read("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n").request.target, "/");
  EXPECT_EQ(read("GET HTTPS://h?q HTTP/1.1\r\nHost: h\r\n\r\n").request.target, "/?q");
}

TEST(RequestParser, RefusesOtherTargets) {
  for (const auto* target : {"*", "h:80", "a", "http://", "http:///a", "ftp://h/a", "/a#b", "/\xc3\xa4", "/a b", "?"}) {
    EXPECT_EQ(refusal(fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n\r\n", target)), 400) << target;
  }
  EXPECT_EQ(refusal("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
}

TEST(RequestParser, RefusesAmbiguousFraming) {
  for (const auto* fields :
       {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3, 3\r\n", "Content-Length: +3\r\n", "Content-Length: -3\r\n", "Content-Length: 0x3\r\n",
        "Content-Length: 3 3\r\n", "Content-Length: \r\n", "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: identity\r\n", "Transfer-Encoding: \r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: \x0b"
        "chunked\r\n"}) {
    EXPECT_EQ(refusal(fmt::format("{}{}\r\nabc", kStart, fields)), 400) << fields;
  }
  EXPECT_EQ(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST(RequestParser, RefusesMalformedFields) {
  for (const auto* field :
       {"A : b\r\n", " A: b\r\n", "A: b\r\n c\r\n", "A: b\r\n\tc\r\n", "A:\r\n b\r\n", "A: b\r\n \r\n", "A: b\n",
        "A: b\rC: d\r\n", "A\r\n", ": b\r\n", "A: b\x01\r\n", "A: b\x7f\r\n", "\xc3\xa4: b\r\n"}) {
    EXPECT_EQ(refusal(fmt::format("{}{}\r\n", kStart, field)), 400) << field;
  }
  EXPECT_EQ(refusal(std::string(kStart) + std::string("A: b\0c\r\n\r\n", 10)), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\nHost: h\n\n"), 400);
}

TEST(RequestParser, RefusesMalformedChunks) {
  for (const auto* body :
       {"g\r\nabc\r\n0\r\n\r\n", "\r\nabc\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", "3;a=\"\n\"\r\nabc\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nabc\r\n0\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n", "0\r\nContent-Length: 3\r\n\r\n"}) {
    EXPECT_GE(refusal(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n{}", kStart, body)), 400) << body;
  }
}

TEST(RequestParser, WantsExactlyOneHost) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(read("GET / HTTP/1.0\r\n\r\n").progress, Progress::kComplete);
}

TEST(RequestParser, RefusesOtherVersions) {
  for (const auto* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/3.0"}) {
    EXPECT_EQ(refusal(fmt::format("GET / {}\r\nHost: h\r\n\r\n", version)), 505) << version;
  }
  for (const auto* version : {"HTTP/1.1x", "http/1.1", "HTTP/x.1", "HTTP/11", "ICY/1.1"}) {
    EXPECT_EQ(refusal(fmt::format("GET / {}\r\nHost: h\r\n\r\n", version)), 400) << version;
  }
}

TEST(RequestParser, BoundsTheHeader) {
  const ServerLimits limits{.header_bytes = 200};
  const std::string fill(200, 'a');
  EXPECT_EQ(refusal("GET /" + fill + " HTTP/1.1\r\nHost: h\r\n\r\n", limits), 431);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nA: " + fill + "\r\n\r\n", limits), 431);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nA: " + fill, limits), 431);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 60; ++i) many += "A: b\r\n";
  EXPECT_EQ(refusal(many + "\r\n", limits), 431);
  EXPECT_EQ(refusal(std::string(kStart) + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + fill + fill, limits), 431);
}

TEST(RequestParser, BoundsTheBodyBeforeItCame) {
  const ServerLimits limits{.body_bytes = 10};
  EXPECT_EQ(refusal(fmt::format("{}Content-Length: 11\r\n\r\n", kStart), limits), 413);
  EXPECT_EQ(refusal(fmt::format("{}Transfer-Encoding: chunked\r\n\r\nb\r\n", kStart), limits), 0);
  EXPECT_EQ(refusal(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n00b\r\n", kStart), limits), 413);
  EXPECT_EQ(refusal(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\nabcde", kStart), limits), 413);
  EXPECT_EQ(read(fmt::format("{}Content-Length: 10\r\n\r\n0123456789", kStart), limits).progress, Progress::kComplete);
}

TEST(RequestParser, UnderstandsTheExpectationToContinueOnly) {
  const ServerLimits limits;
  RequestParser parser(limits);
  const auto message = fmt::format("{}Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n", kStart);
  std::string_view input = message;
  EXPECT_EQ(parser.parse(input), Progress::kNeedsMore);
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_EQ(refusal(fmt::format("{}Expect: tea\r\n\r\n", kStart)), 417);
}

}  // namespace
}  // namespace assay::http
