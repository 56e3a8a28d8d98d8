#include "audit/receipt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "audit/record.hpp"
#include "base/json.hpp"
#include "merkle/hashing.hpp"
#include "merkle/note.hpp"
#include "merkle/verification.hpp"

namespace assay::audit {

namespace {

constexpr int kUnprocessable = 422;

std::optional<std::string> document_of(const json::object& extra) {
  const auto* record = extra.if_contains("record");
  if (record == nullptr || !record->is_object()) return std::nullopt;
  try {
    return canonical_json(*record);
  } catch (const std::invalid_argument&) {
    return std::nullopt;  // a number that no record has
  }
}

std::optional<Bytes32> salt_of(const json::object& extra) {
  const auto* salt = extra.if_contains("salt");
  if (salt == nullptr || !salt->is_string()) return std::nullopt;
  return merkle::hash_from_base64(salt->get_string());
}

/// Whose a note says that it is; nothing when it is no checkpoint.
std::optional<std::string> origin_of(std::string_view text) {
  const auto note = merkle::Note::parse(text);
  auto checkpoint = note ? merkle::Checkpoint::parse(note->text) : std::nullopt;
  if (!checkpoint) return std::nullopt;
  return std::move(checkpoint->origin);
}

/// The id of the key by which a log signed, where none of those known was it.
std::optional<std::string> id_of_other_key(std::string_view note, std::string_view origin,
                                           std::span<const merkle::VerifierKey> known) {
  std::optional<std::string> other;
  for (const auto& signature : merkle::Note::parse(note)->signatures) {
    if (signature.key_name != origin) continue;
    if (std::ranges::find(known, signature.key_id, &merkle::VerifierKey::id) != known.end()) return std::nullopt;
    if (!other) other = to_hex(signature.key_id);
  }
  return other;
}

}  // namespace

Result<Receipt> Receipt::parse(std::string_view file) {
  auto proof = merkle::ProofFile::parse(file);
  if (!proof) return fail(kUnprocessable, "It is no receipt: it doesn't have the form of a tlog-proof file.");
  const auto extra = parse_json(proof->extra);
  if (!extra || !extra->is_object() || extra->get_object().size() != 2) {
    return fail(kUnprocessable, "It is no receipt: its extra line doesn't hold a record and its salt.");
  }
  auto document = document_of(extra->get_object());
  const auto salt = salt_of(extra->get_object());
  if (!document) return fail(kUnprocessable, "It is no receipt: its extra line holds no record.");
  if (!salt) return fail(kUnprocessable, "It is no receipt: its extra line holds no salt of 32 bytes in base64.");
  return Receipt{.document = std::move(*document), .salt = *salt, .proof = std::move(*proof)};
}

Result<merkle::Checkpoint> verify_checkpoint(std::string_view note, std::span<const merkle::VerifierKey> known) {
  const auto origin = origin_of(note);
  if (!origin) return fail(kUnprocessable, "It is no checkpoint in a signed note.");
  if (std::ranges::find(known, *origin, &merkle::VerifierKey::name) == known.end()) {
    return fail(kUnprocessable, fmt::format("The checkpoint is of the log {}, whose key is not given.", *origin));
  }
  auto checkpoint = merkle::open_checkpoint(note, known);
  if (checkpoint) return checkpoint;
  if (const auto other = id_of_other_key(note, *origin, known)) {
    return fail(kUnprocessable, fmt::format("The key given for the log {} didn't sign the checkpoint, but one with the "
                                            "id {}: if you know of a rotation of the log's key, give the new one too.",
                                            *origin, *other));
  }
  return fail(kUnprocessable, fmt::format("The key of the log {} didn't sign the checkpoint.", *origin));
}

Result<merkle::Checkpoint> verify_receipt(const Receipt& receipt, std::span<const merkle::VerifierKey> known) {
  auto checkpoint = verify_checkpoint(receipt.proof.checkpoint, known);
  if (!checkpoint) return checkpoint;
  const auto leaf = merkle::leaf_hash(log_entry(receipt.salt, receipt.document));
  if (!merkle::verify_inclusion(receipt.proof.index, leaf, checkpoint->tree, receipt.proof.hashes)) {
    return fail(kUnprocessable,
                fmt::format("The record is not number {} of the log of {} records that the checkpoint was signed for: "
                            "record, salt, index or proof is not what it was.",
                            receipt.proof.index, checkpoint->tree.size));
  }
  return checkpoint;
}

}  // namespace assay::audit
