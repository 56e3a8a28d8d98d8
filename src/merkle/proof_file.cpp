#include "merkle/proof_file.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/decimal.hpp"
#include "merkle/lines.hpp"
#include "merkle/note.hpp"

namespace assay::merkle {

namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

std::optional<std::string> parse_extra(std::string_view line) {
  auto extra = from_base64(line.substr(kExtra.size()));
  if (!extra || extra->empty()) return std::nullopt;
  return extra;
}

std::optional<std::uint64_t> parse_index(std::string_view line) {
  if (!line.starts_with(kIndex)) return std::nullopt;
  return parse_decimal(line.substr(kIndex.size()), kLargestSize - 1);
}

std::optional<Proof> parse_hashes(Lines& lines) {
  Proof hashes;
  auto line = lines.next();
  for (; line && !line->empty(); line = lines.next()) {
    const auto hash = hash_from_base64(*line);
    if (!hash || hashes.size() == kMostProofHashes) return std::nullopt;
    hashes.push_back(*hash);
  }
  if (!line) return std::nullopt;
  return hashes;
}

bool is_well_formed_checkpoint(std::string_view text) {
  const auto note = Note::parse(text);
  return note && Checkpoint::parse(note->text);
}

}  // namespace

std::string ProofFile::to_string() const {
  auto file = fmt::format("{}\n", kFirstLine);
  if (!extra.empty()) file += fmt::format("{}{}\n", kExtra, to_base64(as_bytes(extra)));
  file += fmt::format("{}{}\n", kIndex, index);
  for (const auto& hash : hashes) file += to_base64(hash) + '\n';
  return file + '\n' + checkpoint;
}

std::optional<ProofFile> ProofFile::parse(std::string_view file) {
  Lines lines(file);
  if (lines.next() != kFirstLine) return std::nullopt;
  auto line = lines.next();
  std::optional<std::string> extra = "";
  if (line && line->starts_with(kExtra)) {
    extra = parse_extra(*line);
    line = lines.next();
  }
  const auto index = line ? parse_index(*line) : std::nullopt;
  auto hashes = parse_hashes(lines);
  if (!extra || !index || !hashes || !is_well_formed_checkpoint(lines.rest())) return std::nullopt;
  return ProofFile{.extra = std::move(*extra),
                   .index = *index,
                   .hashes = std::move(*hashes),
                   .checkpoint = std::string(lines.rest())};
}

}  // namespace assay::merkle
