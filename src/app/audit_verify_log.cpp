#include "app/audit_verify_log.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "app/api_session.hpp"
#include "audit/receipt.hpp"
#include "base/private_file.hpp"
#include "base/sensitive.hpp"
#include "http/client.hpp"
#include "merkle/proof.hpp"
#include "merkle/tile.hpp"
#include "merkle/tile_path.hpp"
#include "merkle/verification.hpp"

namespace assay::app {

namespace {

constexpr int kOk = 200;
constexpr int kNotFound = 404;

std::string without_last_slash(std::string url) {
  if (url.ends_with('/')) url.pop_back();
  return url;
}

/// A log as a register shows it (C2SP tlog-tiles). What it says is yet to be verified.
class ShownLog {
 public:
  ShownLog(const std::string& url, std::optional<SensitiveText> key)
      : url_(without_last_slash(url)), key_(std::move(key)), client_(url_) {}

  std::string checkpoint() const { return require(get("checkpoint"), "checkpoint"); }

  /// Throws Refusal when the log doesn't show the node's tile.
  merkle::Hash read(const merkle::Node& node, std::uint64_t size) {
    const auto part = merkle::tile_part_of(node, size).value();
    const auto [known, is_new] = tiles_.try_emplace({part.tile.level, part.tile.index});
    if (is_new) known->second = fetch(part.tile);
    const auto hash = merkle::root_of_part(part, as_bytes(known->second));
    if (!hash) throw Refusal(fmt::format("{}/log/{} is no tile", url_, merkle::tile_path(part.tile)));
    return *hash;
  }

 private:
  http::Response get(const std::string& path) const {
    http::Request request;
    request.method = http::Method::kGet;
    request.target = "/log/" + path;
    if (key_) request.headers.set("Ocp-Apim-Subscription-Key", key_->reveal());
    try {
      return http::send_and_wait(client_, std::move(request));
    } catch (const Unavailable& error) {
      throw Refusal(fmt::format("the log at {} can't be had: {}", url_, error.what()));
    }
  }

  std::string require(http::Response response, const std::string& path) const {
    if (response.status == kOk) return std::move(response.body);
    throw Refusal(fmt::format("{}/log/{} was answered with {}: {}", url_, path, response.status, reason_of(response)));
  }

  /// Instead of a tile that was partial, a log may show it as it is now.
  std::string fetch(merkle::Tile tile) const {
    const auto bytes = tile.width * sizeof(merkle::Hash);
    auto response = get(merkle::tile_path(tile));
    if (response.status == kNotFound && tile.width < merkle::kTileWidth) {
      tile.width = merkle::kTileWidth;
      response = get(merkle::tile_path(tile));
    }
    return require(std::move(response), merkle::tile_path(tile)).substr(0, bytes);
  }

  std::string url_;
  std::optional<SensitiveText> key_;
  http::Client client_;
  std::map<std::pair<unsigned, std::uint64_t>, std::string> tiles_;
};

int refuse(std::string_view sentence) {
  print_line("Verdict", "not verified");
  print_fault(sentence);
  return kFaulty;
}

/// Why the shown tree doesn't begin with the kept one; nothing when it does.
std::optional<std::string> fault_of(const KeptCheckpoint& kept, const merkle::Checkpoint& shown, ShownLog& log) {
  const auto& older = kept.checkpoint;
  if (older.tree.size > shown.tree.size) {
    return fmt::format(
        "The log has {} records, but the checkpoint in {} is of {}: it was cut off, or put back to an "
        "older state.",
        shown.tree.size, kept.file, older.tree.size);
  }
  const auto proof =
      merkle::consistency_proof({.old_size = older.tree.size, .new_size = shown.tree.size},
                                [&](const merkle::Node& node) { return log.read(node, shown.tree.size); });
  if (proof && merkle::verify_consistency(older.tree, shown.tree, *proof)) return std::nullopt;
  const std::string restored =
      older.origin == shown.origin ? "" : fmt::format(" It is now the log {}: a restore begins one.", shown.origin);
  return fmt::format("The log's tree of {} records doesn't begin with the {} records of the checkpoint in {}.{}",
                     shown.tree.size, older.tree.size, kept.file, restored);
}

}  // namespace

int verify_log(const LogAddress& address, const std::vector<KeptCheckpoint>& kept,
               const std::vector<merkle::VerifierKey>& keys, const std::string& save) {
  for (const auto& one : kept) {
    const auto known = audit::verify_checkpoint(one.note, keys);
    if (!known) return refuse(fmt::format("{}: {}", one.file, known.error().detail));
  }
  ShownLog log(address.url, address.key);
  const auto note = log.checkpoint();
  const auto shown = audit::verify_checkpoint(note, keys);
  if (!shown) return refuse(fmt::format("{}: {}", address.url, shown.error().detail));
  for (const auto& one : kept) {
    if (const auto fault = fault_of(one, *shown, log)) return refuse(*fault);
  }
  print_line("Verdict", kept.empty() ? "verified: the log's key signed its checkpoint; it was held against no other"
                                     : "verified: the log begins with what was kept");
  print_line("Log", shown->origin);
  print_line("Records", fmt::to_string(shown->tree.size));
  for (const auto& one : kept) print_line("Kept", fmt::format("{} records, {}", one.checkpoint.tree.size, one.file));
  if (!save.empty()) {
    replace_private_file(save, note);
    print_line("Saved", save);
  }
  return kVerified;
}

}  // namespace assay::app
