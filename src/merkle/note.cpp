#include "merkle/note.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/bytes.hpp"
#include "base/unicode.hpp"
#include "merkle/lines.hpp"

namespace assay::merkle {

namespace {

constexpr std::string_view kSignatureMark = "— ";
constexpr std::string_view kBlankLine = "\n\n";

bool has_only_note_characters(std::string_view text) {
  const auto is_allowed = [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; };
  return std::ranges::all_of(text, is_allowed) && is_valid_utf8(text);
}

std::string to_line(const NoteSignature& signature) {
  std::string bytes(signature.key_id.begin(), signature.key_id.end());
  bytes += signature.bytes;
  return fmt::format("{}{} {}\n", kSignatureMark, signature.key_name, to_base64(as_bytes(bytes)));
}

std::optional<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kSignatureMark)) return std::nullopt;
  line.remove_prefix(kSignatureMark.size());
  const auto name = line.substr(0, line.find(' '));
  if (!is_key_name(name) || name.size() == line.size()) return std::nullopt;
  const auto bytes = from_base64(line.substr(name.size() + 1));
  NoteSignature signature;
  if (!bytes || bytes->size() <= signature.key_id.size()) return std::nullopt;
  signature.key_name = name;
  std::ranges::copy_n(as_bytes(*bytes).begin(), signature.key_id.size(), signature.key_id.begin());
  signature.bytes = bytes->substr(signature.key_id.size());
  return signature;
}

std::optional<std::vector<NoteSignature>> parse_signatures(std::string_view text) {
  std::vector<NoteSignature> signatures;
  Lines lines(text);
  while (const auto line = lines.next()) {
    auto signature = parse_signature(*line);
    if (!signature || signatures.size() == kMostNoteSignatures) return std::nullopt;
    signatures.push_back(std::move(*signature));
  }
  if (signatures.empty() || !lines.rest().empty()) return std::nullopt;
  return signatures;
}

bool is_right(const NoteSignature& signature, std::string_view text, const VerifyingKey& key) {
  Signature bytes{};
  if (signature.bytes.size() != bytes.size()) return false;
  std::ranges::copy(as_bytes(signature.bytes), bytes.begin());
  return key.verify(text, bytes);
}

}  // namespace

std::string Note::to_string() const {
  auto note = text + '\n';
  for (const auto& signature : signatures) note += to_line(signature);
  return note;
}

std::optional<Note> Note::parse(std::string_view note) {
  const auto text_end = note.rfind(kBlankLine);
  if (text_end == std::string_view::npos || !has_only_note_characters(note)) return std::nullopt;
  auto signatures = parse_signatures(note.substr(text_end + kBlankLine.size()));
  if (!signatures) return std::nullopt;
  return Note{.text = std::string(note.substr(0, text_end + 1)), .signatures = std::move(*signatures)};
}

NoteSignature sign_note(std::string_view text, std::string_view key_name, const SigningKey& key) {
  if (!text.ends_with('\n') || !has_only_note_characters(text)) throw std::invalid_argument("no note has such a text");
  if (!is_key_name(key_name)) throw std::invalid_argument("no key of a note has such a name");
  const auto signature = key.sign(text);
  return {.key_name = std::string(key_name),
          .key_id = VerifierKey{.name = std::string(key_name), .key = key.verifying_key()}.id(),
          .bytes = std::string(signature.begin(), signature.end())};
}

Result<std::vector<VerifierKey>> verify(const Note& note, std::span<const VerifierKey> known) {
  std::vector<VerifierKey> signers;
  for (const auto& verifier : known) {
    const auto is_by_key = [&verifier, id = verifier.id()](const NoteSignature& signature) {
      return signature.key_name == verifier.name && signature.key_id == id;
    };
    const auto is_wrong_by_key = [&](const NoteSignature& signature) {
      return is_by_key(signature) && !is_right(signature, note.text, verifier.key);
    };
    if (std::ranges::any_of(note.signatures, is_wrong_by_key)) {
      return fail(422, "A signature of the note is wrong.", "the signature by " + verifier.name + " is wrong");
    }
    if (std::ranges::any_of(note.signatures, is_by_key)) signers.push_back(verifier);
  }
  if (signers.empty()) return fail(422, "The note is not signed by a known key.");
  return signers;
}

}  // namespace assay::merkle
