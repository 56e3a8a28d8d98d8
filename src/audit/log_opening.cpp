#include "audit/log_opening.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "audit/log_record.hpp"
#include "audit/tree_reader.hpp"
#include "base/bytes.hpp"
#include "base/private_file.hpp"
#include "merkle/note.hpp"

namespace assay::audit {

namespace {

/// For a database that lacks the newest records and contradicts nothing that was signed.
constexpr std::string_view kWayOn =
    "put the newest database back; or go on with this one as a restored one: assay backup, then assay restore, which "
    "begins a log of a new name that tells of it (where the patients' database is newer, assay backup takes neither: "
    "put back a patients' database of the same time, or restore one backup of both)";
/// For a database that is not what was signed: made into a restored one, it would be signed as if it were.
constexpr std::string_view kWayBack =
    "keep this one to find out who changed it, and put the right one back, or restore a backup of it";

std::string content_of(const std::filesystem::path& file) {
  std::ifstream input(file);
  return {std::istreambuf_iterator<char>(input), {}};
}

class Opener {
 public:
  explicit Opener(LogOpening opening) : with_(std::move(opening)) {}

  Awaitable<OpenedLog> open() {
    if (std::filesystem::exists(with_.restored_mark)) co_return co_await open_restored();
    if (with_.store.read_origins().empty()) co_await begin_first();
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
    auto origin = fmt::format("{}/{}", with_.origin_prefix, to_hex(digits));
    auto key = derive_log_key(with_.keys.front(), origin);
    return {.origin = std::move(origin), .key = std::move(key)};
  }

  /// The head comes before the name in the store, so that a store with a name and no head is one that lost it.
  Awaitable<void> begin_first() {
    require_no_past();
    const auto signer = new_signer();
    write_both_places(sign_head(signer).note);
    const auto no_record = [](std::uint64_t /*size*/) { return std::vector<NewRecord>(); };
    co_await with_.store.begin_origin(signer.verifier().to_string(), no_record);
  }

  SignedTree sign_head(const LogSigner& signer) const { return signer.sign(with_.store.head(), with_.clock.now()); }

  /// Nothing of another log may be left.
  void write_both_places(const std::string& note) {
    with_.head_file.write(note, {});
    with_.head_file.write(note, note);
  }

  /// A register has its log before its first record: one without a log that has records, checkpoints or a head over
  /// some lost it.
  void require_no_past() const {
    const auto records = with_.store.head().size;
    for (const auto& note : with_.head_file.read()) {
      const auto said = merkle::read_unverified(note);
      if (said && (said->tree.size > 0 || records > 0)) refuse_head_of(*said);
    }
    if (records == 0 && with_.store.read_newest_checkpoint().empty()) return;
    throw Refusal(
        fmt::format("the audit database has {} records, but the name and key of their log are lost, and there is no {} "
                    "(audit.head_path says where it is looked for); {}",
                    records, with_.head_file.path().string(), kWayBack));
  }

  [[noreturn]] void refuse_head_of(const merkle::Checkpoint& said) const {
    throw Refusal(
        fmt::format("{} says that {} entries of the log {} were signed, but the audit database is of no log: {}",
                    with_.head_file.path().string(), said.tree.size, said.origin,
                    with_.store.head().size < said.tree.size ? kWayOn : kWayBack));
  }

  OpenedLog open_again() {
    const auto origins = with_.store.read_origins();
    const auto& verifier_key = origins.back().verifier_key;
    auto signer = find_signer(with_.keys, verifier_key);
    if (!signer) {
      throw Refusal(
          fmt::format("the secret {} is not the one of which the log {} was signed; put the right one back, or make a "
                      "new log of this database: assay backup, then assay restore",
                      kLogKeyName, verifier_key));
    }
    signer->former = find_former(origins, signer->origin);
    auto newest = newest_signed(origins, signer->origin);
    return {.signer = std::move(*signer), .newest = std::move(newest)};
  }

