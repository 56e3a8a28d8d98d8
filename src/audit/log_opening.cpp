#include "audit/log_opening.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "audit/tree_reader.hpp"
#include "base/private_file.hpp"

namespace assay::audit {

namespace {

constexpr std::string_view kWayOn =
    "put the newest database back; or go on with this one as a restored one: assay backup, then assay restore, which "
    "begins a log of a new name that tells of it";

merkle::VerifierKey verifier_of(const LogSigner& signer) {
  return {.name = signer.origin, .key = signer.key.verifying_key()};
}

std::optional<merkle::Checkpoint> read_unverified(std::string_view text) {
  const auto note = merkle::Note::parse(text);
  return note ? merkle::Checkpoint::parse(note->text) : std::nullopt;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream input(file);
  return {std::istreambuf_iterator<char>(input), {}};
}

class Opener {
 public:
  explicit Opener(LogOpening opening) : with_(std::move(opening)) {}

  Awaitable<OpenedLog> open() {
    if (std::filesystem::exists(with_.restored_mark)) co_return co_await open_restored();
    if (with_.store.read_origins().empty()) co_return co_await open_first();
    auto log = open_again();
    // A start that follows a crash: what was signed last was not kept yet.
    if (log.newest && with_.store.read_newest_checkpoint() != log.newest->note) {
      co_await with_.store.keep_checkpoint(log.newest->tree.size, log.newest->note);
    }
    co_return log;
  }

 private:
  LogSigner new_signer() {
    std::array<std::uint8_t, 8> digits{};
    with_.random.fill(digits);
    return {.origin = fmt::format("{}/{}", with_.origin_prefix, to_hex(digits)),
            .key = SigningKey::generate(with_.random)};
  }

  /// The signer of that verifier key, if its key is the one among the secrets.
  std::optional<LogSigner> find_signer(std::string_view verifier_key) const {
    const auto verifier = merkle::VerifierKey::parse(verifier_key);
    if (!verifier || !with_.secrets.has(kLogKeyName)) return std::nullopt;
    auto key = with_.secrets.signing_key(kLogKeyName);
    if (key.verifying_key().bytes != verifier->key.bytes) return std::nullopt;
    return LogSigner{.origin = verifier->name, .key = std::move(key)};
  }

  Awaitable<OpenedLog> open_first() {
    for (const auto& note : with_.head_file.read()) {
      const auto signed_one = read_unverified(note);
      if (!signed_one) continue;
      throw Refusal(
          fmt::format("{} says that {} entries of the log {} were signed, but the audit database is of no log: {}",
                      with_.head_file.path().string(), signed_one->tree.size, signed_one->origin, kWayOn));
    }
    auto signer = new_signer();
    // A start that was broken off has left a key that nothing was signed with.
    if (with_.secrets.has(kLogKeyName)) signer.key = with_.secrets.signing_key(kLogKeyName);
    with_.secrets.put(kLogKeyName, signer.key.seed());
    co_await with_.store.begin_origin({.verifier_key = verifier_of(signer).to_string(), .first_size = 0}, {});
    co_return OpenedLog{.signer = std::move(signer), .newest = std::nullopt};
  }

  OpenedLog open_again() {
    const auto origin = with_.store.read_origins().back();
    auto signer = find_signer(origin.verifier_key);
    if (!signer) {
      throw Refusal(
          fmt::format("the secret {} is missing or is not the key of the log {}; put the right one back, or make a new "
                      "log of this database: "
                      "assay backup, then assay restore",
                      kLogKeyName, origin.verifier_key));
    }
    auto newest = newest_signed(verifier_of(*signer));
    return {.signer = std::move(*signer), .newest = std::move(newest)};
  }

  /// The largest checkpoint by that key in the head file and the database, all of which must be of the log's tree.
  std::optional<SignedTree> newest_signed(const merkle::VerifierKey& verifier) const {
    std::optional<SignedTree> newest;
    const auto consider = [&](const std::string& note) {
      const auto checkpoint = merkle::open_checkpoint(note, {&verifier, 1});
      if (!checkpoint) return;
      require_in_store(checkpoint->tree);
      if (!newest || newest->tree.size < checkpoint->tree.size) newest = {.tree = checkpoint->tree, .note = note};
    };
    for (const auto& note : with_.head_file.read()) {
      require_of_this_log(note, verifier.name);
      consider(note);
    }
    const bool has_head = newest.has_value();
    consider(with_.store.read_newest_checkpoint());
    if (newest && !has_head) {
      throw Refusal(
          fmt::format("{} is lost, so that nobody can tell whether the audit database is the newest; put it back "
                      "(audit.head_path says where it is looked for), or make a new log of this database: assay "
                      "backup, then assay restore",
                      with_.head_file.path().string()));
    }
    return newest;
  }

