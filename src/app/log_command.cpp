#include "app/log_command.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "app/check.hpp"
#include "app/log_levels.hpp"
#include "app/operator_call.hpp"
#include "app/part_folder.hpp"
#include "app/terminal_text.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "http/client.hpp"

namespace assay::app {

namespace {

http::Request request_of(const LogLevelChange& change) {
  http::Request request;
  request.target = kLogLevelsPath;
  if (change.level.empty()) return request;
  request.method = http::Method::kPut;
  request.headers.add("Content-Type", "application/json");
  request.body = json::serialize(json::object{{"level", change.level}, {"part", change.part}});
  return request;
}

/// Nothing when the process has no such part.
std::optional<json::value> ask(const std::filesystem::path& data_directory, std::string_view part,
                               const LogLevelChange& change) {
  const http::Client door(data_directory / part / PartFolder::kOperatorSocket);
  try {
    const auto response = http::send_and_wait(door, request_of(change));
    if (response.status == 404) return std::nullopt;
    return answer_of(part, response);
  } catch (const Unavailable& fault) {
    throw Refusal(fmt::format("the {} part in {} doesn't answer: {}", part, data_directory.string(), fault.what()));
  }
}

/// By part; those of one process tell the same.
std::map<std::string, std::string> ask_all(const std::filesystem::path& data_directory, const LogLevelChange& change) {
  std::map<std::string, std::string> levels;
  bool is_running = false;
  for (const auto part : kPartsInSnapshotOrder) {
    // One process that has been asked has told of all its parts.
    if (levels.contains(std::string(part)) || !PartFolder::is_in_use(data_directory, part)) continue;
    is_running = true;
    const auto told = ask(data_directory, part, change);
    if (!told || !told->is_object()) continue;
    for (const auto& [name, level] : told->get_object()) {
      levels[std::string(name)] = level.is_string() ? std::string(level.get_string()) : std::string();
    }
  }
  if (!is_running) {
    throw Refusal(fmt::format("no part runs on {}; logs.level is what the next start takes", data_directory.string()));
  }
  return levels;
}

}  // namespace

int show_log_levels(const std::filesystem::path& data_directory, const LogLevelChange& change) {
  const auto levels = ask_all(data_directory, change);
  if (!change.part.empty() && !levels.contains(change.part)) {
    throw Refusal(fmt::format("no part named {} runs on {}", for_terminal(change.part), data_directory.string()));
  }
  for (const auto& [part, level] : levels) {
    if (change.part.empty() || change.part == part) fmt::print("{:<10} {}\n", for_terminal(part), for_terminal(level));
  }
  return 0;
}

}  // namespace assay::app
