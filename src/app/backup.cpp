#include "app/backup.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "app/check.hpp"
#include "app/database_mark.hpp"
#include "app/first_key.hpp"
#include "app/log_head.hpp"
#include "app/part_folder.hpp"
#include "app/progress_bar.hpp"
#include "app/replaced_log.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/private_file.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/snapshot.hpp"

namespace assay::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "backup.json";

struct Copy {
  std::string part;
  fs::path file;
};

/// Removes what was begun unless it was finished.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(fs::path path) : path_(std::move(path)) {
    if (::mkdir(path_.c_str(), S_IRWXU) != 0) {
      throw Refusal(fmt::format("the folder {} can't be made; remove it if it is left over", path_.string()));
    }
  }
  ~UnfinishedFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  UnfinishedFolder(const UnfinishedFolder&) = delete;
  UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;

  const fs::path& path() const { return path_; }
  void finish(const fs::path& final_path) {
    fs::rename(path_, final_path);
    path_.clear();
  }

 private:
  fs::path path_;
};

std::string file_name(std::string_view part) { return std::string(part) + ".db"; }

void require_none(std::string_view what, const std::vector<std::string>& faults) {
  if (faults.empty()) return;
  throw Refusal(
      fmt::format("the copy of the {} is not in order: {} (one of {} faults)", what, faults.front(), faults.size()));
}

void require_in_order(const fs::path& folder, const std::vector<Copy>& copies, const LogHead& head) {
  const auto evidence = head.evidence_for_copy();
  for (const auto& copy : copies) require_none(copy.part + " database", check_part(copy.part, copy.file, evidence));
  require_none("records", check_records(folder / file_name("patients"), folder / file_name("audit")));
}

std::vector<Copy> copy_databases(const fs::path& data_directory, const fs::path& folder) {
  std::vector<Copy> copies;
  for (const auto part : kPartsInSnapshotOrder) {
    const auto database = PartFolder::database_of(data_directory, part);
    DatabaseMark::require(database);
    if (!fs::exists(database)) continue;
    ProgressBar bar(fmt::format("Copying {}", part));
    const auto file = folder / file_name(part);
    sqlite::copy_snapshot(database, file, [&bar](double done) { bar.show(done); });
    copies.push_back({.part = std::string(part), .file = file});
  }
  if (copies.empty()) throw Refusal(fmt::format("there is no register in {}", data_directory.string()));
  return copies;
}

json::object manifest_of(const std::vector<Copy>& copies) {
  json::array parts;
  for (const auto& copy : copies) {
    parts.push_back({{"name", copy.part},
                     {"file", copy.file.filename().string()},
                     {"bytes", fs::file_size(copy.file)},
                     {"sha256", to_hex(sha256_of_file(copy.file))}});
  }
  return {{"assay", ASSAY_VERSION}, {"createdDate", to_iso8601(SystemClock().now())}, {"parts", std::move(parts)}};
}

json::value read_manifest(const fs::path& folder) {
  std::ifstream file(folder / kManifest);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto manifest = parse_json(text);
  if (!manifest || !manifest->is_object())
    throw Refusal(fmt::format("{} is no backup: it has no {}", folder.string(), kManifest));
  return *manifest;
}

