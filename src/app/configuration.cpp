#include "app/configuration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string.hpp>
#include <boost/url/parse.hpp>
#include <charconv>
#include <ranges>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "app/nearest.hpp"
#include "base/error.hpp"
#include "http/client_connection.hpp"
#include "http/https_call.hpp"
#include "merkle/verifier_key.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kEnvironmentPrefix = "ASSAY_";

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& key : configuration_keys()) names.emplace_back(key.name);
  return names;
}

void require_known(std::string_view name, std::string_view origin) {
  const auto known = known_names();
  if (std::ranges::find(known, name) != known.end()) return;
  throw Refusal(fmt::format("{}: there is no setting {}; did you mean {}?", origin, name, nearest(name, known)));
}

void require_known_section(std::string_view name, std::string_view origin) {
  std::vector<std::string> known;
  for (const auto& key : known_names()) {
    const auto dot = key.find('.');
    if (dot != std::string::npos) known.push_back(key.substr(0, dot));
  }
  if (std::ranges::find(known, name) != known.end()) return;
  throw Refusal(fmt::format("{}: there is no section [{}]; did you mean [{}]?", origin, name, nearest(name, known)));
}

std::string environment_name(std::string_view key) {
  std::string name(kEnvironmentPrefix);
  for (const char c : key) name += c == '.' ? "__" : std::string(1, static_cast<char>(std::toupper(c)));
  return name;
}

std::string toml_text(const toml::node& node, const std::string& origin, std::string_view name) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto number = node.value_exact<double>()) return fmt::format("{}", *number);
  if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
  throw Refusal(fmt::format("{}: {} must be a text, a number, true or false", origin, name));
}

using Settings = std::map<std::string, Configuration::Setting, std::less<>>;

void read_table(const toml::table& table, const std::string& prefix, const std::string& file, Settings& settings) {
  for (const auto& [key, node] : table) {
    const auto name = prefix + std::string(key.str());
    const auto origin = fmt::format("{}:{}", file, node.source().begin.line);
    if (const auto* section = node.as_table()) {
      require_known_section(name, origin);
      read_table(*section, name + ".", file, settings);
      continue;
    }
    require_known(name, origin);
    settings[name] = {.value = toml_text(node, origin, name), .origin = origin};
  }
}

/// Other programs' variables may begin alike; only a section's double underscore makes one ours.
void read_environment(const std::map<std::string, std::string>& environment, Settings& settings) {
  std::map<std::string, std::string_view> names;
  for (const auto& key : configuration_keys()) names.emplace(environment_name(key.name), key.name);
  const std::vector<std::string> variables(std::views::keys(names).begin(), std::views::keys(names).end());
  for (const auto& [variable, value] : environment) {
    const auto known = names.find(variable);
    const auto origin = "environment " + variable;
    if (known != names.end()) {
      settings[std::string(known->second)] = {.value = value, .origin = origin};
    } else if (variable.find("__") != std::string::npos) {
      throw Refusal(
          fmt::format("{}: there is no such setting; did you mean {}?", origin, nearest(variable, variables)));
    }
  }
}

bool is_loopback(const boost::urls::url_view& url) {
  if (url.host_type() == boost::urls::host_type::ipv4) return url.host_ipv4_address().is_loopback();
  if (url.host_type() == boost::urls::host_type::ipv6) return url.host_ipv6_address().is_loopback();
  return url.encoded_host() == "localhost";
}

/// What paths are added to.
std::string base_url(std::string_view text) {
  if (text.find_first_of("?#") != std::string_view::npos) {
    throw Refusal(fmt::format("{} must be a URL without a query or a fragment", text));
  }
  return http::origin_of(text);
}

void read_file(const std::filesystem::path& file, Settings& settings) {
  std::error_code ignored;
  if (::access(file.c_str(), R_OK) != 0 || std::filesystem::is_directory(file, ignored)) {
    throw Refusal(fmt::format("the configuration file {} can't be read", file.string()));
  }
  try {
    read_table(toml::parse_file(file.string()), "", file.string(), settings);
  } catch (const toml::parse_error& error) {
    throw Refusal(fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()));
  }
}

}  // namespace