  void require_of_this_log(const std::string& note, const std::string& origin) const {
    const auto checkpoint = read_unverified(note);
    if (!checkpoint || checkpoint->origin == origin) return;
    throw Refusal(fmt::format("{} is of the log {}, but the audit database is of {}: {}",
                              with_.head_file.path().string(), checkpoint->origin, origin, kWayOn));
  }

  void require_in_store(const merkle::TreeHead& tree) const {
    const auto stored = with_.store.head();
    if (stored.size < tree.size) {
      throw Refusal(
          fmt::format("the audit database is older than the log's head {}: {} entries were signed, {} are there; {}",
                      with_.head_file.path().string(), tree.size, stored.size, kWayOn));
    }
    const auto reader = with_.store.open_reader();
    if (TreeReader(*reader, tree.size).root() == tree.root) return;
    throw Refusal(
        fmt::format("the audit database is not the one whose {} entries were signed, as the log's head {} says; {}",
                    tree.size, with_.head_file.path().string(), kWayOn));
  }

  Awaitable<OpenedLog> open_restored() {
    auto signer = find_signer(content_of(with_.restored_mark));
    if (!signer) {
      signer = new_signer();
      replace_private_file(with_.restored_mark, verifier_of(*signer).to_string());
      with_.secrets.put(kLogKeyName, signer->key.seed());
    }
    const auto verifier_key = verifier_of(*signer).to_string();
    const auto origins = with_.store.read_origins();
    if (origins.empty() || origins.back().verifier_key != verifier_key) {
      const auto size = with_.store.head().size;
      co_await with_.store.begin_origin({.verifier_key = verifier_key, .first_size = size},
                                        restore_record(size, origins));
    }
    auto newest = signer->sign(with_.store.head());
    // Both places: nothing of the old log may be left.
    with_.head_file.write(newest.note, {});
    with_.head_file.write(newest.note, newest.note);
    co_await with_.store.keep_checkpoint(newest.tree.size, newest.note);
    std::filesystem::remove(with_.restored_mark);
    make_durable(with_.restored_mark.parent_path());
    co_return OpenedLog{.signer = std::move(*signer), .newest = std::move(newest)};
  }

  /// What the log goes on from: the newest checkpoint that is known here, of whichever name.
  std::vector<NewRecord> restore_record(std::uint64_t size, const std::vector<LogOrigin>& origins) {
    std::string last = with_.store.read_newest_checkpoint();
    for (const auto& note : with_.head_file.read()) {
      const auto known = read_unverified(last);
      const auto other = read_unverified(note);
      if (other && (!known || known->origin != other->origin || known->tree.size < other->tree.size)) last = note;
    }
    json::object what{{"size", size}};
    if (const auto checkpoint = read_unverified(last)) {
      what["origin"] = checkpoint->origin;
      what["checkpoint"] = last;
    } else if (!origins.empty()) {
      what["origin"] = merkle::VerifierKey::parse(origins.back().verifier_key).value().name;
    }
    std::vector<NewRecord> records;
    records.push_back({.id = Uuid::generate_ordered(with_.random, with_.clock.now()),
                       .source_system_name = std::string(kAuditSource),
                       .resource = Resource{.type = "log", .id = canonical_json(what), .operation = "restore"},
                       .actor = with_.restorer,
                       .operation_id = {},
                       .patient_id = std::nullopt,
                       .outcome = std::nullopt});
    return records;
  }

  LogOpening with_;
};

}  // namespace

SignedTree LogSigner::sign(const merkle::TreeHead& tree) const {
  return {.tree = tree,
          .note = merkle::sign_checkpoint({.origin = origin, .tree = tree, .extensions = {}}, key).to_string()};
}

Awaitable<OpenedLog> open_log(LogOpening opening) {
  Opener opener(std::move(opening));
  co_return co_await opener.open();
}

}  // namespace assay::audit
