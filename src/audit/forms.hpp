#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "audit/record.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "secrets/principal_verifier.hpp"

namespace assay::audit {

/// How many records one call of the batch route may bring.
inline constexpr std::size_t kMaximumBatchRecords = 2'000;

/// What the single route takes: the reference's form of a record.
struct Claim {
  std::string source_system_name;
  std::optional<Resource> resource;
};

/// Reads the body of the single route; faults are worded and ordered by the contract's section 4.
Result<Claim> read_claim(const json::value& body);

/// Whom records of a batch come from that bear no principal.
struct Sender {
  std::string host_key;
  std::string operation_id;
};

/// Reads the body of the batch route: an array of 1 to `kMaximumBatchRecords` objects of `id`, `sourceSystemName`,
/// `resource`, `patientId`, `outcome`, `outcomeOf`, `partOf`, `principal` and `operationId`. A principal is a token, or
/// the position of an earlier record of the array that bears the same one: a search discloses many patients to one
/// caller. It must verify by `principals` at `now`; actor and operation are the token's, else the sender's.
Result<std::vector<NewRecord>> read_batch(const json::value& body, const Sender& sender,
                                          const secrets::PrincipalVerifier& principals, Timestamp now);

}  // namespace assay::audit
