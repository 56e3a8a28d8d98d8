#include "app/audit_verify_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "app/backup.hpp"
#include "app/database_mark.hpp"
#include "app/log_head.hpp"
#include "app/part_folder.hpp"
#include "app/progress_bar.hpp"
#include "sqlite/audit_check.hpp"
#include "sqlite/connection.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kPart = "audit";
constexpr std::size_t kShownFaults = 20;
constexpr double kMegabyte = 1e6;
/// A running register shows what it signs before its database has it.
constexpr std::chrono::milliseconds kLongestWait{3'000};
constexpr std::chrono::milliseconds kBetweenLooks{20};

std::filesystem::path require_database(const std::filesystem::path& data_directory) {
  refuse_half_restored(data_directory);
  auto database = PartFolder::database_of(data_directory, kPart);
  DatabaseMark::require(database);
  if (!std::filesystem::exists(database)) {
    throw Refusal(fmt::format("there is no audit register in {}", data_directory.string()));
  }
  return database;
}

/// Lets a running register store the newest that it has signed.
void wait_until_stored(const std::filesystem::path& data_directory, const std::filesystem::path& database,
                       const std::vector<sqlite::KeptNote>& notes) {
  boost::asio::io_context context(1);
  boost::asio::steady_timer timer(context);
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  const auto is_stored = [&database](const auto& kept) { return sqlite::has_checkpoint(database, kept); };
  while (PartFolder::is_in_use(data_directory, kPart) && !std::ranges::all_of(notes, is_stored) &&
         std::chrono::steady_clock::now() < deadline) {
    // What another process writes can't be waited for with a bound.
    timer.expires_after(kBetweenLooks);
    timer.wait();
  }
}

sqlite::AuditEvidence to_evidence(const LogHead& head, const RegisterEvidence& given) {
  sqlite::AuditEvidence evidence{.notes = head.notes(),
                                 .stored_notes = head.is_before_restored() ? 0 : head.notes().size(),
                                 .keys = given.keys,
                                 .must_be_signed = true};
  for (const auto& kept : given.checkpoints) {
    evidence.notes.push_back(
        {.name = fmt::format("The checkpoint in {}", kept.file), .size = kept.checkpoint.tree.size, .note = kept.note});
  }
  return evidence;
}

void print_faults(const std::vector<std::string>& faults) {
  const bool is_cut = faults.size() >= sqlite::kMostAuditFaults;
  print_line("Verdict",
             fmt::format("{}{} fault{}", is_cut ? "broken off at " : "", faults.size(), faults.size() == 1 ? "" : "s"));
  const auto shown = std::min(faults.size(), kShownFaults);
  for (std::size_t i = 0; i < shown; ++i) print_fault(faults[i]);
  if (shown < faults.size()) print_fault(fmt::format("… and {} more", faults.size() - shown));
}

/// How many records are lost is known as far as a checkpoint tells.
void print_restore(const sqlite::AuditRestore& restore) {
  std::string before = "from an unsigned register";
  if (restore.checkpoint) {
    const auto size = restore.checkpoint->tree.size;
    const auto lost = size > restore.index ? size - restore.index : 0;
    before = fmt::format("from the log {}, last known with {} records, of which {} {} lost", restore.origin, size, lost,
                         lost == 1 ? "is" : "are");
  } else if (!restore.origin.empty()) {
    before = fmt::format("from the log {}; how many records are lost is not known", restore.origin);
  }
  print_line("Restored", fmt::format("at record {}, {}", restore.index, before));
}

/// Records of which nothing shows that they are as they were stored. Of a running register the next checkpoint does.
std::uint64_t count_unsigned(const sqlite::AuditFindings& found, const LogHead& head, bool is_running) {
  if (is_running || head.is_before_restored() || head.notes().empty()) return 0;
  const auto newest = std::ranges::max(head.notes(), {}, &sqlite::KeptNote::size).size;
  return found.records > newest ? found.records - newest : 0;
}

void print_summary(const sqlite::AuditFindings& found, const LogHead& head, std::uint64_t unsigned_ones) {
  const auto seconds = std::chrono::duration<double>(found.effort.elapsed).count();
  print_line("Records", fmt::format("{}, of which {} erased", found.records, found.erased));
  print_line("Patients", fmt::to_string(found.patients));
  print_line("Checkpoints", fmt::format("{} held against the tree, of {} log{}", found.checkpoints, found.logs,
                                        found.logs == 1 ? "" : "s"));
  for (const auto& restore : found.restores) print_restore(restore);
  for (const auto& rotation : found.rotations) {
    print_line("Rotated", fmt::format("at record {}, to the key {}", rotation.index, rotation.key));
  }
  if (unsigned_ones > 0) {
    print_line("Not signed", fmt::format("{} record{} behind the newest checkpoint; after a clean stop there is none",
                                         unsigned_ones, unsigned_ones == 1 ? "" : "s"));
  }
  print_line("Head", head.state());
  print_line("Took", fmt::format("{:.1f} s, {:.0f} MB/s", seconds,
                                 static_cast<double>(found.effort.bytes) / kMegabyte / std::max(seconds, 1e-9)));
  print_line("Bound by", found.effort.bound());
}

}  // namespace

int verify_register(const std::filesystem::path& data_directory, const RegisterEvidence& evidence) {
  const auto database = require_database(data_directory);
  const bool is_running = PartFolder::is_in_use(data_directory, kPart);
  // Read before the database is looked at, which then is no older.
  const LogHead head(data_directory, evidence.head_file);
  if (!head.is_before_restored()) wait_until_stored(data_directory, database, head.notes());
  sqlite::AuditFindings found;
  {
    ProgressBar bar("Verifying");
    found = sqlite::examine_audit(database, to_evidence(head, evidence), [&bar](std::uint64_t done, std::uint64_t all) {
      bar.show(static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(all, 1)),
               fmt::format("{} records", done));
    });
  }
  if (!head.fault().empty() && found.logs > 0) found.faults.push_back(head.fault());
  if (found.faults.empty()) {
    print_line("Verdict", found.logs > 0 ? "in order" : "in order, but no log has signed it yet");
  } else {
    print_faults(found.faults);
  }
  print_summary(found, head, count_unsigned(found, head, is_running));
  return found.faults.empty() ? kVerified : kFaulty;
}

}  // namespace assay::app
