#include "app/status.hpp"

#include <fmt/format.h>

#include "app/check.hpp"
#include "app/part_folder.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "http/client.hpp"

namespace assay::app {

namespace {

std::string text_member(const json::value& object, std::string_view name) {
  const auto* member = object.is_object() ? object.get_object().if_contains(name) : nullptr;
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

json::value health_of(const std::filesystem::path& data_directory, std::string_view part) {
  if (!PartFolder::is_in_use(data_directory, part)) return {{"status", "stopped"}};
  const http::Client door(data_directory / part / PartFolder::kOperatorSocket);
  http::Request request;
  request.target = "/health";
  try {
    return parse_json(http::send_and_wait(door, std::move(request)).body).value_or(nullptr);
  } catch (const OutcomeUnknown&) {
    return {{"status", "unavailable"}, {"reason", "it does not answer"}};
  } catch (const Unavailable&) {
    return {{"status", "starting"}};
  }
}

bool print_part(const std::filesystem::path& data_directory, std::string_view part) {
  const auto health = health_of(data_directory, part);
  const auto status = text_member(health, "status");
  const auto reason = text_member(health, "reason");
  fmt::print("{:<10} {}\n", part, reason.empty() ? status : fmt::format("{:<12} {}", status, reason));
  return status == "ready";
}

}  // namespace

int print_status(const std::filesystem::path& data_directory) {
  bool all_ready = true;
  std::size_t parts = 0;
  for (const auto part : kPartsInSnapshotOrder) {
    if (!std::filesystem::exists(PartFolder::database_of(data_directory, part))) continue;
    ++parts;
    all_ready = print_part(data_directory, part) && all_ready;
  }
  if (parts == 0) throw Refusal(fmt::format("there is no register in {}", data_directory.string()));
  return all_ready ? 0 : 1;
}

}  // namespace assay::app