  /// The key before the one in force, where a rotation replaced it and its overlap is not over.
  std::optional<FormerKey> find_former(const std::vector<LogOrigin>& origins, const std::string& name) const {
    const auto& in_force = origins.back();
    if (origins.size() < 2 || !in_force.begun) return std::nullopt;
    auto before = find_signer(with_.keys, origins[origins.size() - 2].verifier_key);
    const auto until = *in_force.begun + with_.key_overlap;
    if (!before || before->origin != name || until <= with_.clock.now()) return std::nullopt;
    return FormerKey{.key = std::move(before->key), .until = until, .last_size = in_force.first_size};
  }

  /// The largest checkpoint of that log in the head file and the database, all of which must be of the log's tree.
  SignedTree newest_signed(const std::vector<LogOrigin>& origins, const std::string& name) const {
    std::optional<SignedTree> newest;
    const auto consider = [&](const std::string& note) {
      const auto said = merkle::read_unverified(note);
      if (!said || said->origin != name) return;
      const auto keys = keys_in_force(origins, name, said->tree.size);
      if (!merkle::open_checkpoint(note, keys)) return refuse_if_newer(*said, note, keys);
      require_in_store(said->tree);
      if (!newest || newest->tree.size < said->tree.size) newest = {.tree = said->tree, .note = note};
    };
    for (const auto& note : with_.head_file.read()) {
      require_of_this_log(note, name);
      consider(note);
    }
    const bool has_head = newest.has_value();
    consider(with_.store.read_newest_checkpoint());
    if (!has_head) refuse_without_head(newest.has_value());
    return *newest;
  }

  /// Of a database from before a rotation the head has a key that it doesn't know.
  void refuse_if_newer(const merkle::Checkpoint& said, const std::string& note,
                       const std::vector<merkle::VerifierKey>& keys) const {
    const auto is_known = [&](const merkle::NoteSignature& signature) {
      return std::ranges::find(keys, signature.key_id, &merkle::VerifierKey::id) != keys.end();
    };
    const bool is_by_others = std::ranges::none_of(merkle::Note::parse(note)->signatures, is_known);
    if (is_by_others && with_.store.head().size < said.tree.size) require_in_store(said.tree);
  }

  [[noreturn]] void refuse_without_head(bool has_checkpoint) const {
    const auto lost = fmt::format(
        "{} is lost, so that nobody can tell whether the audit database is the newest; put it back (audit.head_path "
        "says where it is looked for)",
        with_.head_file.path().string());
    if (has_checkpoint) {
      throw Refusal(lost + ", or make a new log of this database: assay backup, then assay restore");
    }
    throw Refusal(
        fmt::format("{}; the database has no checkpoint of its log either, so that nothing shows that it is what was "
                    "signed: {}",
                    lost, kWayBack));
  }

  void require_of_this_log(const std::string& note, const std::string& origin) const {
    const auto checkpoint = merkle::read_unverified(note);
    if (!checkpoint || checkpoint->origin == origin) return;
    throw Refusal(fmt::format("{} is of the log {}, but the audit database is of {}: {}",
                              with_.head_file.path().string(), checkpoint->origin, origin, kWayBack));
  }

  void require_in_store(const merkle::TreeHead& tree) const {
    const auto stored = with_.store.head();
    if (stored.size < tree.size) {
      throw Refusal(
          fmt::format("the audit database is older than the log's head {}: {} entries were signed, {} are there; {}",
                      with_.head_file.path().string(), tree.size, stored.size, kWayOn));
    }
    require_root(tree);
  }

  void require_root(const merkle::TreeHead& tree) const {
    const auto reader = with_.store.open_reader();
    if (TreeReader(*reader, tree.size).root() == tree.root) return;
    throw Refusal(
        fmt::format("the audit database is not the one whose {} entries were signed, as the log's head {} or its own "
                    "newest checkpoint says; {}",
                    tree.size, with_.head_file.path().string(), kWayBack));
  }

