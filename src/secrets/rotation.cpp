#include "secrets/rotation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "secrets/making.hpp"

namespace assay::secrets {

namespace {

/// More superseded ones are not kept, so that the list is bounded however often a key is rotated.
constexpr std::ptrdiff_t kMostSuperseded = 14;
constexpr std::string_view kLogKey = "audit-log-key";
constexpr std::chrono::days kShortestLogKey{1};

const Grant& rotatable(std::string_view name) {
  const auto& grant = require_grant(name);
  if (grant.making == Making::kGiven) {
    throw Refusal(fmt::format("{0} comes from outside: change it there, then assay secrets set {0}", name));
  }
  if (grant.making == Making::kDerived) {
    throw Refusal(fmt::format("{} goes with another secret: rotate {}", name, name.substr(0, name.rfind('.'))));
  }
  return grant;
}

/// The log is signed by the newest version or, until the audit part has looked, by the one before: a version more would
/// take that from it.
void require_settled(Provider& provider, const Rotation& rotation, const Clock& clock) {
  if (rotation.is_compromised) {
    throw Refusal(
        "a key of the log that others know is not taken back by another one: begin a log of a new name, as "
        "docs/rotate-keys.md tells");
  }
  const auto versions = provider.versions(rotation.name);
  if (!rotation.log_key_overlap || versions.size() < 2) return;
  // Its day has to be over: ages are whole days since that began.
  const auto wanted = std::max(*rotation.log_key_overlap, kShortestLogKey) + std::chrono::days(1);
  const auto age = age_of(versions.front(), clock.now()).value_or(std::chrono::days(0));
  if (age >= wanted) return;
  throw Refusal(
      fmt::format("version {} of {} is too new: until its overlap is over, the version before is in use too "
                  "(audit.key_overlap); try again in {} days",
                  versions.front().id, rotation.name, (wanted - age).count()));
}

std::vector<ListedKey> listed_now(Provider& provider, const Grant& grant) {
  auto keys = parse_key_list(provider.read(grant.derived).newest().value.reveal(), key_form(grant));
  if (!keys) {
    throw Refusal(fmt::format("{} of {} is not what a secret of that name must be; put the right one back",
                              grant.derived, provider.place()));
  }
  return std::move(*keys);
}

/// One that is not superseded may be in use, whatever came after it: rotations may have been broken off.
void forget_oldest(std::vector<ListedKey>& keys) {
  const auto is_superseded = [](const ListedKey& key) { return key.superseded.has_value(); };
  for (auto more = std::ranges::count_if(keys, is_superseded) - kMostSuperseded; more > 0; --more) {
    keys.erase(std::find_if(keys.rbegin(), keys.rend(), is_superseded).base() - 1);
  }
}

class ListWriter {
 public:
  ListWriter(Provider& provider, const Grant& grant, std::string_view changed_by)
      : provider_(provider), grant_(grant), changed_by_(changed_by) {}

  void write(const std::vector<ListedKey>& keys) {
    provider_.write(grant_.derived, SensitiveText(to_text(keys, key_form(grant_))), changed_by_);
  }

 private:
  Provider& provider_;
  const Grant& grant_;
  std::string_view changed_by_;
};

}  // namespace

bool is_rotated_by_schedule(const Grant& grant) { return is_made_first(grant) && grant.name != kLogKey; }

std::vector<std::string> find_due(Provider& provider, std::chrono::days age, const Clock& clock) {
  std::vector<std::string> due;
  const auto now = clock.now();
  for (const auto& name : provider.names()) {
    const auto* grant = find_grant(name);
    if (grant == nullptr || !is_rotated_by_schedule(*grant)) continue;
    const auto versions = provider.versions(name);
    const auto age_now = versions.empty() ? std::nullopt : age_of(versions.front(), now);
    if (age_now && *age_now >= age) due.push_back(name);
  }
  return due;
}

Rotated rotate(Provider& provider, const Rotation& rotation, Random& random, const Clock& clock) {
  const auto& grant = rotatable(rotation.name);
  if (grant.name == kLogKey) require_settled(provider, rotation, clock);
  const auto value = make_value(grant, random);
  if (grant.derived.empty()) {
    // Of two versions the older is read too: then it must be one that nobody knows.
    if (rotation.is_compromised) provider.write(grant.name, make_value(grant, random), rotation.changed_by);
    return {.version = provider.write(grant.name, value, rotation.changed_by),
            .old_is_accepted = !rotation.is_compromised};
  }
  ListWriter list(provider, grant, rotation.changed_by);
  auto keys = listed_now(provider, grant);
  forget_oldest(keys);
  keys.insert(keys.begin(), listed_key(grant, value));
  list.write(keys);
  Rotated rotated{.version = provider.write(grant.name, value, rotation.changed_by),
                  .old_is_accepted = !rotation.is_compromised};
  if (rotation.is_compromised) keys.resize(1);
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (!keys[i].superseded) keys[i].superseded = clock.now();
  }
  list.write(keys);
  return rotated;
}

}  // namespace assay::secrets
