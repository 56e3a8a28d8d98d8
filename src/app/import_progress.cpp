#include "app/import_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/private_file.hpp"

namespace assay::app {

namespace {

std::optional<std::size_t> number_of(const json::object& saved, std::string_view member) {
  const auto* number = saved.if_contains(member);
  if (number == nullptr || !number->is_int64() || number->get_int64() < 0) return std::nullopt;
  return static_cast<std::size_t>(number->get_int64());
}

}  // namespace

ImportProgress::ImportProgress(const std::filesystem::path& file, std::string url, bool keep_ids)
    : progress_file_(std::filesystem::path(file).concat(".progress")),
      digest_(to_hex(sha256_of_file(file))),
      url_(std::move(url)),
      keep_ids_(keep_ids) {
  std::ifstream input(progress_file_);
  if (!input) return;
  const std::string text(std::istreambuf_iterator<char>(input), {});
  const auto saved = parse_json(text);
  read(saved && saved->is_object() ? saved->get_object() : json::object());
}

void ImportProgress::read(const json::object& saved) {
  require_same(saved, "sha256", json::value(digest_), "another content of the file");
  require_same(saved, "url", json::value(url_), "an import into another register");
  require_same(saved, "keepIds", json::value(keep_ids_),
               keep_ids_ ? "an import without --keep-ids" : "an import with --keep-ids");
  const auto lines = number_of(saved, "lines");
  const auto refused = number_of(saved, "refused");
  if (!lines || !refused) {
    throw Refusal(fmt::format("{} is damaged; remove it to import from the first line", progress_file_.string()));
  }
  settled_until_ = highest_settled_ = *lines;
  refused_ = *refused;
}

void ImportProgress::require_same(const json::object& saved, std::string_view member, const json::value& own,
                                  std::string_view what) const {
  const auto* value = saved.if_contains(member);
  if (value != nullptr && *value == own) return;
  throw Refusal(fmt::format(
      "{} belongs to {}; remove it to import from the first line: what was imported into the same register within "
      "24 hours and has not changed is skipped",
      progress_file_.string(), what));
}

void ImportProgress::settle(std::size_t line) {
  open_.erase(line);
  highest_settled_ = std::max(highest_settled_, line);
  settled_until_ = open_.empty() ? highest_settled_ : *open_.begin() - 1;
  const auto end = refused_lines_.upper_bound(settled_until_);
  refused_ += static_cast<std::size_t>(std::distance(refused_lines_.begin(), end));
  refused_lines_.erase(refused_lines_.begin(), end);
}

json::object ImportProgress::to_json() const {
  return {{"sha256", digest_}, {"url", url_}, {"keepIds", keep_ids_}, {"lines", settled_until_}, {"refused", refused_}};
}

void ImportProgress::save() const {
  if (settled_until_ == 0) return;
  const auto unfinished = std::filesystem::path(progress_file_).concat(".unfinished");
  std::filesystem::remove(unfinished);
  write_private_file(unfinished, json::serialize(to_json()) + "\n");
  std::filesystem::rename(unfinished, progress_file_);
}

}  // namespace assay::app
