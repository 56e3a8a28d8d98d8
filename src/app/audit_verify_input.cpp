#include "app/audit_verify_input.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "app/input_file.hpp"
#include "app/terminal_text.hpp"
#include "merkle/note.hpp"
#include "merkle/proof_file.hpp"

namespace assay::app {

namespace {

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

/// A receipt has the checkpoint that it is proved by at its end.
std::string checkpoint_in(std::string content) {
  auto receipt = merkle::ProofFile::parse(content);
  return receipt ? std::move(receipt->checkpoint) : std::move(content);
}

}  // namespace

std::string read_input(const std::string& file) { return file == "-" ? read_standard_input() : read_input_file(file); }

std::vector<merkle::VerifierKey> read_keys(const std::vector<std::string>& keys) {
  std::vector<merkle::VerifierKey> read;
  read.reserve(keys.size());
  for (const auto& key : keys) read.push_back(read_key(key));
  return read;
}

std::vector<KeptCheckpoint> read_checkpoints(const std::vector<std::string>& files) {
  std::vector<KeptCheckpoint> read;
  for (const auto& file : files) {
    auto content = checkpoint_in(read_input(file));
    const auto note = merkle::Note::parse(content);
    auto checkpoint = note ? merkle::Checkpoint::parse(note->text) : std::nullopt;
    if (!checkpoint) throw Refusal(fmt::format("{} holds no checkpoint in a signed note", file));
    read.push_back({.file = file, .note = std::move(content), .checkpoint = std::move(*checkpoint)});
  }
  return read;
}

void print_line(std::string_view label, std::string_view text) {
  std::fputs(fmt::format("{:<13}{}\n", label, for_terminal(text)).c_str(), stdout);
}

void print_fault(std::string_view sentence) {
  std::fputs(fmt::format("  {}\n", for_terminal(sentence)).c_str(), stdout);
}

}  // namespace assay::app
