#include "secrets/newest_seen.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "http/text.hpp"

namespace assay::secrets {

namespace {

constexpr std::size_t kLargestFile = 1024;

struct Seen {
  std::uint64_t sequence = 0;
  VerifyingKey operator_key;
  Bytes32 hash{};
};

std::optional<Seen> parse(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  const auto number = http::take_until(text, ' ');
  const auto key = VerifyingKey::parse(http::take_until(text, ' '));
  Seen seen;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seen.sequence);
  const bool is_number = error == std::errc{} && end == number.data() + number.size();
  if (!is_number || !key || !from_hex(text, seen.hash)) return std::nullopt;
  seen.operator_key = *key;
  return seen;
}

}  // namespace

void NewestSeen::take(const SealedDocument& document, const Bytes32& hash, const std::filesystem::path& place) {
  const std::scoped_lock lock(mutex_);
  read(place);
  if (document.sequence < sequence_) {
    throw Refusal(
        fmt::format("{} is an older file: its last change is number {}, and number {} was seen; put the newest "
                    "one back",
                    place.string(), document.sequence, sequence_));
  }
  if (document.sequence == sequence_ && hash != hash_) {
    throw Refusal(
        fmt::format("{} is another file of number {} than the one that was seen: two were made of one older file; put "
                    "the right one back",
                    place.string(), sequence_));
  }
  if (document.sequence == sequence_) return;
  sequence_ = document.sequence;
  hash_ = hash;
  keep();
}

void NewestSeen::read(const std::filesystem::path& place) {
  if (is_read_ || file_.empty()) return;
  if (std::filesystem::exists(file_)) {
    const auto seen = parse(read_private_file(file_, kLargestFile));
    if (!seen) {
      throw Refusal(
          fmt::format("{} is damaged: if {} is surely the newest one, remove it", file_.string(), place.string()));
    }
    // Another operator's file begins to count anew.
    if (seen->operator_key.bytes == operator_key_.bytes) {
      sequence_ = seen->sequence;
      hash_ = seen->hash;
    }
  }
  is_read_ = true;
}

void NewestSeen::keep() const {
  if (file_.empty()) return;
  replace_private_file(file_, fmt::format("{} {} {}\n", sequence_, operator_key_.to_string(), to_hex(hash_)));
}

}  // namespace assay::secrets
