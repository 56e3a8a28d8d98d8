#include "audit/readings.hpp"

#include <fmt/format.h>

#include "audit/log_opening.hpp"

namespace assay::audit {

namespace {

constexpr std::chrono::seconds kRetryAfter{1};

Problem no_record(std::string reason) {
  return {.status = 500,
          .detail = "Error creating audit log: the record could not be written.",
          .reason = std::move(reason),
          .retry_after = kRetryAfter};
}

}  // namespace

Awaitable<Result<Reading>> Readings::record(http::Context context, Resource resource, std::optional<Uuid> patient_id) {
  std::vector<NewRecord> records;
  records.push_back({.id = Uuid::generate_ordered(random_, clock_.now()),
                     .source_system_name = std::string(kAuditSource),
                     .resource = std::move(resource),
                     .actor = std::move(context.principal),
                     .operation_id = context.trace.operation_id(),
                     .patient_id = patient_id,
                     .outcome = std::nullopt});
  Result<std::vector<Appended>> appended;
  try {
    appended = co_await store_.append(std::move(records), std::move(context.span));
  } catch (const std::exception& error) {
    appended = fail(500, {}, error.what());
  }
  if (!appended) co_return std::unexpected(no_record(std::move(appended.error().reason)));
  const auto& place = appended->front();
  co_return Reading{.index = place.index, .receipt = fmt::format("{}; index={}", place.id.to_string(), place.index)};
}

}  // namespace assay::audit
