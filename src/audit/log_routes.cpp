#include "audit/log_routes.hpp"

#include <fmt/format.h>

#include "audit/request_forms.hpp"
#include "merkle/entry_bundle.hpp"

namespace assay::audit {

namespace {

constexpr std::size_t kReadingThreads = 1;
constexpr std::size_t kReadingQueueLimit = 64;
constexpr std::chrono::seconds kRetryAfter{1};
constexpr std::string_view kPrefix = "/api/log/";
constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kBytes = "application/octet-stream";
/// What a tile of that name holds never changes (RFC 8246).
constexpr std::string_view kForever = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "no-cache";

http::Response cached(http::Response response, std::string_view caching) {
  response.headers.set("Cache-Control", caching);
  return response;
}

std::unexpected<Problem> not_in_log() { return fail(404, "The log has no such tile."); }

/// The entry of a bundle as a text that the merkle room takes.
std::string_view text_of(const Bytes32& entry) { return {reinterpret_cast<const char*>(entry.data()), entry.size()}; }

std::string encode(const std::vector<Bytes32>& entries) {
  std::vector<std::string_view> texts;
  texts.reserve(entries.size());
  for (const auto& entry : entries) texts.push_back(text_of(entry));
  return merkle::encode_entries(texts).value();
}

}  // namespace

LogRoutes::LogRoutes(Store& store, CheckpointSigner& signer, const telemetry::Log& log)
    : signer_(signer),
      warning_(log, "the log was not shown"),
      reader_(store.open_reader()),
      reading_(kReadingThreads, kReadingQueueLimit) {}

void LogRoutes::add_to(http::Router& router) {
  router.add(http::Method::kGet, "/api/log/{path...}",
             [this](http::Request request) { return show(std::move(request)); });
}

template <class Read>
Awaitable<std::invoke_result_t<Read&, LogReader&>> LogRoutes::read(Read read) {
  return reading_.run([this, read = std::move(read)]() mutable { return read(*reader_); });
}

Awaitable<Result<http::Response>> LogRoutes::show(http::Request request) {
  if (!is_from_gateway(request)) co_return refuse_host_key();
  const auto trace = request.context.trace;
  const std::string path = request.path_parameters.front();
  // A part of the log has one name alone: caches must not be made to keep it under others.
  if (request.target != fmt::format("{}{}", kPrefix, path)) co_return not_in_log();
  try {
    co_return co_await show_part(path, request.context.span);
  } catch (const Unavailable& error) {
    warning_.write(trace, error.what());
  }
  co_return std::unexpected(
      Problem{.status = 503, .detail = "Service temporarily unavailable.", .retry_after = kRetryAfter});
}

Awaitable<Result<http::Response>> LogRoutes::show_part(std::string path, telemetry::SpanPlace under) {
  const auto newest = signer_.newest();
  if (!newest) throw Unavailable("no checkpoint is signed yet");
  if (path == "checkpoint") co_return cached(http::respond(200, newest->note, kPlainText), kAskAgain);
  const auto size = newest->tree.size;
  if (const auto bundle = merkle::parse_entry_bundle_path(path)) {
    if (!merkle::is_in_tree({.level = 0, .index = bundle->index, .width = bundle->width}, size)) co_return not_in_log();
    auto entries = co_await read([&](LogReader& log) { return encode(log.read_entries(*bundle, under)); });
    co_return cached(http::respond(200, std::move(entries), kBytes), kForever);
  }
  const auto tile = merkle::parse_tile_path(path);
  if (!tile || !merkle::is_in_tree(*tile, size)) co_return not_in_log();
  auto hashes = co_await read([&](LogReader& log) { return log.read_tile(*tile, under); });
  co_return cached(http::respond(200, std::move(hashes), kBytes), kForever);
}

}  // namespace assay::audit
