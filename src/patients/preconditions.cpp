#include "patients/preconditions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/text.hpp"

namespace assay::patients {

namespace {

constexpr std::string_view kIfMatch = "If-Match";
constexpr std::string_view kIfNoneMatch = "If-None-Match";

struct EntityTag {
  std::string_view opaque;  ///< with its quotes
  bool weak = false;
};

struct EntityTags {
  bool any = false;  ///< `*`
  std::vector<EntityTag> tags;
};

bool is_tag_character(char c) {
  constexpr char kDelete = 0x7f;
  return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != kDelete;
}

/// Takes one entity tag off the front of `text`.
std::optional<EntityTag> take_tag(std::string_view& text) {
  EntityTag tag;
  if (text.starts_with("W/")) {
    tag.weak = true;
    text.remove_prefix(2);
  }
  if (!text.starts_with('"')) return std::nullopt;
  const auto end = text.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  if (!std::ranges::all_of(text.substr(1, end - 1), is_tag_character)) return std::nullopt;
  tag.opaque = text.substr(0, end + 1);
  text.remove_prefix(end + 1);
  return tag;
}

/// Adds the tags of one field to `tags`; false when it is malformed. Tags may contain commas.
bool read_tags(std::string_view value, EntityTags& tags) {
  for (value = http::trim(value); !value.empty(); value = http::trim(value)) {
    if (value.front() == ',') {  // empty elements are allowed (RFC 9110 section 5.6.1)
      value.remove_prefix(1);
      continue;
    }
    const auto tag = take_tag(value);
    value = http::trim(value);
    if (!tag || (!value.empty() && value.front() != ',')) return false;
    tags.tags.push_back(*tag);
  }
  return true;
}

/// All fields of that name together; nothing when they are malformed.
std::optional<EntityTags> read_fields(const http::Headers& headers, std::string_view name) {
  EntityTags tags;
  if (headers.count(name) == 1 && http::trim(*headers.find(name)) == "*") {
    tags.any = true;
    return tags;
  }
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto [field, value] = headers.at(i);
    if (http::equal_ignoring_case(field, name) && !read_tags(value, tags)) return std::nullopt;
  }
  if (tags.tags.empty()) return std::nullopt;
  return tags;
}

std::unexpected<Problem> malformed(std::string_view name) {
  return fail(400, fmt::format("The {} header must be * or a list of entity tags.", name));
}

}  // namespace

bool Precondition::holds(Timestamp last_updated) const {
  const auto names_it = [current = entity_tag(last_updated)](const std::vector<std::string>& tags) {
    return std::ranges::find(tags, current) != tags.end();
  };
  return (any_version || names_it(entity_tags)) && !no_version && !names_it(excluded_entity_tags);
}

Result<Precondition> read_if_match(const http::Headers& headers) {
  if (!headers.find(kIfMatch)) return Precondition{};
  const auto tags = read_fields(headers, kIfMatch);
  if (!tags) return malformed(kIfMatch);
  Precondition precondition{.any_version = tags->any, .entity_tags = {}};
  for (const auto& tag : tags->tags) {
    if (!tag.weak) precondition.entity_tags.emplace_back(tag.opaque);
  }
  return precondition;
}

Result<Precondition> read_preconditions(const http::Headers& headers) {
  auto precondition = read_if_match(headers);
  if (!precondition || !headers.find(kIfNoneMatch)) return precondition;
  const auto tags = read_fields(headers, kIfNoneMatch);
  if (!tags) return malformed(kIfNoneMatch);
  precondition->no_version = tags->any;
  for (const auto& tag : tags->tags) precondition->excluded_entity_tags.emplace_back(tag.opaque);
  return precondition;
}

bool names_version(const http::Headers& headers, Timestamp last_updated) {
  if (!headers.find(kIfNoneMatch)) return false;
  const auto tags = read_fields(headers, kIfNoneMatch);
  if (!tags) return false;
  return tags->any || std::ranges::find(tags->tags, entity_tag(last_updated), &EntityTag::opaque) != tags->tags.end();
}

}  // namespace assay::patients
