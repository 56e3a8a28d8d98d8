#pragma once

#include "audit/store.hpp"
#include "base/sensitive.hpp"
#include "http/message.hpp"

namespace assay::audit {

/// Hands records to an audit service of another process by POST /api/auditrecords. Safe from any I/O thread.
class Client final : public Appender {
 public:
  /// `service` sends a request to the service; `host_key` opens its door.
  Client(http::Handler service, SensitiveText host_key);

  /// At most 2,000 records that take 1 MiB as JSON; more is a Problem 413. Dates and patients' numbers stay with the
  /// service: they are unset in what is returned. What the service refuses is its Problem; when it can't be reached,
  /// can't write or can't be understood, OutcomeUnknown is thrown.
  Awaitable<Result<std::vector<Appended>>> append(std::vector<NewRecord> records) override;
  /// The service knows whose intents its caller may see: `source_system_name` is not sent. At most 1,000.
  Awaitable<std::vector<Intent>> open_intents(std::string source_system_name, std::uint64_t from,
                                              std::size_t limit) override;

 private:
  /// Sends a request with the host key, under the operation of that id.
  Awaitable<http::Response> send(http::Request request, std::string operation_id) const;

  http::Handler service_;
  SensitiveText host_key_;
};

}  // namespace assay::audit
