#pragma once

#include <span>
#include <string>

#include "merkle/verifier_key.hpp"

namespace assay::app {

/// Verifies a receipt in a file with nothing but the log's key, and prints the verdict and the record. Returns the
/// process's exit code; throws Refusal when the file can't be read.
int verify_receipt_file(const std::string& file, std::span<const merkle::VerifierKey> keys);

}  // namespace assay::app
