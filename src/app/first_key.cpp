#include "app/first_key.hpp"

#include <utility>

#include "base/json.hpp"
#include "base/private_file.hpp"
#include "secrets/sensitive_json.hpp"

namespace assay::app {

namespace {

http::Request request_of(http::Method method, std::string target, std::string body) {
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

std::filesystem::path mark_in(const std::filesystem::path& data_directory) {
  return data_directory / "gateway" / "first-key-shown";
}

}  // namespace

void note_first_key_shown(const std::filesystem::path& data_directory) {
  if (!std::filesystem::exists(mark_in(data_directory))) write_private_file(mark_in(data_directory), "");
}

std::optional<SensitiveText> first_key(Foundation& foundation, const http::Handler& operator_handler,
                                       const std::filesystem::path& data_directory) {
  if (std::filesystem::exists(mark_in(data_directory))) return std::nullopt;
  const auto listed = foundation.wait_for(operator_handler(request_of(http::Method::kGet, "/subscriptions", "")));
  const auto subscriptions = parse_json(listed.body);
  if (!subscriptions || !subscriptions->is_array()) return std::nullopt;
  if (!subscriptions->get_array().empty()) {
    foundation.log.warning(
        "there are subscriptions already; if you have no key, run assay subscription regenerate first");
    note_first_key_shown(data_directory);
    return std::nullopt;
  }
  auto made =
      foundation.wait_for(operator_handler(request_of(http::Method::kPost, "/subscriptions", R"({"name":"first"})")));
  if (made.status != 201) throw Refusal("the first subscription could not be made: " + made.body);
  const auto subscription = secrets::parse_sensitive_json(SensitiveText(std::move(made.body)));
  return SensitiveText::copy_of(secrets::text_member(subscription, "primaryKey"));
}

}  // namespace assay::app
