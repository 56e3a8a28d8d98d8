#include "merkle/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/bytes.hpp"
#include "merkle/decimal.hpp"
#include "merkle/lines.hpp"
#include "merkle/node.hpp"

namespace assay::merkle {

namespace {

std::optional<TreeHead> parse_tree_head(Lines& lines) {
  const auto size_line = lines.next();
  const auto root_line = lines.next();
  if (!size_line || !root_line) return std::nullopt;
  const auto size = parse_decimal(*size_line, kLargestSize);
  const auto root = hash_from_base64(*root_line);
  if (!size || !root) return std::nullopt;
  return TreeHead{.size = *size, .root = *root};
}

}  // namespace

std::string Checkpoint::to_string() const {
  auto text = fmt::format("{}\n{}\n{}\n", origin, tree.size, to_base64(tree.root));
  for (const auto& line : extensions) text += line + '\n';
  return text;
}

std::optional<Checkpoint> Checkpoint::parse(std::string_view text) {
  Lines lines(text);
  const auto origin = lines.next();
  if (!origin || origin->empty()) return std::nullopt;
  const auto tree = parse_tree_head(lines);
  if (!tree) return std::nullopt;
  Checkpoint checkpoint{.origin = std::string(*origin), .tree = *tree, .extensions = {}};
  while (const auto line = lines.next()) {
    if (line->empty()) return std::nullopt;
    checkpoint.extensions.emplace_back(*line);
  }
  if (!lines.rest().empty()) return std::nullopt;
  return checkpoint;
}

Note sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  auto text = checkpoint.to_string();
  if (Checkpoint::parse(text) != checkpoint) throw std::invalid_argument("the checkpoint has no text");
  auto signature = sign_note(text, checkpoint.origin, key);
  return {.text = std::move(text), .signatures = {std::move(signature)}};
}

std::optional<Checkpoint> read_unverified(std::string_view note) {
  const auto parsed = Note::parse(note);
  return parsed ? Checkpoint::parse(parsed->text) : std::nullopt;
}

Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const VerifierKey> known) {
  const auto parsed = Note::parse(note);
  if (!parsed) return fail(422, "The checkpoint is no signed note.");
  const auto signers = verify(*parsed, known);
  if (!signers) return std::unexpected(signers.error());
  auto checkpoint = Checkpoint::parse(parsed->text);
  if (!checkpoint) return fail(422, "The note is no checkpoint.");
  if (std::ranges::find(*signers, checkpoint->origin, &VerifierKey::name) == signers->end()) {
    return fail(422, "The checkpoint is not signed by its log.");
  }
  return std::move(*checkpoint);
}

}  // namespace assay::merkle
