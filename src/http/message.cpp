#include "http/message.hpp"

#include <algorithm>

#include "base/unicode.hpp"
#include "http/text.hpp"

namespace assay::http {

namespace {

/// What most requests and answers need, so that a message's header takes two allocations.
constexpr std::size_t kUsualHeaderBytes = 512;
constexpr std::size_t kUsualFields = 16;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

/// A name or a value of a form.
std::optional<std::string> decode_query_text(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

/// As sent where it can't be decoded, so that whoever reads it refuses it.
std::string decode_query_value(std::string_view value) { return decode_query_text(value).value_or(std::string(value)); }

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      break;
  }
  return "OTHER";
}

void Headers::add(std::string_view name, std::string_view value) {
  if (fields_.empty()) {
    text_.reserve(kUsualHeaderBytes);
    fields_.reserve(kUsualFields);
  }
  fields_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                     static_cast<std::uint32_t>(value.size())});
  text_ += name;
  text_ += value;
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) {
    const bool is_removed =
        equal_ignoring_case(std::string_view(text_).substr(field.name_offset, field.name_size), name);
    // The place stays taken, to the end of the message.
    if (is_removed) sodium_memzero(text_.data() + field.name_offset, field.name_size + field.value_size);
    return is_removed;
  });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name_size != name.size()) continue;
    const auto [field_name, value] = at(i);
    if (equal_ignoring_case(field_name, name)) return value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t found = 0;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (equal_ignoring_case(at(i).first, name)) ++found;
  }
  return found;
}

std::pair<std::string_view, std::string_view> Headers::at(std::size_t index) const {
  const auto& field = fields_.at(index);
  const auto text = std::string_view(text_).substr(field.name_offset);
  return {text.substr(0, field.name_size), text.substr(field.name_size, field.value_size)};
}

std::string_view Request::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view Request::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::optional<std::string> Request::query_parameter(std::string_view name) const {
  auto rest = query();
  while (!rest.empty()) {
    auto value = take_until(rest, '&');
    const auto key = take_until(value, '=');
    if (key == name || decode_query_value(key) == name) return decode_query_value(value);
  }
  return std::nullopt;
}

std::optional<std::vector<std::pair<std::string, std::string>>> Request::query_parameters() const {
  std::vector<std::pair<std::string, std::string>> found;
  auto rest = query();
  while (!rest.empty()) {
    auto value = take_until(rest, '&');
    if (value.empty()) continue;
    auto key = decode_query_text(take_until(value, '='));
    auto text = decode_query_text(value);
    if (!key || !text) return std::nullopt;
    found.emplace_back(std::move(*key), std::move(*text));
  }
  return found;
}

Response respond(int status, std::string body, std::string_view content_type) {
  Response response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.add("Content-Type", content_type);
  return response;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (!is_valid_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kDigits[byte >> 4U]);
    encoded.push_back(kDigits[byte & 0x0fU]);
  }
  return encoded;
}

}  // namespace assay::http
