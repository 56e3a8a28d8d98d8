#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace assay::otlp {

/// Writes one message in the binary form of protocol buffers, with the shortest form of each number. The caller knows
/// the fields' numbers; a field that has its default is left out by not writing it.
class ProtobufWriter {
 public:
  void varint(unsigned field, std::uint64_t value);
  void fixed32(unsigned field, std::uint32_t value);
  void fixed64(unsigned field, std::uint64_t value);
  void real(unsigned field, double value);
  void bytes(unsigned field, std::string_view value);
  /// What is no UTF-8 would cost the whole message: it stands as question marks.
  void text(unsigned field, std::string_view value);

  /// The field's value is a message, of which `write` writes the fields.
  template <class Write>
  void message(unsigned field, const Write& write) {
    const auto start = begin(field);
    write();
    end(start);
  }

  std::size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

 private:
  void tag(unsigned field, unsigned wire_type);
  void number(std::uint64_t value);
  void little_endian(std::uint64_t value, std::size_t bytes);
  std::size_t begin(unsigned field);
  void end(std::size_t start);

  std::string out_;
};

/// Reads the fields of one message in turn.
class ProtobufReader {
 public:
  struct Field {
    unsigned number = 0;
    std::uint64_t value = 0;      ///< of a varint
    std::string_view bytes = {};  ///< of a text or a message
  };

  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  /// The next field; nothing at the end, and from the first byte on that is no protocol buffer.
  std::optional<Field> next();

 private:
  std::optional<std::uint64_t> number();
  std::optional<std::string_view> take(std::uint64_t size);

  std::string_view rest_;
};

}  // namespace assay::otlp
