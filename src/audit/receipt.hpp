#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/proof_file.hpp"
#include "merkle/verifier_key.hpp"

namespace assay::audit {

/// A record with all that shows its holder that the log has it: a C2SP tlog-proof file whose extra bytes are the JSON
/// object of `record` and `salt`. It says nothing until `verify_receipt` has accepted it.
struct Receipt {
  /// The record in canonical form.
  std::string document;
  Bytes32 salt{};
  merkle::ProofFile proof;

  /// Reads the whole file; a Problem with a sentence for what is no receipt.
  static Result<Receipt> parse(std::string_view file);
};

/// Verifies with nothing but the log's key: the record and its salt are the entry, the entry is in the tree, and the
/// tree is one that a known key signed. Returns the checkpoint that was signed; a Problem with a sentence otherwise.
Result<merkle::Checkpoint> verify_receipt(const Receipt& receipt, std::span<const merkle::VerifierKey> known);

/// The checkpoint of a signed note that one of the known keys signed; a Problem with a sentence that tells a note of
/// another log from a forged one.
Result<merkle::Checkpoint> verify_checkpoint(std::string_view note, std::span<const merkle::VerifierKey> known);

}  // namespace assay::audit