std::string_view text_of(const json::value& part, std::string_view name) {
  const auto* object = part.if_object();
  const auto* member = object != nullptr ? object->if_contains(name) : nullptr;
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

/// Throws Refusal unless the manifest's entry is one as `manifest_of` writes it, of a part that isn't in `earlier`.
void require_known(const json::value& entry, const std::vector<Copy>& earlier, const fs::path& folder) {
  const auto name = text_of(entry, "name");
  if (std::ranges::find(kPartsInSnapshotOrder, name) == std::ranges::end(kPartsInSnapshotOrder) ||
      text_of(entry, "file") != file_name(name) || std::ranges::find(earlier, name, &Copy::part) != earlier.end()) {
    throw Refusal(fmt::format("{} names a part or a file that no backup has", (folder / kManifest).string()));
  }
}

/// The parts of a backup whose files are as they were made.
std::vector<Copy> verified_copies(const fs::path& folder) {
  std::vector<Copy> copies;
  const auto manifest = read_manifest(folder);
  const auto* parts = manifest.get_object().if_contains("parts");
  const auto* entries = parts != nullptr ? parts->if_array() : nullptr;
  if (entries == nullptr || entries->empty()) {
    throw Refusal(fmt::format("{} is no backup: its {} names no parts", folder.string(), kManifest));
  }
  for (const auto& entry : *entries) {
    require_known(entry, copies, folder);
    const Copy copy{.part = std::string(text_of(entry, "name")), .file = folder / text_of(entry, "file")};
    if (to_hex(sha256_of_file(copy.file)) != text_of(entry, "sha256")) {
      throw Refusal(fmt::format("{} is not what was backed up: its SHA-256 differs", copy.file.string()));
    }
    copies.push_back(copy);
  }
  return copies;
}

fs::path unfinished(const fs::path& database) { return fs::path(database).concat(".unfinished"); }

void copy_beside(const fs::path& from, const fs::path& database) {
  fs::copy_file(from, unfinished(database), fs::copy_options::overwrite_existing);
  fs::permissions(unfinished(database), fs::perms::owner_read | fs::perms::owner_write);
  make_durable(unfinished(database));
}

/// Moves a database with its log into a folder of that name; false when there is none.
bool set_aside(const fs::path& database, const std::string& folder_name) {
  bool any = false;
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    const auto file = fs::path(database).concat(suffix);
    if (!fs::exists(file)) continue;
    const auto folder = database.parent_path() / folder_name;
    fs::create_directory(folder);
    fs::rename(file, folder / file.filename());
    any = true;
  }
  return any;
}

void put_in_place(const fs::path& database, const std::string& replaced) {
  if (set_aside(database, replaced)) {
    fmt::print("Kept what was there in {}\n", (database.parent_path() / replaced).string());
  }
  fs::rename(unfinished(database), database);
  make_durable(database.parent_path());
}

fs::path half_restored_mark(const fs::path& data_directory) { return data_directory / "restoring"; }

}  // namespace

int backup_register(const RegisterPlace& place, const fs::path& folder) {
  if (fs::exists(folder)) throw Refusal(fmt::format("{} exists; a backup makes a new folder", folder.string()));
  refuse_half_restored(place.data_directory);
  UnfinishedFolder begun(fs::path(folder).concat(".unfinished"));
  const auto copies = copy_databases(place.data_directory, begun.path());
  require_in_order(begun.path(), copies, LogHead(place.data_directory, place.head_file));
  write_private_file(begun.path() / kManifest, json::serialize(manifest_of(copies)) + "\n");
  for (const auto& copy : copies) make_durable(copy.file);
  make_durable(begun.path());
  begun.finish(folder);
  make_durable(fs::absolute(folder).parent_path());
  fmt::print("Backed up and verified: {}\n", folder.string());
  return 0;
}

int restore_register(const RegisterPlace& place, const fs::path& folder) {
  const auto copies = verified_copies(folder);
  require_in_order(folder, copies, LogHead(place.data_directory, place.head_file));
  const auto directory = open_data_directory(place.data_directory);
  std::vector<PartFolder> held;
  for (const auto& copy : copies) held.emplace_back(directory, copy.part);
  for (std::size_t i = 0; i < copies.size(); ++i) copy_beside(copies[i].file, held[i].database());
  const auto mark = half_restored_mark(directory);
  if (!fs::exists(mark)) write_private_file(mark, folder.string() + "\n");
  const auto replaced = "replaced-" + to_iso8601(SystemClock().now());
  for (const auto& part : held) {
    if (part.database() == PartFolder::database_of(directory, "audit")) note_restored(part, replaced);
    put_in_place(part.database(), replaced);
  }
  if (fs::exists(PartFolder::database_of(directory, "gateway"))) note_first_key_shown(directory);
  fs::remove(mark);
  make_durable(directory);
  fmt::print("Restored into {}\n", directory.string());
  return 0;
}

void refuse_half_restored(const fs::path& data_directory) {
  if (!fs::exists(half_restored_mark(data_directory))) return;
  throw Refusal(fmt::format("a restore into {} was broken off; run assay restore again before anything else",
                            data_directory.string()));
}

}  // namespace assay::app
