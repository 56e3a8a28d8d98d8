#include "secrets/accepted_keys.hpp"

#include <algorithm>

namespace assay::secrets {

namespace {

std::optional<Bytes32> parse_bytes(std::string_view text, KeyForm form) {
  Bytes32 bytes{};
  if (form == KeyForm::kHex) return from_hex(text, bytes) ? std::optional(bytes) : std::nullopt;
  const auto decoded = from_base64url(text);
  if (!decoded || decoded->size() != bytes.size()) return std::nullopt;
  std::ranges::copy(as_bytes(*decoded), bytes.begin());
  return bytes;
}

std::optional<ListedKey> parse_line(std::string_view line, KeyForm form) {
  const auto blank = line.find(' ');
  const auto bytes = parse_bytes(line.substr(0, blank), form);
  if (!bytes) return std::nullopt;
  if (blank == std::string_view::npos) return ListedKey{.bytes = *bytes, .superseded = std::nullopt};
  const auto superseded = parse_timestamp(line.substr(blank + 1));
  if (!superseded) return std::nullopt;
  return ListedKey{.bytes = *bytes, .superseded = superseded};
}

}  // namespace

std::optional<std::vector<ListedKey>> parse_key_list(std::string_view text, KeyForm form) {
  std::vector<ListedKey> keys;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto key = parse_line(text.substr(0, end), form);
    if (!key || (keys.empty() && key->superseded)) return std::nullopt;
    keys.push_back(*key);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (keys.empty()) return std::nullopt;
  return keys;
}

std::string to_text(const std::vector<ListedKey>& keys, KeyForm form) {
  std::string text;
  for (const auto& key : keys) {
    if (!text.empty()) text += '\n';
    text += form == KeyForm::kHex ? to_hex(key.bytes) : to_base64url(key.bytes);
    if (!key.superseded) continue;
    text += ' ';
    text += to_iso8601(*key.superseded);
  }
  return text;
}

AcceptedKeys::AcceptedKeys(const Clock& clock, Overlap overlap) : clock_(clock), overlap_(overlap) {}

void AcceptedKeys::replace(const std::vector<ListedKey>& keys) {
  const auto before = keys_.get();
  std::vector<std::shared_ptr<Key>> after;
  after.reserve(keys.size());
  for (const auto& listed : keys) {
    auto key = std::make_shared<Key>();
    key->bytes = listed.bytes;
    const auto same = std::ranges::find(*before, listed.bytes, &Key::bytes);
    const bool is_known = same != before->end();
    key->last_use = is_known ? (*same)->last_use.load() : clock_.now();
    if (listed.superseded) {
      const auto first_read = is_known && (*same)->superseded ? *(*same)->superseded : clock_.now();
      key->superseded = std::min(*listed.superseded, first_read);
    }
    after.push_back(std::move(key));
  }
  keys_.set(std::move(after));
}

std::size_t AcceptedKeys::others() const {
  const auto keys = keys_.get();
  const auto now = clock_.now();
  const auto accepted = std::ranges::count_if(*keys, [&](const auto& key) { return is_accepted(*key, now); });
  return accepted == 0 ? 0 : static_cast<std::size_t>(accepted) - 1;
}

bool AcceptedKeys::is_accepted(const Key& key, Timestamp now) const {
  if (!key.superseded) return true;
  const auto last_use = std::max(*key.superseded, key.last_use.load());
  return now < last_use + overlap_.unused && now < *key.superseded + overlap_.limit;
}

}  // namespace assay::secrets