Configuration Configuration::load(const ConfigurationSources& sources) {
  Configuration configuration;
  auto& settings = configuration.settings_;
  for (const auto& key : configuration_keys()) {
    settings[std::string(key.name)] = {.value = std::string(key.default_value), .origin = "default"};
  }
  for (const auto& [key, value] : sources.defaults) settings[key].value = value;
  if (sources.file) read_file(*sources.file, settings);
  read_environment(sources.environment, settings);
  for (const auto& [key, value] : sources.flags) settings[key] = {.value = value, .origin = "flag"};
  for (const auto& key : configuration_keys()) configuration.check(key);
  return configuration;
}

const Configuration::Setting& Configuration::setting(std::string_view key) const { return settings_.find(key)->second; }

const std::string& Configuration::text(std::string_view key) const { return setting(key).value; }

template <class Value>
Value Configuration::parsed(std::string_view key, Value (*parse)(std::string_view)) const {
  try {
    return parse(text(key));
  } catch (const Refusal& refusal) {
    throw Refusal(fmt::format("{} ({}): {}", key, setting(key).origin, refusal.what()));
  }
}

http::TcpAddress Configuration::address(std::string_view key) const { return parsed(key, &http::TcpAddress::parse); }

double Configuration::ratio(std::string_view key) const {
  double ratio = 0;
  const auto& value = text(key);
  std::from_chars(value.data(), value.data() + value.size(), ratio);
  return ratio;
}

std::size_t Configuration::number(std::string_view key) const {
  std::size_t number = 0;
  const auto& value = text(key);
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

void Configuration::check(const ConfigurationKey& key) const {
  if (text(key.name).empty()) {
    if (key.default_value.empty()) return;
    throw Refusal(fmt::format("{} ({}) must not be empty", key.name, setting(key.name).origin));
  }
  using enum ConfigurationKey::Kind;
  if (key.kind == kAddress) (void)address(key.name);
  if (key.kind == kUrl) (void)parsed(key.name, &http::Peer::parse);
  if (key.kind == kNumber) check_number(key);
  if (key.kind == kRatio) check_ratio(key);
  if (key.kind == kOrigin && !merkle::is_key_name(text(key.name))) {
    throw Refusal(fmt::format("{} ({}) must be a name without blanks and plus signs, such as log.example.org", key.name,
                              setting(key.name).origin));
  }
  if (key.kind == kFile && !path(key.name).is_absolute()) {
    throw Refusal(fmt::format("{} ({}) must be a whole path, from / on", key.name, setting(key.name).origin));
  }
  if (key.kind == kSecureUrl) (void)parsed(key.name, &secure_origin);
  if (key.kind == kBaseUrl) (void)parsed(key.name, &base_url);
  if (key.kind == kChoice) check_choice(key);
  if (key.kind == kFlag && text(key.name) != "true" && text(key.name) != "false") {
    throw Refusal(fmt::format("{} ({}) must be true or false", key.name, setting(key.name).origin));
  }
}

void Configuration::check_ratio(const ConfigurationKey& key) const {
  const auto& [value, origin] = setting(key.name);
  double ratio = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), ratio);
  if (error != std::errc{} || end != value.data() + value.size() || !(ratio >= 0 && ratio <= 1)) {
    throw Refusal(fmt::format("{} ({}) must be a share from 0 to 1, such as 0.01", key.name, origin));
  }
}

void Configuration::check_number(const ConfigurationKey& key) const {
  const auto& [value, origin] = setting(key.name);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number < key.minimum || number > key.maximum) {
    throw Refusal(
        fmt::format("{} ({}) must be a whole number from {} to {}", key.name, origin, key.minimum, key.maximum));
  }
}

void Configuration::check_choice(const ConfigurationKey& key) const {
  std::vector<std::string> choices;
  boost::split(choices, key.choices, boost::is_any_of(" "));
  if (std::ranges::find(choices, text(key.name)) != choices.end()) return;
  throw Refusal(fmt::format("{} ({}) must be one of {}", key.name, setting(key.name).origin, fmt::join(choices, ", ")));
}

std::string secure_origin(std::string_view text) {
  auto origin = http::origin_of(text);
  const auto url = boost::urls::parse_uri(origin).value();
  if (url.scheme() == "https" || is_loopback(url) || url.encoded_host() == "169.254.169.254") return origin;
  throw Refusal(fmt::format("{} is not encrypted: write it as https://host[:port]", origin));
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && text.starts_with(kEnvironmentPrefix)) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return variables;
}

}  // namespace assay::app
