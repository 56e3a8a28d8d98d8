#include "merkle/hashing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::merkle {
namespace {

// Vectors of the reference implementation of RFC 6962.
TEST(Hashing, MatchesPublishedVectors) {
  EXPECT_EQ(to_hex(empty_tree_hash()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(leaf_hash({})), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(to_hex(leaf_hash(as_bytes("L123456"))), "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
  const std::string zero(1, '\0');
  EXPECT_EQ(to_hex(node_hash(leaf_hash({}), leaf_hash(as_bytes(zero)))),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

TEST(Hashing, ReadsAHashFromBase64) {
  const auto hash = leaf_hash({});
  EXPECT_EQ(hash_from_base64(to_base64(hash)), hash);
  for (const auto& text : {std::string(), to_base64(as_bytes("short")), to_base64url(hash), to_base64(hash) + "\n",
                           to_base64(as_bytes(std::string(33, 'x'))), "AAAA" + to_base64(hash)}) {
    EXPECT_FALSE(hash_from_base64(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace assay::merkle
