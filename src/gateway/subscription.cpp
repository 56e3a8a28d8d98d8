#include "gateway/subscription.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/hash.hpp"

namespace assay::gateway {

namespace {

constexpr std::array<std::string_view, 6> kScopeNames{"patients:read", "patients:write", "tests:read",
                                                      "tests:write",   "audit:read",     "admin"};
constexpr std::size_t kPrefixCharacters = 8;
constexpr std::size_t kMaximumNameCharacters = 64;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == ' ';
}

}  // namespace

std::string_view to_string(Scope scope) { return kScopeNames.at(static_cast<std::size_t>(scope)); }

std::optional<Scope> parse_scope(std::string_view text) {
  const auto* found = std::ranges::find(kScopeNames, text);
  if (found == kScopeNames.end()) return std::nullopt;
  return static_cast<Scope>(found - kScopeNames.begin());
}

Scopes Scopes::defaults() {
  Scopes scopes;
  for (const auto scope : {Scope::kPatientsRead, Scope::kPatientsWrite, Scope::kTestsRead, Scope::kTestsWrite}) {
    scopes.add(scope);
  }
  return scopes;
}

std::vector<std::string_view> Scopes::names() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kScopeNames.size(); ++i) {
    if (has(static_cast<Scope>(i))) names.push_back(kScopeNames.at(i));
  }
  return names;
}

NewKey make_key(Random& random) {
  Bytes32 bytes{};
  random.fill(bytes);
  SensitiveText key(to_base64url(bytes));
  sodium_memzero(bytes.data(), bytes.size());
  StoredKey stored{.hash = hash_key(key.reveal()), .prefix = std::string(key.reveal().substr(0, kPrefixCharacters))};
  return {.key = std::move(key), .stored = std::move(stored)};
}

Bytes32 hash_key(std::string_view key) { return sha256(key); }

Result<std::string> check_subscription_name(std::string name) {
  const bool valid = !name.empty() && name.size() <= kMaximumNameCharacters &&
                     std::ranges::all_of(name, is_name_character) && name.front() != ' ' && name.back() != ' ';
  if (!valid) {
    return fail(400, "A subscription's name must be 1 to 64 letters, digits, '-', '_', '.' or blanks inside.");
  }
  return name;
}

}  // namespace assay::gateway
