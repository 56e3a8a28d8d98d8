#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "secrets/host_key.hpp"

namespace assay::secrets {

/// What the tests of other rooms need in place of a cache.

template <class T>
std::shared_ptr<const Current<T>> unchanging(T value) {
  return std::make_shared<const Current<T>>(std::move(value));
}

inline Awaitable<void> find_nothing_newer() { co_return; }

inline std::shared_ptr<AcceptedKeys> accepting(const Clock& clock, const Bytes32& key) {
  auto accepted = std::make_shared<AcceptedKeys>(clock, Overlap());
  accepted->replace({{.bytes = key, .superseded = std::nullopt}});
  return accepted;
}

inline PrincipalVerifier verifier_of(const Clock& clock, const SigningKey& key) {
  return {accepting(clock, key.verifying_key().bytes), find_nothing_newer};
}

inline Secret secret_of(std::string value) {
  Secret secret;
  secret.versions.push_back({.id = "1", .value = SensitiveText(std::move(value))});
  return secret;
}

}  // namespace assay::secrets
