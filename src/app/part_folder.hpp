#pragma once

#include <filesystem>
#include <string_view>

namespace assay::app {

/// Makes the data directory (mode 0700) if it isn't there; throws Refusal when it can't be used or others may
/// read it. Returns its absolute path.
std::filesystem::path open_data_directory(const std::filesystem::path& directory);

/// A part's own folder in the data directory, held by this process alone while the object lives.
class PartFolder {
 public:
  /// Throws Refusal with a sentence when another process has it.
  PartFolder(const std::filesystem::path& data_directory, std::string_view part);
  ~PartFolder();
  PartFolder(PartFolder&& other) noexcept;
  PartFolder& operator=(PartFolder&&) = delete;
  PartFolder(const PartFolder&) = delete;
  PartFolder& operator=(const PartFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path database() const;
  std::filesystem::path reserve() const { return path_ / "reserve"; }
  /// Where the audit part keeps the newest checkpoint, unless a setting names another place.
  std::filesystem::path log_head() const { return path_ / "log.head"; }
  /// What a restore leaves for the next start of the audit part: the name of the folder with what it replaced.
  std::filesystem::path restored_mark() const { return path_ / "restored"; }
  /// Which versions of secrets the audit part has told the register of.
  std::filesystem::path recorded_secrets() const { return path_ / "recorded-secrets"; }
  std::filesystem::path operator_socket() const { return path_ / kOperatorSocket; }

  static constexpr std::string_view kOperatorSocket = "operator.sock";

  /// Where a part's database is, whether or not it exists.
  static std::filesystem::path database_of(const std::filesystem::path& data_directory, std::string_view part);
  /// Whether another process holds the part's folder now.
  static bool is_in_use(const std::filesystem::path& data_directory, std::string_view part);

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace assay::app
