#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay::secrets {

/// The identities of the contract's section 1.
inline constexpr std::string_view kGateway = "gateway";
inline constexpr std::string_view kPatients = "patients";
inline constexpr std::string_view kAudit = "audit";

inline constexpr std::string_view kIdentities[] = {kGateway, kPatients, kAudit};

/// How a secret comes to be.
enum class Making {
  kRandom,      ///< 256 random bits in base64url
  kSigningKey,  ///< the seed of an Ed25519 key
  kDerived,     ///< from another secret, with each version of that
  kGiven,       ///< by the operator
};

/// One secret, who may read it, and what goes with it.
struct Grant {
  std::string_view name;
  Making making = Making::kRandom;
  std::span<const std::string_view> readers;
  std::string_view derived = {};  ///< the secret by which others check this one: hashes or public keys
};

/// All secrets there are; nobody else may read any.
std::span<const Grant> grants();

/// Null for an unknown name.
const Grant* find_grant(std::string_view name);

/// Throws Refusal with a sentence for an unknown name.
const Grant& require_grant(std::string_view name);

bool may_read(std::string_view identity, std::string_view name);

}  // namespace assay::secrets
