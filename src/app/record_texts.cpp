#include "app/record_texts.hpp"

namespace assay::app {

std::string_view text_at(const json::value& record, std::initializer_list<std::string_view> path) {
  const auto* found = &record;
  for (const auto name : path) {
    const auto* object = found->if_object();
    found = object == nullptr ? nullptr : object->if_contains(name);
    if (found == nullptr) return {};
  }
  const auto* text = found->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

}  // namespace assay::app
