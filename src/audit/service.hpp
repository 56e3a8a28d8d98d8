#pragma once

#include <memory>

#include "audit/checkpoint_signer.hpp"
#include "audit/register_query.hpp"
#include "audit/store.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/router.hpp"
#include "secrets/principal_verifier.hpp"

namespace assay::audit {

/// The name of the host key that the gateway holds; what comes by it may not be a patient's or a test's record.
inline constexpr std::string_view kGatewayKeyName = "audit-gateway-key";

struct Dependencies {
  Store& store;
  CheckpointSigner& signer;
  RegisterReader& register_reader;
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  telemetry::Metrics& metrics;
  /// Of the principals inside batches.
  secrets::PrincipalVerifier principals;
};

/// The audit service: POST /api/auditrecord (the reference's single route), POST /api/auditrecords (ours, batches),
/// GET /api/intents, and for the gateway the log, the proofs and the register of accesses. Requests are taken as let in
/// by `context.host_key`. Safe from any I/O thread.
class Service {
 public:
  explicit Service(Dependencies dependencies);
  ~Service();

  Awaitable<http::Response> handle(http::Request request);

  const http::Router& router() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace assay::audit
