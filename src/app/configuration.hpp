#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/server.hpp"

namespace assay::app {

/// A key of the configuration: what may be set, and what it is when nobody does.
struct ConfigurationKey {
  enum class Kind { kText, kAddress, kUrl, kNumber, kFlag, kOrigin, kFile, kChoice, kSecureUrl, kBaseUrl, kRatio };

  std::string_view name;           ///< as in the file: section.key
  std::string_view default_value;  ///< may be set to nothing only where this is empty
  std::string_view help;
  Kind kind = Kind::kText;
  std::size_t minimum = 0;        ///< of a number
  std::size_t maximum = 0;        ///< of a number
  std::string_view choices = {};  ///< of a choice, separated by blanks
};

/// All keys, in the order in which `assay config show` prints them.
std::span<const ConfigurationKey> configuration_keys();

/// Where settings come from; later ones win.
struct ConfigurationSources {
  std::optional<std::filesystem::path> file;       ///< TOML
  std::map<std::string, std::string> environment;  ///< all variables; those named ASSAY_SECTION__KEY count
  std::map<std::string, std::string> flags;        ///< by key name
  std::map<std::string, std::string> defaults;     ///< by key name: what this command has instead of the table's
};

/// The settings of one run, each with where it came from. A wrong one throws Refusal with a sentence that names
/// the place and the remedy.
class Configuration {
 public:
  struct Setting {
    std::string value;
    std::string origin;  ///< "default", "flag", "environment ASSAY_…" or "FILE:LINE"
  };

  /// Reads and checks every setting.
  static Configuration load(const ConfigurationSources& sources);

  const std::string& text(std::string_view key) const;
  std::filesystem::path path(std::string_view key) const { return text(key); }
  http::TcpAddress address(std::string_view key) const;
  std::size_t number(std::string_view key) const;
  double ratio(std::string_view key) const;
  bool flag(std::string_view key) const { return text(key) == "true"; }

  const std::map<std::string, Setting, std::less<>>& settings() const { return settings_; }

 private:
  const Setting& setting(std::string_view key) const;
  void check(const ConfigurationKey& key) const;
  void check_number(const ConfigurationKey& key) const;
  void check_ratio(const ConfigurationKey& key) const;
  void check_choice(const ConfigurationKey& key) const;
  /// The setting's value as `parse` reads it.
  template <class Value>
  Value parsed(std::string_view key, Value (*parse)(std::string_view)) const;

  std::map<std::string, Setting, std::less<>> settings_;
};

/// The URL's origin. Throws Refusal where secrets would travel in clear: with http, but on this host or to its cloud's
/// metadata service.
std::string secure_origin(std::string_view text);

/// The environment of this process.
std::map<std::string, std::string> process_environment();

}  // namespace assay::app