  Awaitable<OpenedLog> open_restored() {
    const auto origins = with_.store.read_origins();
    auto signer = find_begun_anew(origins);
    if (!signer) {
      require_restorable(origins);
      signer = new_signer();
      replace_private_file(with_.restored_mark, sign_head(*signer).note);
      co_await with_.store.begin_origin(signer->verifier().to_string(), [&](std::uint64_t size) {
        return std::vector<NewRecord>{restore_record(size, origins)};
      });
    }
    auto newest = sign_head(*signer);
    write_both_places(newest.note);
    co_await with_.store.keep_checkpoint(newest.tree.size, newest.note);
    std::filesystem::remove(with_.restored_mark);
    make_durable(with_.restored_mark.parent_path());
    co_return OpenedLog{.signer = std::move(*signer), .newest = std::move(newest)};
  }

  /// The signer of a log that a start on this restored database has begun, before it was broken off. Who can write the
  /// mark can't sign: no log shows a checkpoint of the size that it begins with, unless that is nothing.
  std::optional<LogSigner> find_begun_anew(const std::vector<LogOrigin>& origins) const {
    if (origins.empty() || origins.back().first_size == 0) return std::nullopt;
    auto signer = find_signer(with_.keys, origins.back().verifier_key);
    if (!signer) return std::nullopt;
    const auto verifier = signer->verifier();
    const auto begun = merkle::open_checkpoint(content_of(with_.restored_mark), {&verifier, 1});
    const auto size = origins.back().first_size;
    if (!begun || begun->tree.size != size || with_.store.head().size != size + 1) return std::nullopt;
    require_agreement(size, signer->origin);
    return signer;
  }

  /// A backup may lack records, but not contradict what was signed.
  void require_restorable(const std::vector<LogOrigin>& origins) const {
    require_agreement(with_.store.head().size, {});
    const auto is_checkpoint = [](const std::string& note) { return merkle::read_unverified(note).has_value(); };
    const bool has_head = std::ranges::any_of(with_.head_file.read(), is_checkpoint);
    if (has_head || !with_.store.read_newest_checkpoint().empty()) return;
    if (origins.empty()) return require_no_past();
    refuse_without_head(false);
  }

  /// Holds what is known to be signed of the first `size` records against them, and all that was under the own name.
  void require_agreement(std::uint64_t size, std::string_view own) const {
    auto notes = with_.head_file.read();
    notes.push_back(with_.store.read_newest_checkpoint());
    for (const auto& note : notes) {
      const auto said = merkle::read_unverified(note);
      if (!said) continue;
      if (said->origin == own) {
        require_in_store(said->tree);
      } else if (said->tree.size <= size) {
        require_root(said->tree);
      }
    }
  }

  /// What the log goes on from: the newest checkpoint that is known here, of whichever name.
  NewRecord restore_record(std::uint64_t size, const std::vector<LogOrigin>& origins) {
    std::string last = with_.store.read_newest_checkpoint();
    for (const auto& note : with_.head_file.read()) {
      const auto known = merkle::read_unverified(last);
      const auto other = merkle::read_unverified(note);
      if (other && (!known || known->origin != other->origin || known->tree.size < other->tree.size)) last = note;
    }
    json::object what{{"size", size}};
    if (const auto checkpoint = merkle::read_unverified(last)) {
      what["origin"] = checkpoint->origin;
      what["checkpoint"] = last;
    } else if (!origins.empty()) {
      what["origin"] = merkle::VerifierKey::parse(origins.back().verifier_key).value().name;
    }
    return log_record("restore", what, with_.restorer, with_.random, with_.clock);
  }

  LogOpening with_;
};

}  // namespace

Awaitable<OpenedLog> open_log(LogOpening opening) {
  Opener opener(std::move(opening));
  co_return co_await opener.open();
}

}  // namespace assay::audit
