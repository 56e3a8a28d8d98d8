#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/json.hpp"

namespace assay {

/// For tests: the content of a file of tests/vectors; `folder` is ASSAY_VECTORS.
inline std::string read_vectors(const std::filesystem::path& folder, const std::string& name) {
  std::ifstream file(folder / name, std::ios::binary);
  if (!file) throw std::runtime_error("there are no vectors " + (folder / name).string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// For tests: the same of a file of JSON.
inline json::value parse_vectors(const std::filesystem::path& folder, const std::string& name) {
  return parse_json(read_vectors(folder, name)).value();
}

/// For tests: a member that is a text.
inline std::string text_of(const json::value& vector, std::string_view member) {
  return std::string(vector.at(member).as_string());
}

/// For tests: 32 bytes from their hexadecimal digits.
inline Bytes32 bytes32_of(const json::value& hexadecimal) {
  Bytes32 bytes{};
  if (!from_hex(hexadecimal.as_string(), bytes)) throw std::runtime_error("the vector is not 32 bytes");
  return bytes;
}

}  // namespace assay
