#include "app/input_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "base/error.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kLargestInput = std::size_t{4} << 20U;

std::string read_stream(std::istream& input, const std::string& name) {
  std::string content(kLargestInput + 1, '\0');
  input.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(input.gcount()));
  if (input.bad() || (content.empty() && !input.eof())) throw Refusal(fmt::format("{} can't be read", name));
  if (content.size() > kLargestInput) {
    throw Refusal(fmt::format("{} is larger than the {} MiB that are read", name, kLargestInput >> 20U));
  }
  return content;
}

}  // namespace

std::string read_input_file(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  if (!input) throw Refusal(fmt::format("{} can't be read; is there such a file?", file.string()));
  return read_stream(input, file.string());
}

std::string read_standard_input() { return read_stream(std::cin, "standard input"); }

}  // namespace assay::app
