#include "secrets/identity_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <span>
#include <utility>

#include "http/text.hpp"

namespace assay::secrets {

namespace {

constexpr std::string_view kForm = "assay-identity-1";
constexpr std::size_t kLongestName = 64;

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

std::string_view without_newline(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_sealed_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, is_name_character);
}

std::string seal_to(const Bytes32& public_key, const SensitiveText& text) {
  std::string sealed(text.reveal().size() + crypto_box_SEALBYTES, '\0');
  // Fails for a key that is none of X25519's only; what nobody can open is found when it shall be.
  crypto_box_seal(reinterpret_cast<unsigned char*>(sealed.data()), as_bytes(text.reveal()).data(), text.reveal().size(),
                  public_key.data());
  return sealed;
}

IdentityKey::IdentityKey(std::string name, SensitiveText secret_key, const VerifyingKey& operator_key)
    : name_(std::move(name)), secret_key_(std::move(secret_key)), operator_key_(operator_key) {
  crypto_scalarmult_base(public_key_.data(), as_bytes(secret_key_.reveal()).data());
}

IdentityKey IdentityKey::generate(std::string name, const VerifyingKey& operator_key, Random& random) {
  const auto fill = [&random](std::span<std::uint8_t> out) { random.fill(out); };
  return {std::move(name), SensitiveText::filled(crypto_box_SECRETKEYBYTES, fill), operator_key};
}

std::optional<IdentityKey> IdentityKey::parse(const SensitiveText& text) {
  auto rest = without_newline(text.reveal());
  if (http::take_until(rest, ' ') != kForm) return std::nullopt;
  const auto name = http::take_until(rest, ' ');
  auto bytes = from_base64url(http::take_until(rest, ' '));
  const auto operator_key = VerifyingKey::parse(rest);
  if (!bytes) return std::nullopt;
  SensitiveText secret_key(std::move(*bytes));
  if (!is_sealed_name(name) || !operator_key || secret_key.reveal().size() != crypto_box_SECRETKEYBYTES) {
    return std::nullopt;
  }
  return IdentityKey(std::string(name), std::move(secret_key), *operator_key);
}

SensitiveText IdentityKey::to_text() const {
  const SensitiveText key(to_base64url(as_bytes(secret_key_.reveal())));
  return SensitiveText::joined({kForm, " ", name_, " ", key.reveal(), " ", operator_key_.to_string(), "\n"});
}

std::optional<SensitiveText> IdentityKey::open(std::string_view sealed) const {
  if (sealed.size() < crypto_box_SEALBYTES) return std::nullopt;
  bool genuine = false;
  auto text = SensitiveText::filled(sealed.size() - crypto_box_SEALBYTES, [&](std::span<std::uint8_t> out) {
    genuine = crypto_box_seal_open(out.data(), as_bytes(sealed).data(), sealed.size(), public_key_.data(),
                                   as_bytes(secret_key_.reveal()).data()) == 0;
  });
  return genuine ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace assay::secrets
