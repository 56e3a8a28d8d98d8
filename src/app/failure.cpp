#include "app/failure.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "app/terminal_text.hpp"

namespace assay::app {

namespace {

/// What the operator does about it where a folder is closed to this user.
std::string_view remedy_of(const std::filesystem::filesystem_error& error) {
  return error.code() == std::errc::permission_denied ? "; run it as the user that the register runs as" : "";
}

std::string sentence_of(const std::exception& error) {
  if (const auto* of_file = dynamic_cast<const std::filesystem::filesystem_error*>(&error)) {
    return fmt::format("{}: {}{}", of_file->path1().string(), of_file->code().message(), remedy_of(*of_file));
  }
  return error.what();
}

}  // namespace

void print_failure(const std::exception& error) { fmt::print(stderr, "assay: {}\n", for_terminal(sentence_of(error))); }

}  // namespace assay::app
