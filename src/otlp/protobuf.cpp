#include "otlp/protobuf.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "base/unicode.hpp"

namespace assay::otlp {

namespace {

enum WireType : unsigned { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr unsigned kWireTypeBits = 3;
constexpr unsigned kDigitBits = 7;
constexpr std::uint64_t kMore = 0x80;

}  // namespace

void ProtobufWriter::varint(unsigned field, std::uint64_t value) {
  tag(field, kVarint);
  number(value);
}

void ProtobufWriter::fixed32(unsigned field, std::uint32_t value) {
  tag(field, kFixed32);
  little_endian(value, sizeof(value));
}

void ProtobufWriter::fixed64(unsigned field, std::uint64_t value) {
  tag(field, kFixed64);
  little_endian(value, sizeof(value));
}

void ProtobufWriter::real(unsigned field, double value) { fixed64(field, std::bit_cast<std::uint64_t>(value)); }

void ProtobufWriter::bytes(unsigned field, std::string_view value) {
  tag(field, kBytes);
  number(value.size());
  out_.append(value);
}

void ProtobufWriter::text(unsigned field, std::string_view value) {
  if (is_valid_utf8(value)) return bytes(field, value);
  std::string readable(value);
  std::ranges::replace_if(readable, [](char c) { return static_cast<unsigned char>(c) >= kMore; }, '?');
  bytes(field, readable);
}

void ProtobufWriter::tag(unsigned field, unsigned wire_type) { number((field << kWireTypeBits) | wire_type); }

void ProtobufWriter::number(std::uint64_t value) {
  for (; value >= kMore; value >>= kDigitBits) out_.push_back(static_cast<char>((value & (kMore - 1)) | kMore));
  out_.push_back(static_cast<char>(value));
}

void ProtobufWriter::little_endian(std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out_.push_back(static_cast<char>((value >> (8 * i)) & 0xffU));
}

std::size_t ProtobufWriter::begin(unsigned field) {
  tag(field, kBytes);
  return out_.size();
}

/// The length stands before the content and is known after it.
void ProtobufWriter::end(std::size_t start) {
  std::array<char, 10> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  std::size_t count = 0;
  std::uint64_t length = out_.size() - start;
  for (; length >= kMore; length >>= kDigitBits) {
    digits.at(count++) = static_cast<char>((length & (kMore - 1)) | kMore);
  }
  digits.at(count++) = static_cast<char>(length);
  out_.insert(start, digits.data(), count);
}

std::optional<std::uint64_t> ProtobufReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < std::numeric_limits<std::uint64_t>::digits && !rest_.empty(); shift += kDigitBits) {
    const auto digit = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= (digit & (kMore - 1)) << shift;
    if (digit < kMore) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> ProtobufReader::take(std::uint64_t size) {
  if (size > rest_.size()) return std::nullopt;
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::optional<ProtobufReader::Field> ProtobufReader::next() {
  const auto tag = number();
  if (!tag) return std::nullopt;
  Field field{.number = static_cast<unsigned>(*tag >> kWireTypeBits)};
  const auto wire_type = *tag & ((1U << kWireTypeBits) - 1);
  if (wire_type == kVarint) {
    const auto value = number();
    if (!value) return std::nullopt;
    field.value = *value;
    return field;
  }
  std::optional<std::uint64_t> size;
  if (wire_type == kFixed64) size = sizeof(std::uint64_t);
  if (wire_type == kFixed32) size = sizeof(std::uint32_t);
  if (wire_type == kBytes) size = number();
  const auto bytes = size ? take(*size) : std::nullopt;
  if (!bytes) return std::nullopt;
  field.bytes = *bytes;
  return field;
}

}  // namespace assay::otlp
