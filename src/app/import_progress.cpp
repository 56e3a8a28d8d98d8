#include "app/import_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/private_file.hpp"

namespace assay::app {

ImportProgress::ImportProgress(const std::filesystem::path& file)
    : progress_file_(std::filesystem::path(file).concat(".progress")), digest_(to_hex(sha256_of_file(file))) {
  std::ifstream input(progress_file_);
  if (!input) return;
  const std::string text(std::istreambuf_iterator<char>(input), {});
  const auto saved = parse_json(text);
  const auto* object = saved ? saved->if_object() : nullptr;
  const auto* digest = object != nullptr ? object->if_contains("sha256") : nullptr;
  const auto* lines = object != nullptr ? object->if_contains("lines") : nullptr;
  if (digest == nullptr || lines == nullptr || !lines->is_int64() || *digest != json::value(digest_)) {
    throw Refusal(fmt::format("{} belongs to another content of the file; remove it to import from the first line",
                              progress_file_.string()));
  }
  settled_until_ = highest_settled_ = static_cast<std::size_t>(lines->get_int64());
}

void ImportProgress::settle(std::size_t line) {
  open_.erase(line);
  highest_settled_ = std::max(highest_settled_, line);
  settled_until_ = open_.empty() ? highest_settled_ : *open_.begin() - 1;
}

void ImportProgress::save() const {
  const auto unfinished = std::filesystem::path(progress_file_).concat(".unfinished");
  std::filesystem::remove(unfinished);
  write_private_file(unfinished, json::serialize(json::object{{"sha256", digest_}, {"lines", settled_until_}}) + "\n");
  std::filesystem::rename(unfinished, progress_file_);
}

}  // namespace assay::app
