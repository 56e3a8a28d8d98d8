#include "app/print_settings.hpp"

#include <fmt/format.h>

namespace assay::app {

int print_settings(const Configuration& configuration) {
  for (const auto& key : configuration_keys()) {
    const auto& setting = configuration.settings().find(key.name)->second;
    fmt::print("{:<24} {:<26} # {}; {}\n", key.name, "\"" + setting.value + "\"", setting.origin, key.help);
  }
  return 0;
}

}  // namespace assay::app
