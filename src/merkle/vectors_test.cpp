#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/test_vectors.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/edge.hpp"
#include "merkle/entry_bundle.hpp"
#include "merkle/proof.hpp"
#include "merkle/tile.hpp"
#include "merkle/tile_path.hpp"
#include "merkle/verification.hpp"

namespace assay::merkle {
namespace {

/// The tree of tests/vectors/tree.json: entry i is the SHA-256 of the decimal digits of i.
struct TreeVectors : testing::Test {
  json::value vectors_ = parse_vectors(ASSAY_VECTORS, "tree.json");
  std::vector<Hash> entries_;
  std::vector<Hash> roots_{empty_tree_hash()};  ///< by size
  std::map<std::pair<unsigned, std::uint64_t>, Hash> nodes_;

  void SetUp() override {
    Edge edge;
    for (std::uint64_t index = 0; index < 300; ++index) {
      entries_.push_back(sha256(std::to_string(index)));
      edge.append(leaf_hash(entries_.back()),
                  [&](const Node& node, const Hash& hash) { nodes_[{node.level, node.index}] = hash; });
      roots_.push_back(edge.root());
    }
  }

  ReadNode reader() const {
    return [this](const Node& node) { return nodes_.at({node.level, node.index}); };
  }

  static Proof hashes_of(const json::value& vector) {
    Proof hashes;
    for (const auto& hash : vector.at("hashes").as_array()) hashes.push_back(bytes32_of(hash));
    return hashes;
  }

  static std::uint64_t number(const json::value& vector, std::string_view member) {
    return vector.at(member).to_number<std::uint64_t>();
  }

  std::string tile(const Tile& place) const {
    std::string bytes;
    for (unsigned i = 0; i < place.width; ++i) {
      const auto& hash = nodes_.at({place.level * kTileHeight, place.index * kTileWidth + i});
      bytes.append(hash.begin(), hash.end());
    }
    return bytes;
  }

  std::string bundle(const EntryBundle& place) const {
    std::vector<std::string_view> entries;
    for (unsigned i = 0; i < place.width; ++i) {
      const auto& entry = entries_.at(place.index * kTileWidth + i);
      entries.emplace_back(reinterpret_cast<const char*>(entry.data()), entry.size());
    }
    return encode_entries(entries).value();
  }

  /// By path, all that the log of that size serves.
  std::map<std::string, std::string> served(std::uint64_t size) const {
    std::map<std::string, std::string> files;
    for (const auto& row : tile_rows(size)) {
      for (std::uint64_t index = 0; index < row.full_tiles + (row.partial_width > 0 ? 1 : 0); ++index) {
        const auto width = index < row.full_tiles ? kTileWidth : row.partial_width;
        const Tile place{.level = row.level, .index = index, .width = width};
        files[tile_path(place)] = tile(place);
        if (row.level > 0) continue;
        const EntryBundle entries{.index = index, .width = width};
        files[entry_bundle_path(entries)] = bundle(entries);
      }
    }
    return files;
  }
};

TEST_F(TreeVectors, HaveTheRoots) {
  for (const auto& vector : vectors_.at("roots").as_array()) {
    EXPECT_EQ(roots_.at(number(vector, "size")), bytes32_of(vector.at("root")));
  }
}

TEST_F(TreeVectors, HaveTheInclusionProofs) {
  for (const auto& vector : vectors_.at("inclusion").as_array()) {
    const LeafPosition leaf{.index = number(vector, "index"), .size = number(vector, "size")};
    EXPECT_EQ(inclusion_proof(leaf, reader()), hashes_of(vector));
    const TreeHead tree{.size = leaf.size, .root = roots_.at(leaf.size)};
    EXPECT_TRUE(verify_inclusion(leaf.index, leaf_hash(entries_.at(leaf.index)), tree, hashes_of(vector)));
  }
}

TEST_F(TreeVectors, HaveTheConsistencyProofs) {
  for (const auto& vector : vectors_.at("consistency").as_array()) {
    const Growth growth{.old_size = number(vector, "old"), .new_size = number(vector, "new")};
    EXPECT_EQ(consistency_proof(growth, reader()), hashes_of(vector));
    const TreeHead older{.size = growth.old_size, .root = roots_.at(growth.old_size)};
    const TreeHead newer{.size = growth.new_size, .root = roots_.at(growth.new_size)};
    EXPECT_TRUE(verify_consistency(older, newer, hashes_of(vector)));
  }
}

TEST_F(TreeVectors, HaveTheTilesAndBundles) {
  for (const auto& vector : vectors_.at("served").as_array()) {
    const auto files = served(number(vector, "size"));
    EXPECT_EQ(files.size(), vector.at("files").as_object().size());
    for (const auto& [path, content] : files) {
      EXPECT_EQ(sha256(content), bytes32_of(vector.at("files").at(path))) << path;
    }
  }
}

TEST(CheckpointVector, IsSignedUnderTheSeed) {
  const auto vector = parse_vectors(ASSAY_VECTORS, "checkpoint.json");
  const auto seed = bytes32_of(vector.at("seed"));
  const auto key = SigningKey::parse(SensitiveText(to_base64url(seed))).value();
  const auto origin = text_of(vector, "origin");
  const VerifierKey verifier{.name = origin, .key = key.verifying_key()};
  EXPECT_EQ(verifier.to_string(), text_of(vector, "verifierKey"));

  const Checkpoint checkpoint{
      .origin = origin,
      .tree = {.size = vector.at("size").to_number<std::uint64_t>(), .root = bytes32_of(vector.at("root"))},
      .extensions = {}};
  EXPECT_EQ(sign_checkpoint(checkpoint, key).to_string(), text_of(vector, "note"));
  EXPECT_EQ(open_checkpoint(text_of(vector, "note"), std::vector{verifier}), checkpoint);
}

}  // namespace
}  // namespace assay::merkle
