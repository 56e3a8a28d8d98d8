#include "secrets/sensitive_json.hpp"

#include <sodium.h>

#include <boost/json/memory_resource.hpp>
#include <charconv>
#include <new>

#include "http/text.hpp"

namespace assay::secrets {

namespace {

class WipedMemory final : public json::memory_resource {
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    return ::operator new(size, std::align_val_t(alignment));
  }
  void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
    sodium_memzero(memory, size);
    ::operator delete(memory, size, std::align_val_t(alignment));
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace

json::value parse_sensitive_json(const SensitiveText& text) {
  return parse_json(text.reveal(), json::make_shared_resource<WipedMemory>()).value_or(json::value());
}

const json::value* find_member(const json::value& value, std::string_view path) {
  const auto* found = &value;
  while (found != nullptr && !path.empty()) {
    const auto* object = found->if_object();
    found = object == nullptr ? nullptr : object->if_contains(http::take_until(path, '/'));
  }
  return found;
}

std::string_view text_member(const json::value& value, std::string_view path) {
  const auto* member = find_member(value, path);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::optional<std::int64_t> integer_member(const json::value& value, std::string_view path) {
  const auto* member = find_member(value, path);
  if (member == nullptr) return std::nullopt;
  if (const auto* number = member->if_int64()) return *number;
  const auto text = text_member(value, path);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

SensitiveText object_of_texts(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  constexpr std::size_t kLongestEscape = 6;
  std::size_t longest = 2;
  for (const auto& [name, text] : members) longest += kLongestEscape * (name.size() + text.size() + 1);
  std::string object;
  object.reserve(longest);
  object.push_back('{');
  for (const auto& [name, text] : members) {
    if (object.back() != '{') object.push_back(',');
    append_json_string(object, name);
    object.push_back(':');
    append_json_string(object, text);
  }
  object.push_back('}');
  return SensitiveText(std::move(object));
}

}  // namespace assay::secrets
