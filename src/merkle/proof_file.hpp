#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "merkle/proof.hpp"

namespace assay::merkle {

/// As many as a tree of kLargestSize leaves needs.
constexpr std::size_t kMostProofHashes = 63;

/// All that shows somebody without access to the log that an entry is in it (C2SP tlog-proof), but for the entry and
/// the log's key. The proof of inclusion and the checkpoint are yet to be verified.
struct ProofFile {
  /// Bytes that help to make the entry again; nobody vouches for them. Empty when there are none.
  std::string extra;
  std::uint64_t index = 0;
  Proof hashes;
  /// The signed note.
  std::string checkpoint;

  bool operator==(const ProofFile&) const = default;

  std::string to_string() const;
  /// Reads what `to_string` makes of at most kMostProofHashes hashes and a checkpoint that is well-formed; nothing for
  /// anything else.
  static std::optional<ProofFile> parse(std::string_view file);
};

}  // namespace assay::merkle
