#include "secrets/folder_provider.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace assay::secrets {

namespace {

constexpr std::string_view kPrevious = ".previous";

std::string previous_of(std::string_view name) { return fmt::format("{}{}", name, kPrevious); }

/// The file's number too: times are kept to a few milliseconds only. Empty when there is no such file.
std::string version_of(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return {};
  return fmt::format("{}.{:03}-{}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec / 1'000'000, status.st_ino);
}

std::string written_at(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return {};
  return to_iso8601(Timestamp(std::chrono::seconds(status.st_mtim.tv_sec)));
}

}  // namespace

FolderProvider::FolderProvider(const std::filesystem::path& folder) : folder_(folder), files_(folder) {}

std::string FolderProvider::place() const { return fmt::format("the folder {}", folder_.string()); }

Secret FolderProvider::read(std::string_view name) {
  Secret secret;
  // The version first: of a file that is exchanged in between, the next look takes the newer one.
  auto id = version_of(folder_ / name);
  secret.versions.push_back({.id = std::move(id), .value = files_.get(name)});
  const auto previous = previous_of(name);
  if (!files_.has(previous)) return secret;
  try {
    auto previous_id = version_of(folder_ / previous);
    secret.versions.push_back({.id = std::move(previous_id), .value = files_.get(previous)});
  } catch (const Refusal&) {
    // One that can't be read counts as none: it must not keep anybody from the newest.
  }
  return secret;
}

std::vector<std::string> FolderProvider::names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    auto name = entry.path().filename().string();
    if (entry.is_regular_file() && !name.ends_with(kPrevious)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

std::vector<VersionNote> FolderProvider::versions(std::string_view name) {
  std::vector<VersionNote> notes;
  for (const auto& file : {folder_ / name, folder_ / previous_of(name)}) {
    if (std::filesystem::exists(file)) {
      notes.push_back({.id = version_of(file), .created = written_at(file), .changed_by = {}});
    }
  }
  if (notes.empty()) throw Refusal(fmt::format("there is no {} in {}", name, place()));
  return notes;
}

std::string FolderProvider::write(std::string_view name, const SensitiveText& value, std::string_view /*changed_by*/) {
  if (files_.has(name)) {
    // A copy, so that the secret is there at any moment.
    const auto kept = folder_ / fmt::format("{}.new", previous_of(name));
    std::filesystem::remove(kept);
    std::filesystem::create_hard_link(folder_ / name, kept);
    std::filesystem::rename(kept, folder_ / previous_of(name));
    // Of two names of one file, as a write that was broken off leaves them, the rename keeps both.
    std::filesystem::remove(kept);
  }
  files_.put(name, value);
  return version_of(folder_ / name);
}

}  // namespace assay::secrets
