#include "app/audit_verify_input.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "merkle/note.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kLargestInput = std::size_t{1} << 20U;

std::string read_stream(std::istream& input, const std::string& name) {
  std::string content(kLargestInput + 1, '\0');
  input.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(input.gcount()));
  if (input.bad() || (content.empty() && !input.eof())) throw Refusal(fmt::format("{} can't be read", name));
  if (content.size() > kLargestInput) throw Refusal(fmt::format("{} is larger than what is verified here", name));
  return content;
}

merkle::VerifierKey read_key(const std::string& key) {
  if (const auto parsed = merkle::VerifierKey::parse(key)) return *parsed;
  std::string line;
  std::ifstream file(key);
  if (file && std::getline(file, line)) {
    if (const auto parsed = merkle::VerifierKey::parse(line)) return *parsed;
  }
  throw WrongUsage(
      fmt::format("{} is neither a verifier key, as assay audit key prints it, nor a file that holds one", key));
}

}  // namespace

std::string read_input(const std::string& file) {
  if (file == "-") return read_stream(std::cin, "standard input");
  std::ifstream input(file, std::ios::binary);
  if (!input) throw Refusal(fmt::format("{} can't be read; is there such a file?", file));
  return read_stream(input, file);
}

std::vector<merkle::VerifierKey> read_keys(const std::vector<std::string>& keys) {
  std::vector<merkle::VerifierKey> read;
  read.reserve(keys.size());
  for (const auto& key : keys) read.push_back(read_key(key));
  return read;
}

std::vector<KeptCheckpoint> read_checkpoints(const std::vector<std::string>& files) {
  std::vector<KeptCheckpoint> read;
  for (const auto& file : files) {
    auto content = read_input(file);
    const auto note = merkle::Note::parse(content);
    auto checkpoint = note ? merkle::Checkpoint::parse(note->text) : std::nullopt;
    if (!checkpoint) throw Refusal(fmt::format("{} holds no checkpoint in a signed note", file));
    read.push_back({.file = file, .note = std::move(content), .checkpoint = std::move(*checkpoint)});
  }
  return read;
}

void print_line(std::string_view label, std::string_view text) { fmt::print("{:<13}{}\n", label, text); }

}  // namespace assay::app
