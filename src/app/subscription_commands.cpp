#include "app/subscription_commands.hpp"

#include <fmt/format.h>

#include "app/backup.hpp"
#include "app/operator_call.hpp"
#include "base/json.hpp"

namespace assay::app {

namespace {

/// The gateway's answer, or a Refusal with its sentence.
json::value ask(const std::filesystem::path& data_directory, http::Method method, std::string target,
                const json::value& body = nullptr) {
  refuse_half_restored(data_directory);
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  if (!body.is_null()) request.body = json::serialize(body);
  return answer_of("gateway", call_gateway(data_directory, request));
}

std::string path_of(const std::string& name, std::string_view verb = "") {
  return "/subscriptions/" + http::percent_encode(name) + std::string(verb);
}

std::string_view text(const json::value& object, std::string_view member) { return object.at(member).as_string(); }

void print_json(const json::value& value) { fmt::print("{}\n", json::serialize(value)); }

std::string joined_scopes(const json::value& subscription) {
  std::string joined;
  for (const auto& scope : subscription.at("scopes").as_array()) {
    joined += joined.empty() ? "" : " ";
    joined += std::string_view(scope.as_string());
  }
  return joined;
}

}  // namespace

int create_subscription(const std::filesystem::path& data_directory, const std::string& name,
                        const std::vector<std::string>& scopes, OutputForm form) {
  json::object body{{"name", name}};
  if (!scopes.empty()) body["scopes"] = json::array(scopes.begin(), scopes.end());
  const auto made = ask(data_directory, http::Method::kPost, "/subscriptions", body);
  if (form == OutputForm::kJson) {
    print_json(
        {{"name", made.at("name")}, {"primaryKey", made.at("primaryKey")}, {"secondaryKey", made.at("secondaryKey")}});
  } else {
    fmt::print("Made {}. Its keys are shown only now:\nPrimary    {}\nSecondary  {}\n", name, text(made, "primaryKey"),
               text(made, "secondaryKey"));
  }
  return 0;
}

int list_subscriptions(const std::filesystem::path& data_directory, OutputForm form) {
  const auto subscriptions = ask(data_directory, http::Method::kGet, "/subscriptions");
  if (form == OutputForm::kJson) {
    print_json(subscriptions);
    return 0;
  }
  fmt::print("{:<24} {:<10} {:<12} {:<12} {:<25} {}\n", "NAME", "STATE", "PRIMARY", "SECONDARY", "CREATED", "SCOPES");
  for (const auto& each : subscriptions.as_array()) {
    fmt::print("{:<24} {:<10} {:<12} {:<12} {:<25} {}\n", text(each, "name"), text(each, "state"),
               text(each, "primaryKeyPrefix"), text(each, "secondaryKeyPrefix"), text(each, "createdDate"),
               joined_scopes(each));
  }
  return 0;
}

int regenerate_key(const std::filesystem::path& data_directory, const std::string& name, const std::string& key,
                   OutputForm form) {
  const auto made = ask(data_directory, http::Method::kPost, path_of(name, "/regenerate"), json::object{{"key", key}});
  if (form == OutputForm::kJson) {
    print_json({{"name", made.at("name")}, {"key", made.at("key")}});
  } else {
    fmt::print("The new {} key of {}, shown only now:\n{}\n", key, name, text(made, "key"));
  }
  return 0;
}

int change_subscription(const std::filesystem::path& data_directory, const std::string& name, const std::string& verb,
                        OutputForm form) {
  json::value changed;
  if (verb == "delete") {
    ask(data_directory, http::Method::kDelete, path_of(name));
    changed = {{"name", name}, {"deleted", true}};
  } else {
    changed = ask(data_directory, http::Method::kPost, path_of(name, "/" + verb));
  }
  if (form == OutputForm::kJson) {
    print_json(changed);
  } else {
    fmt::print("Done: {} {}.\n", verb, name);
  }
  return 0;
}

}  // namespace assay::app
