#include "app/log_head.hpp"

#include <fmt/format.h>

#include "audit/head_file.hpp"
#include "merkle/checkpoint.hpp"

namespace assay::app {

LogHead::LogHead(const std::filesystem::path& data_directory, const std::filesystem::path& file)
    : file_(file.empty() ? data_directory / "audit" / "log.head" : file),
      is_before_restored_(std::filesystem::exists(data_directory / "audit" / "restored")),
      state_(file_.string()) {
  const auto places = audit::HeadFile(file_).read();
  for (const auto& place : places) read_place(place);
  if (is_before_restored_) {
    state_ = "a backup was restored, of which the next start begins a log of a new name";
  } else if (places.empty()) {
    fault_ = fmt::format("There is no {}: the log's head is lost, or audit.head_path names another file.", state_);
    state_ = fmt::format("there is no {}", file_.string());
  } else if (notes_.empty()) {
    fault_ = fmt::format("{} holds no checkpoint.", state_);
  }
}

void LogHead::read_place(const std::string& place) {
  const auto checkpoint = merkle::read_unverified(place);
  if (!checkpoint) return;
  if (!notes_.empty() && notes_.front().note == place) return;
  notes_.push_back({.name = fmt::format("The checkpoint in {}", file_.string()),
                    .size = checkpoint->tree.size,
                    .note = place,
                    .is_from_before_restore = is_before_restored_});
}

sqlite::AuditEvidence LogHead::evidence_for_copy() const {
  sqlite::AuditEvidence evidence{.notes = notes_, .stored_notes = 0, .keys = {}, .must_be_signed = true};
  for (auto& note : evidence.notes) note.is_from_before_restore = true;
  return evidence;
}

}  // namespace assay::app
