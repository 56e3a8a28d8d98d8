#pragma once

#include "audit/checkpoint_signer.hpp"
#include "audit/readings.hpp"
#include "audit/register_query.hpp"
#include "http/router.hpp"

namespace assay::audit {

/// GET /api/auditrecord, the records that are asked for, and GET /api/patient/{id}/accesses, who accessed a patient,
/// complete by the number at a signed checkpoint. Both are for the gateway's callers with the scope `audit:read`, and
/// are accesses themselves: no record, no answer. Safe from any I/O thread.
class RegisterRoutes {
 public:
  RegisterRoutes(RegisterReader& reader, CheckpointSigner& signer, Readings& readings)
      : reader_(reader), signer_(signer), readings_(readings) {}

  void add_to(http::Router& router);

 private:
  Awaitable<Result<http::Response>> search(http::Request request);
  Awaitable<Result<http::Response>> list_accesses(http::Request request);

  RegisterReader& reader_;
  CheckpointSigner& signer_;
  Readings& readings_;
};

}  // namespace assay::audit
