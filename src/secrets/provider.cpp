#include "secrets/provider.hpp"

#include <ranges>
#include <utility>

namespace assay::secrets {

std::vector<SecretChange> Provider::changes() {
  std::vector<SecretChange> changes;
  for (const auto& name : names()) {
    auto notes = versions(name);
    for (auto& note : notes | std::views::reverse) changes.push_back({.secret = name, .note = std::move(note)});
  }
  return changes;
}

}  // namespace assay::secrets
