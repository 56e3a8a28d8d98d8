#pragma once

#include "audit/store.hpp"
#include "http/message.hpp"

namespace assay::audit {

/// Hands records to an audit service of another process by POST /api/auditrecords. Safe from any I/O thread.
class Client final : public Register {
 public:
  /// `service` sends a request to the service, with the host key that opens its door.
  explicit Client(http::Handler service) : service_(std::move(service)) {}

  /// At most 2,000 records that take 1 MiB as JSON; more is a Problem 413. Dates and patients' numbers stay with the
  /// service: they are unset in what is returned. What the service refuses is its Problem; Unavailable is thrown when
  /// nothing was sent, OutcomeUnknown when the service broke off, can't write or can't be understood.
  Awaitable<Result<std::vector<Appended>>> append(std::vector<NewRecord> records, telemetry::SpanPlace under) override;
  Awaitable<IntentPage> read_intents(std::uint64_t from) override;

 private:
  /// Sends a request under the operation of that id.
  Awaitable<http::Response> send(http::Request request, std::string operation_id) const;

  http::Handler service_;
};

}  // namespace assay::audit
