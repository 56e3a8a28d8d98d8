#include "sqlite/audit_query.hpp"

#include "sqlite/audit_accesses.hpp"
#include "sqlite/audit_search.hpp"
#include "sqlite/store_span.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kReaderThreads = 2;
constexpr std::size_t kReaderQueueLimit = 64;

/// Runs `read` in a read transaction: what it reads, and where the indexes end, are of one moment.
template <class Read>
auto at_one_moment(const std::filesystem::path& file, Read read) {
  Connection connection(file, Access::kReadOnly);
  connection.execute("BEGIN");
  return read(connection);
}

}  // namespace

AuditQueries::AuditQueries(std::filesystem::path file)
    : file_(std::move(file)), readers_(kReaderThreads, kReaderQueueLimit) {}

Awaitable<audit::RegisterPage> AuditQueries::find(audit::RegisterQuery query, telemetry::SpanPlace under) {
  const auto span = store_span(under, "audit", "SELECT record");
  co_return co_await readers_.run([file = file_, asked = std::move(query)] {
    return at_one_moment(file, [&asked](const Connection& connection) { return AuditSearch(connection, asked).run(); });
  });
}

Awaitable<audit::AccessPage> AuditQueries::read_accesses(audit::AccessQuery query, telemetry::SpanPlace under) {
  const auto span = store_span(under, "audit", "SELECT access");
  co_return co_await readers_.run([file = file_, query] {
    return at_one_moment(file, [&query](const Connection& connection) { return read_accesses_of(connection, query); });
  });
}

}  // namespace assay::sqlite
