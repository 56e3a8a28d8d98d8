#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/signature.hpp"
#include "merkle/note.hpp"
#include "merkle/verification.hpp"
#include "merkle/verifier_key.hpp"

namespace assay::merkle {

/// What a log says of its tree at one size (C2SP tlog-checkpoint).
struct Checkpoint {
  /// The log's name, one line.
  std::string origin;
  TreeHead tree;
  /// Further lines, none of them empty; they mean nothing here.
  std::vector<std::string> extensions;

  bool operator==(const Checkpoint&) const = default;

  /// The text of the note that the checkpoint is.
  std::string to_string() const;
  /// Reads what `to_string` makes of a checkpoint with at most kLargestSize leaves; nothing for anything else.
  static std::optional<Checkpoint> parse(std::string_view text);
};

/// Signs a checkpoint as its log: the key's name is the origin. Throws std::invalid_argument when the checkpoint would
/// not be read again as it is, or no key can have its origin for a name.
Note sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);

/// What a signed note says, by whomever it is signed; nothing when it is no note or no checkpoint.
std::optional<Checkpoint> read_unverified(std::string_view note);

/// Reads a checkpoint out of a note that a known key signed whose name is the origin. A Problem when it has no such
/// signature, is no checkpoint, or bears a wrong signature by any known key. Whoever knows keys of several logs asks
/// the origin which of them it is.
Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const VerifierKey> known);

}  // namespace assay::merkle
