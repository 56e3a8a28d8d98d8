#include "app/unknown_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/nearest.hpp"

namespace assay::app {

bool say_unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  const auto* group = &app;
  std::string path;
  for (const auto& word : words) {
    std::vector<std::string> names;
    for (const auto* command : group->get_subcommands(nullptr)) names.push_back(command->get_name());
    if (names.empty() || word.starts_with('-')) return false;
    if (std::ranges::find(names, word) == names.end()) {
      fmt::print(stderr, "assay: there is no command {0}{1}; did you mean {0}{2}?\n", path, word, nearest(word, names));
      return true;
    }
    group = group->get_subcommand(word);
    path += word + " ";
  }
  return false;
}

}  // namespace assay::app
