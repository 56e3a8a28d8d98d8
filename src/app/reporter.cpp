#include "app/reporter.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace assay::app {

namespace {

constexpr std::string_view kResourceType = "subscription";
constexpr std::size_t kMaximumWaitingRefusals = 1'000;

}  // namespace

RegisterReporter::RegisterReporter(audit::Appender& audit_register, IoThreads& threads, Random& random,
                                   const telemetry::Log& log)
    : register_(audit_register), threads_(threads), random_(random), log_(log) {}

Awaitable<void> RegisterReporter::report_change(gateway::PendingReport report) {
  audit::NewRecord record{.id = report.record_id,
                          .source_system_name = std::string(audit::kGatewaySource),
                          .resource = audit::Resource{.type = std::string(kResourceType),
                                                      .id = std::move(report.subscription_name),
                                                      .operation = std::move(report.operation)},
                          .actor = std::move(report.actor),
                          .operation_id = std::move(report.operation_id),
                          .patient_id = std::nullopt,
                          .outcome = std::nullopt};
  std::vector<audit::NewRecord> records;
  records.push_back(std::move(record));
  const auto appended = co_await register_.append(std::move(records), {});
  if (!appended) throw Unavailable("the register refused a report: " + appended.error().detail);
}

void RegisterReporter::report_refusal(Principal principal, std::string operation, std::string operation_id,
                                      telemetry::SpanPlace under) {
  if (waiting_.fetch_add(1) >= kMaximumWaitingRefusals) {
    --waiting_;
    log_.warning("a refusal was not reported", {{"reason", "too many reports wait for the register"}});
    return;
  }
  audit::NewRecord record{
      .id = Uuid::generate(random_),
      .source_system_name = std::string(audit::kGatewaySource),
      .resource =
          audit::Resource{.type = std::string(kResourceType), .id = principal.name, .operation = std::move(operation)},
      .actor = std::move(principal),
      .operation_id = std::move(operation_id),
      .patient_id = std::nullopt,
      .outcome = std::nullopt};
  auto& context = threads_.context(record.id.bytes[0] % threads_.size());
  boost::asio::co_spawn(context, append_refusal(std::move(record), std::move(under)), boost::asio::detached);
}

Awaitable<void> RegisterReporter::append_refusal(audit::NewRecord record, telemetry::SpanPlace under) {
  std::vector<audit::NewRecord> records;
  records.push_back(std::move(record));
  try {
    const auto appended = co_await register_.append(std::move(records), std::move(under));
    if (!appended) log_.warning("a refusal was not reported", {{"reason", std::string_view(appended.error().detail)}});
  } catch (const std::exception& error) {
    log_.warning("a refusal was not reported", {{"reason", std::string_view(error.what())}});
  }
  --waiting_;
}

}  // namespace assay::app
