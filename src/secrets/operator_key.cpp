#include "secrets/operator_key.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "base/hash.hpp"
#include "http/text.hpp"

namespace assay::secrets {

namespace {

constexpr std::string_view kForm = "assay-operator-1";
constexpr std::string_view kPlain = "plain";
constexpr std::string_view kEncrypted = "argon2id";
constexpr std::string_view kNoKey = "holds no operator's key; put a copy of it back";
/// Of what a damaged file may ask for.
constexpr std::size_t kMostMemory = 4ULL << 30U;
constexpr unsigned long long kMostOperations = 100;
constexpr std::string_view kIdentityLabel = "assay operator identity 1";

/// The parts of either text.
struct Words {
  std::string_view form;
  std::string_view kind;
  std::string_view rest;
};

Words words_of(const SensitiveText& text) {
  auto rest = text.reveal();
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  const auto form = http::take_until(rest, ' ');
  const auto kind = http::take_until(rest, ' ');
  return {.form = form, .kind = kind, .rest = rest};
}

template <class Number>
bool read_number(std::string_view text, Number most, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out <= most;
}

/// What is encrypted, and what the passphrase's key follows from.
struct Encrypted {
  PassphraseCost cost;
  std::string salt;
  std::string box;  ///< nonce and ciphertext
};

std::optional<Encrypted> parse_encrypted(std::string_view rest) {
  Encrypted encrypted;
  const bool has_cost = read_number(http::take_until(rest, ' '), kMostOperations, encrypted.cost.operations) &&
                        read_number(http::take_until(rest, ' '), kMostMemory, encrypted.cost.memory);
  auto salt = from_base64url(http::take_until(rest, ' '));
  auto box = from_base64url(rest);
  if (!has_cost || !salt || salt->size() != crypto_pwhash_SALTBYTES || !box) return std::nullopt;
  if (box->size() <= crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES) return std::nullopt;
  encrypted.salt = std::move(*salt);
  encrypted.box = std::move(*box);
  return encrypted;
}

/// Nothing where the memory that it takes can't be had, or for a cost below the least.
std::optional<SensitiveText> stretched(const SensitiveText& passphrase, std::string_view salt, PassphraseCost cost) {
  bool done = false;
  auto key = SensitiveText::filled(crypto_secretbox_KEYBYTES, [&](std::span<std::uint8_t> out) {
    done = crypto_pwhash(out.data(), out.size(), passphrase.reveal().data(), passphrase.reveal().size(),
                         as_bytes(salt).data(), cost.operations, cost.memory, crypto_pwhash_ALG_ARGON2ID13) == 0;
  });
  return done ? std::optional(std::move(key)) : std::nullopt;
}

std::expected<SensitiveText, std::string> decrypted(std::string_view rest, const SensitiveText& passphrase) {
  const auto encrypted = parse_encrypted(rest);
  if (!encrypted) return std::unexpected(std::string(kNoKey));
  if (passphrase.empty()) return std::unexpected("is encrypted: its passphrase is needed");
  const auto key = stretched(passphrase, encrypted->salt, encrypted->cost);
  if (!key) {
    return std::unexpected(
        fmt::format("can't be decrypted: that takes {} MiB of memory", encrypted->cost.memory >> 20U));
  }
  const auto box = as_bytes(encrypted->box).subspan(crypto_secretbox_NONCEBYTES);
  bool genuine = false;
  auto seed = SensitiveText::filled(box.size() - crypto_secretbox_MACBYTES, [&](std::span<std::uint8_t> out) {
    genuine = crypto_secretbox_open_easy(out.data(), box.data(), box.size(), as_bytes(encrypted->box).data(),
                                         as_bytes(key->reveal()).data()) == 0;
  });
  if (!genuine)
    return std::unexpected("is not opened by that passphrase: it is the wrong one, or the file was altered");
  return seed;
}

}  // namespace

bool OperatorKey::needs_passphrase(const SensitiveText& text) {
  const auto words = words_of(text);
  return words.form == kForm && words.kind == kEncrypted;
}

std::expected<OperatorKey, std::string> OperatorKey::parse(const SensitiveText& text, const SensitiveText& passphrase) {
  const auto [form, kind, rest] = words_of(text);
  if (form != kForm || (kind != kPlain && kind != kEncrypted)) return std::unexpected(std::string(kNoKey));
  auto seed = kind == kPlain ? SensitiveText::copy_of(rest) : decrypted(rest, passphrase);
  if (!seed) return std::unexpected(std::move(seed.error()));
  auto key = SigningKey::parse(*seed);
  if (!key) return std::unexpected(std::string(kNoKey));
  return OperatorKey(std::move(*key));
}

SensitiveText OperatorKey::to_text() const {
  return SensitiveText::joined({kForm, " ", kPlain, " ", key_.seed().reveal(), "\n"});
}

SensitiveText OperatorKey::to_text(const SensitiveText& passphrase, Random& random, PassphraseCost cost) const {
  std::array<std::uint8_t, crypto_pwhash_SALTBYTES> salt{};
  random.fill(salt);
  const std::string_view salt_text(reinterpret_cast<const char*>(salt.data()), salt.size());
  const auto key = stretched(passphrase, salt_text, cost);
  if (!key) throw std::bad_alloc();
  const auto seed = key_.seed();
  std::string box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + seed.reveal().size(), '\0');
  auto* const bytes = reinterpret_cast<std::uint8_t*>(box.data());
  random.fill({bytes, crypto_secretbox_NONCEBYTES});
  crypto_secretbox_easy(bytes + crypto_secretbox_NONCEBYTES, as_bytes(seed.reveal()).data(), seed.reveal().size(),
                        bytes, as_bytes(key->reveal()).data());
  return SensitiveText(fmt::format("{} {} {} {} {} {}\n", kForm, kEncrypted, cost.operations, cost.memory,
                                   to_base64url(salt), to_base64url(as_bytes(box))));
}

IdentityKey OperatorKey::identity() const {
  auto bytes = hmac_sha256(key_.seed().reveal(), kIdentityLabel);
  auto secret_key = SensitiveText::filled(
      bytes.size(), [&bytes](std::span<std::uint8_t> out) { std::ranges::copy(bytes, out.begin()); });
  sodium_memzero(bytes.data(), bytes.size());
  return {std::string(kOperatorIdentity), std::move(secret_key), verifying_key()};
}

}  // namespace assay::secrets
