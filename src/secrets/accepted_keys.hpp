#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/current.hpp"

namespace assay::secrets {

/// A key in a list of those that its owner accepts: a host key's SHA-256, or a public key.
struct ListedKey {
  Bytes32 bytes{};
  std::optional<Timestamp> superseded;  ///< since when there is a newer one

  bool operator==(const ListedKey&) const = default;
};

/// How the bytes of such a list are written.
enum class KeyForm { kHex, kBase64url };

/// A line a key, the newest first: its bytes, and for a superseded one a blank and since when. While a rotation is
/// under way there are two that aren't superseded. Nothing for another form or an empty list.
std::optional<std::vector<ListedKey>> parse_key_list(std::string_view text, KeyForm form);
std::string to_text(const std::vector<ListedKey>& keys, KeyForm form);

/// How long a superseded key is accepted.
struct Overlap {
  std::chrono::seconds unused{600};    ///< since its last use
  std::chrono::seconds limit{86'400};  ///< since it was superseded, used or not
};

/// The keys that an owner accepts: the newest, and superseded ones for the overlap. A start counts as a use, so that a
/// restart shuts out no reader that is still to move. Safe from any thread.
class AcceptedKeys {
 public:
  AcceptedKeys(const Clock& clock, Overlap overlap);

  /// Keys that stay keep their last use.
  void replace(const std::vector<ListedKey>& keys);

  /// Whether one of the accepted keys `matches`, which is then used. All those are tried, so that how long it takes
  /// doesn't tell which it was; no other is.
  template <class Matches>
  bool use(const Matches& matches) {
    const auto keys = keys_.get();
    const auto now = clock_.now();
    bool found = false;
    for (const auto& key : *keys) {
      if (!is_accepted(*key, now) || !matches(key->bytes)) continue;
      key->last_use = now;
      found = true;
    }
    return found;
  }

  /// How many are accepted besides the newest.
  std::size_t others() const;

 private:
  struct Key {
    Bytes32 bytes{};
    std::optional<Timestamp> superseded;  ///< as the list says, but not later than when that was first read
    std::atomic<Timestamp> last_use;
  };

  bool is_accepted(const Key& key, Timestamp now) const;

  const Clock& clock_;
  Overlap overlap_;
  Current<std::vector<std::shared_ptr<Key>>> keys_{{}};
};

}  // namespace assay::secrets
