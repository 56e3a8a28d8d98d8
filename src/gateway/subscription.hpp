#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "base/uuid.hpp"

namespace assay::gateway {

enum class Scope : std::uint8_t { kPatientsRead, kPatientsWrite, kTestsRead, kTestsWrite, kAuditRead, kAdmin };

std::string_view to_string(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

/// A set of scopes.
class Scopes {
 public:
  Scopes() = default;
  /// What a subscription gets when nothing is said: the first four.
  static Scopes defaults();

  void add(Scope scope) { bits_ |= 1U << static_cast<unsigned>(scope); }
  bool has(Scope scope) const { return (bits_ & (1U << static_cast<unsigned>(scope))) != 0; }
  std::vector<std::string_view> names() const;
  bool operator==(const Scopes&) const = default;

 private:
  unsigned bits_ = 0;
};

enum class KeySlot : std::uint8_t { kPrimary, kSecondary };

enum class State : std::uint8_t { kActive, kSuspended };

/// What is kept of a key: never the key.
struct StoredKey {
  Bytes32 hash{};      ///< SHA-256; the key is 256 random bits, so nothing slower is needed
  std::string prefix;  ///< the first characters, for people to tell keys apart

  bool operator==(const StoredKey&) const = default;
};

struct Subscription {
  Uuid id;
  std::string name;
  State state = State::kActive;
  Scopes scopes;
  std::array<StoredKey, 2> keys;  ///< indexed by KeySlot
  Timestamp created_date;

  bool operator==(const Subscription&) const = default;
};

/// A key just made: 256 random bits in base64url. Shown once.
struct NewKey {
  SensitiveText key;
  StoredKey stored;
};

NewKey make_key(Random& random);
Bytes32 hash_key(std::string_view key);

/// A name is 1 to 64 characters, letters, digits, '-', '_', '.', and blanks inside; a Problem 400 says so.
Result<std::string> check_subscription_name(std::string name);

}  // namespace assay::gateway
