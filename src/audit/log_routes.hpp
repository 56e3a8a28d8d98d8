#pragma once

#include <memory>
#include <string>

#include "audit/checkpoint_signer.hpp"
#include "base/blocking_pool.hpp"
#include "http/router.hpp"
#include "telemetry/occasional_warning.hpp"

namespace assay::audit {

/// The log for all (C2SP tlog-tiles) under /api/log. Everybody may ask for it, so it has a reader, a thread and a
/// bounded queue of its own: a crowd of readers is refused with 503 and delays no proof. Safe from any I/O thread.
class LogRoutes {
 public:
  LogRoutes(Store& store, CheckpointSigner& signer, const telemetry::Log& log);

  void add_to(http::Router& router);

 private:
  Awaitable<Result<http::Response>> show(http::Request request);
  Awaitable<Result<http::Response>> show_part(std::string path, telemetry::SpanPlace under);

  template <class Read>
  Awaitable<std::invoke_result_t<Read&, LogReader&>> read(Read read);

  CheckpointSigner& signer_;
  telemetry::OccasionalWarning warning_;
  std::unique_ptr<LogReader> reader_;
  BlockingPool reading_;
};

}  // namespace assay::audit
