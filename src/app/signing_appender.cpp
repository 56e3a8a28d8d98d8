#include "app/signing_appender.hpp"

namespace assay::app {

Awaitable<Result<std::vector<audit::Appended>>> SigningAppender::append(std::vector<audit::NewRecord> records,
                                                                        telemetry::SpanPlace under) {
  const auto keys = principal_keys_->get();
  for (auto& record : records) {
    if (!record.actor || !record.actor->token.empty()) continue;
    record.actor->token = sign_principal(*record.actor, record.operation_id, clock_.now(), keys->front().key);
  }
  return next_.append(std::move(records), std::move(under));
}

}  // namespace assay::app
