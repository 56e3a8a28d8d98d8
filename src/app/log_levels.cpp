#include "app/log_levels.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "http/answer.hpp"

namespace assay::app {

namespace {

struct Change {
  telemetry::Level level = telemetry::Level::kInfo;
  std::string part;
};

std::string text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::optional<Change> read_change(std::string_view body) {
  const auto parsed = parse_json(body);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  const auto level = telemetry::parse_level(text_member(*object, "level"));
  if (!level) return std::nullopt;
  return Change{.level = *level, .part = text_member(*object, "part")};
}

bool has_part(const telemetry::Log& log, const std::string& part) {
  const auto levels = log.levels();
  return part.empty() ||
         std::ranges::find(levels, part, &std::pair<std::string, telemetry::Level>::first) != levels.end();
}

http::Response refuse(const http::Request& request, int status, std::string_view why) {
  return http::answer({.status = status, .detail = std::string(why)}, http::ErrorForm::kGateway, request.headers);
}

http::Response tell(const telemetry::Log& log) {
  json::object levels;
  for (const auto& [part, level] : log.levels()) levels[part] = telemetry::to_string(level);
  return http::respond(200, json::serialize(levels));
}

}  // namespace

http::Response answer_log_levels(const telemetry::Log& log, const http::Request& request) {
  if (request.method == http::Method::kGet) return tell(log);
  if (request.method != http::Method::kPut) return refuse(request, 405, "Method not allowed");
  const auto change = read_change(request.body);
  if (!change) return refuse(request, 400, "A level is debug, info, warning or error.");
  if (!has_part(log, change->part)) return refuse(request, 404, "This process has no such part.");
  const auto say = [&log, &change] {
    log.warning("an operator changes the level of the log",
                {{"of", std::string_view(change->part)}, {"to", telemetry::to_string(change->level)}});
  };
  // Before the change where that lets it be seen: whoever reads the log later must know why lines are missing.
  const bool was_said = log.writes(telemetry::Level::kWarning);
  if (was_said) say();
  log.set_level(change->part, change->level);
  if (!was_said) say();
  return tell(log);
}

}  // namespace assay::app
