#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/verifier_key.hpp"

namespace assay::app {

constexpr int kVerified = 0;
constexpr int kFaulty = 1;
constexpr int kWrongUsage = 2;
constexpr int kNotExamined = 3;

/// Options that can't be meant together, or a value that is none of its kind.
class WrongUsage : public Refusal {
 public:
  using Refusal::Refusal;
};

/// A checkpoint that somebody kept in a file; its signature is yet to be verified.
struct KeptCheckpoint {
  std::string file;
  std::string note;
  merkle::Checkpoint checkpoint;
};

/// The content of a file, or of standard input for "-". Throws Refusal when it can't be read or is over 4 MiB.
std::string read_input(const std::string& file);

/// Reads verifier keys, each given as its text or as a file that holds it. Throws WrongUsage for anything else.
std::vector<merkle::VerifierKey> read_keys(const std::vector<std::string>& keys);

/// Of files that hold a checkpoint, or a receipt, of which the checkpoint is taken. Throws Refusal when one can't be
/// read or holds neither.
std::vector<KeptCheckpoint> read_checkpoints(const std::vector<std::string>& files);

/// Prints a line of the verdict; what others wrote into it can't steer the terminal. That it can't be printed changes
/// no verdict: `require_output_written` tells it.
void print_line(std::string_view label, std::string_view text);

/// Likewise a fault, below the verdict.
void print_fault(std::string_view sentence);

}  // namespace assay::app
