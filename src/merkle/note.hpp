#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/signature.hpp"
#include "merkle/verifier_key.hpp"

namespace assay::merkle {

/// A note with more signatures is refused unread.
constexpr std::size_t kMostNoteSignatures = 100;

/// What somebody put under a note; of any type, so also what only others can verify.
struct NoteSignature {
  std::string key_name;
  KeyId key_id{};
  /// As the key's type defines them; never empty.
  std::string bytes;

  bool operator==(const NoteSignature&) const = default;
};

/// A text with signatures (C2SP signed-note). It says nothing until `verify` has accepted it. Append to `signatures`
/// what further keys signed.
struct Note {
  /// Ends in a newline.
  std::string text;
  std::vector<NoteSignature> signatures;

  bool operator==(const Note&) const = default;

  std::string to_string() const;
  /// Reads what `to_string` makes of a valid note with one signature or more; nothing for anything else.
  static std::optional<Note> parse(std::string_view note);
};

/// Signs the text of a note. Throws std::invalid_argument when no note can have that text (UTF-8 that ends in a newline
/// and has no other control characters of ASCII) or no key that name.
NoteSignature sign_note(std::string_view text, std::string_view key_name, const SigningKey& key);

/// Those of the known keys that signed the note, in the order given. A Problem when there is none or when any signature
/// by a known key is wrong; those by others are ignored.
Result<std::vector<VerifierKey>> verify(const Note& note, std::span<const VerifierKey> known);

}  // namespace assay::merkle
