#include "otlp/protobuf.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "base/bytes.hpp"

namespace assay::otlp {
namespace {

template <class Write>
std::string written(const Write& write) {
  ProtobufWriter out;
  write(out);
  return to_hex(as_bytes(out.take()));
}

// The first two are the examples of the encoding's own documentation.
TEST(ProtobufWriterTest, WritesEachKindOfField) {
  EXPECT_EQ(written([](auto& out) { out.varint(1, 150); }), "089601");
  EXPECT_EQ(written([](auto& out) { out.bytes(2, "testing"); }), "120774657374696e67");
  EXPECT_EQ(written([](auto& out) { out.fixed64(7, 0x0102030405060708); }), "390807060504030201");
  EXPECT_EQ(written([](auto& out) { out.fixed32(16, 1); }), "850101000000");
  EXPECT_EQ(written([](auto& out) { out.real(4, 1.0); }), "21000000000000f03f");
  EXPECT_EQ(written([](auto& out) { out.varint(3, static_cast<std::uint64_t>(-1)); }), "18ffffffffffffffffff01");
  EXPECT_EQ(written([](auto& out) { out.message(3, [&] { out.varint(1, 150); }); }), "1a03089601");
  EXPECT_EQ(written([](auto& out) { out.message(3, [] {}); }), "1a00");
}

TEST(ProtobufWriterTest, PutsTheLengthOfALongMessageBeforeIt) {
  for (const std::size_t size : {124U, 125U, 16'379U, 16'380U}) {
    ProtobufWriter out;
    out.message(1, [&] { out.message(1, [&] { out.bytes(1, std::string(size, 'a')); }); });
    const auto message = out.take();
    ProtobufReader outer(message);
    ProtobufReader inner(outer.next().value().bytes);
    ProtobufReader innermost(inner.next().value().bytes);
    EXPECT_EQ(innermost.next().value().bytes.size(), size);
  }
}

TEST(ProtobufWriterTest, WritesQuestionMarksForWhatIsNoUtf8) {
  EXPECT_EQ(written([](auto& out) { out.text(1, "a\xc3\xa9"); }),
            written([](auto& out) { out.bytes(1, "a\xc3\xa9"); }));
  EXPECT_EQ(written([](auto& out) { out.text(1, "a\xe9z"); }), written([](auto& out) { out.bytes(1, "a?z"); }));
}

TEST(ProtobufReaderTest, ReadsWhatItKnowsAndPassesOverTheRest) {
  ProtobufWriter out;
  out.fixed32(9, 1);
  out.fixed64(8, 1);
  out.varint(1, std::numeric_limits<std::uint64_t>::max());
  const auto message = out.take();
  ProtobufReader reader(message);
  EXPECT_EQ(reader.next()->number, 9);
  EXPECT_EQ(reader.next()->number, 8);
  EXPECT_EQ(reader.next()->value, std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(reader.next());
}

TEST(ProtobufReaderTest, EndsAtWhatIsNoProtocolBuffer) {
  using std::string_view_literals::operator""sv;
  for (const auto message : {"\x08"sv, "\x08\x80"sv, "\x12\x05\x61"sv, "\x39\x01"sv, "\x0b"sv, "\x80"sv,
                             "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv}) {
    EXPECT_FALSE(ProtobufReader(message).next()) << to_hex(as_bytes(message));
  }
}

}  // namespace
}  // namespace assay::otlp
