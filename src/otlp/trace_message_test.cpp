#include "otlp/trace_message.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.hpp"

namespace assay::otlp {
namespace {

using telemetry::SpanKind;
using telemetry::SpanRecord;

/// As Google's protobuf writes the same request by opentelemetry-proto's own definition.
constexpr std::string_view kRequest =
    "0ac8020a89010a1f0a0c736572766963652e6e616d65120f0a0d61737361792d676174657761790a1c0a1173657276696365"
    "2e6e616d65737061636512070a0561737361790a1a0a0f736572766963652e76657273696f6e12070a05302e312e300a1a0a"
    "13736572766963652e696e7374616e63652e696412030a01690a100a09686f73742e6e616d6512030a016812b9010a0e0a05"
    "61737361791205302e312e3012a6010a100102030405060708090a0b0c0d0e0f101208111111111111111122089999999999"
    "9999992a18474554202f70617469656e742f7b70617469656e7449647d3002390100ca67a7fc7a18410200ca67a7fc7a184a"
    "240a0a687474702e726f75746512160a142f70617469656e742f7b70617469656e7449647d4a200a19687474702e72657370"
    "6f6e73652e7374617475735f636f6465120318f4037a0218028501010300000a94020a8a010a200a0c736572766963652e6e"
    "616d6512100a0e61737361792d70617469656e74730a1c0a11736572766963652e6e616d65737061636512070a0561737361"
    "790a1a0a0f736572766963652e76657273696f6e12070a05302e312e300a1a0a13736572766963652e696e7374616e63652e"
    "696412030a01690a100a09686f73742e6e616d6512030a01681284010a0e0a0561737361791205302e312e3012720a100102"
    "030405060708090a0b0c0d0e0f1012082222222222222222220811111111111111112a046c6f61643001390100ca67a7fc7a"
    "18410100ca67a7fc7a184a180a0b61737361792e7368617265120921000000000000e03f4a100a0a61737361792e6c617465"
    "12021001850101010000";

constexpr PreciseTime kStart{std::chrono::nanoseconds(1'764'000'000'000'000'001)};

telemetry::SpanId id_of(std::uint8_t byte) {
  telemetry::SpanId id;
  id.fill(byte);
  return id;
}

telemetry::FinishedOperation a_failed_request() {
  auto operation = std::make_shared<telemetry::OperationRecord>();
  for (std::size_t i = 0; i < operation->trace_id.size(); ++i) {
    operation->trace_id.at(i) = static_cast<std::uint8_t>(i + 1);
  }
  operation->is_sampled = true;
  SpanRecord request{.id = id_of(0x11),
                     .parent = id_of(0x99),
                     .name = "GET /patient/{patientId}",
                     .part = "gateway",
                     .kind = SpanKind::kServer,
                     .is_error = true,
                     .start = kStart,
                     .end = kStart + std::chrono::nanoseconds(1)};
  request.attributes.push_back({.name = "http.route", .value = std::string_view("/patient/{patientId}")});
  request.attributes.push_back({.name = "http.response.status_code", .value = std::int64_t{500}});
  SpanRecord load{
      .id = id_of(0x22), .parent = id_of(0x11), .name = "load", .part = "patients", .start = kStart, .end = kStart};
  load.attributes.push_back({.name = "assay.share", .value = 0.5});
  load.attributes.push_back({.name = "assay.late", .value = true});
  operation->spans = {request, load};
  return operation;
}

TEST(TraceMessageTest, IsWrittenAsTheProtocolDefinesIt) {
  EXPECT_EQ(to_hex(as_bytes(encode({a_failed_request()}, {.version = "0.1.0", .instance_id = "i", .host_name = "h"}))),
            kRequest);
}

TEST(TraceMessageTest, PutsSpansOfSeveralOperationsUnderOneResourceForEachPart) {
  const auto one = encode({a_failed_request()}, {});
  const auto two = encode({a_failed_request(), a_failed_request()}, {});
  const auto count_of = [](const std::string& message, std::string_view text) {
    std::size_t count = 0;
    for (auto at = message.find(text); at != std::string::npos; at = message.find(text, at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(count_of(two, "assay-gateway"), 1);
  EXPECT_EQ(count_of(two, "http.route"), 2);
  EXPECT_EQ(count_of(one, "http.route"), 1);
}

TEST(RejectedSpansTest, AreReadFromTheAnswer) {
  using std::string_literals::operator""s;
  const auto answer = "\x0a\x0c\x08\x07too late"s;
  EXPECT_EQ(rejected_spans(answer), 7);
  EXPECT_EQ(rejected_spans(""), 0);
  EXPECT_EQ(rejected_spans("<html>no protocol buffer</html>"), 0);
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_LE(rejected_spans(answer.substr(0, size)), 7) << size;
  }
}

}  // namespace
}  // namespace assay::otlp
