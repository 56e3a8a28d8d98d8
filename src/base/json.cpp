#include "base/json.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <limits>
#include <stdexcept>
#include <vector>

#include "base/bytes.hpp"
#include "base/unicode.hpp"

namespace assay {

namespace {

constexpr std::int64_t kLargestExactInteger = 9007199254740992;

/// Receives the parser's events, builds the value, and notices what RFC 8259 leaves to the reader.
class StrictHandler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit StrictHandler(const json::storage_ptr& storage) : stack_(storage) { stack_.reset(storage); }

  using Error = boost::system::error_code;
  using Part = json::string_view;

  bool on_document_begin(Error& /*error*/) { return true; }
  bool on_document_end(Error& /*error*/) { return true; }
  bool on_object_begin(Error& /*error*/) { return true; }
  bool on_array_begin(Error& /*error*/) { return true; }

  bool on_object_end(std::size_t size, Error& /*error*/) {
    keys_ += size;
    stack_.push_object(size);
    return true;
  }
  bool on_array_end(std::size_t size, Error& /*error*/) {
    stack_.push_array(size);
    return true;
  }
  bool on_key_part(Part part, std::size_t /*size*/, Error& error) { return push_chars(part, error); }
  bool on_key(Part part, std::size_t /*size*/, Error& error) {
    if (has_nul(part, error)) return false;
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(Part part, std::size_t /*size*/, Error& error) { return push_chars(part, error); }
  bool on_string(Part part, std::size_t /*size*/, Error& error) {
    if (has_nul(part, error)) return false;
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(Part /*part*/, Error& /*error*/) { return true; }
  bool on_int64(std::int64_t number, Part /*text*/, Error& /*error*/) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, Part /*text*/, Error& /*error*/) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, Part /*text*/, Error& /*error*/) {
    // A number beyond the range of a double is one all the same (RFC 8259 section 6).
    constexpr double kLargest = std::numeric_limits<double>::max();
    stack_.push_double(std::clamp(number, -kLargest, kLargest));
    return true;
  }
  bool on_bool(bool truth, Error& /*error*/) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(Error& /*error*/) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(Part /*part*/, Error& /*error*/) { return true; }
  bool on_comment(Part /*part*/, Error& /*error*/) { return true; }

  json::value release() { return stack_.release(); }
  std::size_t keys() const { return keys_; }
  bool nul() const { return nul_; }

 private:
  bool has_nul(Part part, Error& error) {
    if (part.find('\0') == Part::npos) return false;
    nul_ = true;
    error = json::make_error_code(json::error::syntax);
    return true;
  }
  bool push_chars(Part part, Error& error) {
    if (has_nul(part, error)) return false;
    stack_.push_chars(part);
    return true;
  }

  json::value_stack stack_;
  std::size_t keys_ = 0;
  bool nul_ = false;
};

/// The keys that survived: building an object keeps one of two equal keys.
std::size_t count_keys(const json::value& value) {
  std::size_t keys = 0;
  if (const auto* object = value.if_object()) {
    keys += object->size();
    for (const auto& member : *object) keys += count_keys(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) keys += count_keys(element);
  }
  return keys;
}

JsonFault fault_of(const boost::system::error_code& error, bool nul) {
  if (nul) return JsonFault::kNul;
  return error == json::error::too_deep ? JsonFault::kTooDeep : JsonFault::kMalformed;
}

std::int64_t exact_integer(const json::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* number = value.if_uint64(); number != nullptr && *number <= kLargestExactInteger) {
    return static_cast<std::int64_t>(*number);
  }
  throw std::invalid_argument("a number that is no exact integer has no canonical form here");
}

void append_canonical(std::string& out, const json::value& value);

void append_canonical(std::string& out, const json::object& object) {
  std::vector<const json::key_value_pair*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, [](const auto* a, const auto* b) { return less_in_utf16(a->key(), b->key()); });
  out.push_back('{');
  for (const auto* member : members) {
    if (out.back() != '{') out.push_back(',');
    append_json_string(out, member->key());
    out.push_back(':');
    append_canonical(out, member->value());
  }
  out.push_back('}');
}

void append_canonical(std::string& out, const json::array& array) {
  out.push_back('[');
  for (const auto& element : array) {
    if (&element != array.data()) out.push_back(',');
    append_canonical(out, element);
  }
  out.push_back(']');
}

void append_canonical(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      return;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case json::kind::string:
      append_json_string(out, value.get_string());
      return;
    case json::kind::array:
      append_canonical(out, value.get_array());
      return;
    case json::kind::object:
      append_canonical(out, value.get_object());
      return;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      break;
  }
  const auto number = exact_integer(value);
  if (number > kLargestExactInteger || number < -kLargestExactInteger) {
    throw std::invalid_argument("an integer beyond 2^53 has no canonical form");
  }
  out += std::to_string(number);
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetter = "btnfr\"\\";
  const auto position = kShort.find(c);
  if (position != std::string_view::npos) {
    out.push_back('\\');
    out.push_back(kLetter[position]);
  } else {
    const auto byte = static_cast<std::uint8_t>(c);
    out += "\\u" + to_hex(std::array<std::uint8_t, 2>{0, byte});
  }
}

}  // namespace

std::string_view describe(JsonFault fault) {
  switch (fault) {
    case JsonFault::kTooDeep:
      return "The JSON is nested too deeply.";
    case JsonFault::kDuplicateKey:
      return "The JSON names a key twice.";
    case JsonFault::kNul:
      return "The JSON contains the character U+0000.";
    case JsonFault::kMalformed:
      break;
  }
  return "\"value\" must be of type object";
}

std::expected<json::value, JsonFault> parse_json(std::string_view text, json::storage_ptr storage) {
  json::parse_options options;
  options.max_depth = kMaximumJsonDepth;
  json::basic_parser<StrictHandler> parser(options, std::move(storage));
  boost::system::error_code error;
  const auto consumed = parser.write_some(false, text.data(), text.size(), error);
  if (error || consumed != text.size()) return std::unexpected(fault_of(error, parser.handler().nul()));
  auto value = parser.handler().release();
  if (count_keys(value) != parser.handler().keys()) return std::unexpected(JsonFault::kDuplicateKey);
  return value;
}

void append_json_string(std::string& out, std::string_view text) {
  const auto is_escaped = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; };
  out.push_back('"');
  while (!text.empty()) {
    const auto* const plain_end = std::ranges::find_if(text, is_escaped);
    out.append(text.begin(), plain_end);
    text.remove_prefix(static_cast<std::size_t>(plain_end - text.begin()));
    if (text.empty()) break;
    append_escape(out, text.front());
    text.remove_prefix(1);
  }
  out.push_back('"');
}

std::string canonical_json(const json::value& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

}  // namespace assay
