#pragma once

#include <memory>

#include "audit/checkpoint_signer.hpp"
#include "audit/readings.hpp"
#include "base/blocking_pool.hpp"
#include "http/router.hpp"

namespace assay::audit {

/// Under /api/auditrecord/{id} the proof that a record is in the log, and the disclosures of a search's. Safe from any
/// I/O thread.
class ProofRoutes {
 public:
  ProofRoutes(Store& store, CheckpointSigner& signer, Readings& readings);

  void add_to(http::Router& router);

 private:
  Awaitable<Result<http::Response>> prove(http::Request request);
  Awaitable<Result<http::Response>> list_disclosures(http::Request request);

  /// The record that the request is about, if the caller may have it; `receipt` is then of the record that somebody
  /// else than its actor has read it, an access to the patient whom it is about.
  struct Found {
    LoggedRecord record;
    std::string receipt;
  };
  Awaitable<Result<Found>> find(http::Context context, std::string id_text);

  template <class Read>
  Awaitable<std::invoke_result_t<Read&, LogReader&>> read(Read read);

  CheckpointSigner& signer_;
  Readings& readings_;
  std::unique_ptr<LogReader> reader_;
  BlockingPool reading_;
};

}  // namespace assay::audit
