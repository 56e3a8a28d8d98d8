#include <gtest/gtest.h>

#include <string>

#include "merkle/verification.hpp"

namespace assay::merkle {
namespace {

Hash hash_of_hex(const std::string& hex) {
  Hash hash{};
  EXPECT_TRUE(from_hex(hex, hash));
  return hash;
}

// Vectors of the reference implementation of RFC 6962, over the entries whose roots are in edge_test.cpp.
const Hash kRootOfFive = hash_of_hex("4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4");
const Hash kRootOfEight = hash_of_hex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
const Hash kFirstTwo = hash_of_hex("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
const Hash kSecondTwo = hash_of_hex("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
const Hash kThirdTwo = hash_of_hex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
const Hash kLastTwo = hash_of_hex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
const Hash kFirstFour = hash_of_hex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
const Hash kLastFour = hash_of_hex("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
const Hash kSecondLeaf = hash_of_hex("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
const Hash kFifthLeaf = hash_of_hex("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");

TEST(Verification, MatchesPublishedVectors) {
  const TreeHead eight{.size = 8, .root = kRootOfEight};
  EXPECT_TRUE(verify_inclusion(0, leaf_hash({}), eight, Proof{kSecondLeaf, kSecondTwo, kLastFour}));
  EXPECT_TRUE(verify_inclusion(5, leaf_hash(as_bytes("@ABC")), eight, Proof{kFifthLeaf, kLastTwo, kFirstFour}));
  EXPECT_TRUE(verify_consistency({.size = 1, .root = leaf_hash({})}, eight, Proof{kSecondLeaf, kSecondTwo, kLastFour}));
  const auto root_of_six = hash_of_hex("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef");
  EXPECT_TRUE(verify_consistency({.size = 6, .root = root_of_six}, eight, Proof{kThirdTwo, kLastTwo, kFirstFour}));
  EXPECT_TRUE(verify_consistency({.size = 2, .root = kFirstTwo}, {.size = 5, .root = kRootOfFive},
                                 Proof{kSecondTwo, kFifthLeaf}));
}

}  // namespace
}  // namespace assay::merkle
