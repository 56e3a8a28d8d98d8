#include "secrets/provider.hpp"

#include <ranges>
#include <utility>

namespace assay::secrets {

std::optional<std::chrono::days> age_of(const VersionNote& note, Timestamp now) {
  // Providers differ in the digits of a second.
  constexpr std::size_t kDateSize = 10;
  const auto created = parse_timestamp(note.created.substr(0, kDateSize) + "T00:00:00.000Z");
  if (!created) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(now - *created);
}

std::vector<SecretChange> Provider::changes() {
  std::vector<SecretChange> changes;
  for (const auto& name : names()) {
    auto notes = versions(name);
    for (auto& note : notes | std::views::reverse) changes.push_back({.secret = name, .note = std::move(note)});
  }
  return changes;
}

}  // namespace assay::secrets
