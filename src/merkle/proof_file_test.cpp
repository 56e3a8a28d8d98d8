#include "merkle/proof_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/text_mutations.hpp"
#include "merkle/tree_model.hpp"

namespace assay::merkle {
namespace {

struct ProofFileTest : testing::Test {
  SystemRandom random_;
  SigningKey key_ = SigningKey::generate(random_);
  TreeModel model_;
  ProofFile file_{.extra = "how to make it again",
                  .index = 4,
                  .hashes = model_.path(4, 0, 7),
                  .checkpoint = checkpoint({.size = 7, .root = model_.root(0, 7)})};

  std::string checkpoint(const TreeHead& tree) const {
    return sign_checkpoint({.origin = "log.example", .tree = tree, .extensions = {}}, key_).to_string();
  }
};

TEST_F(ProofFileTest, ShowsThatAnEntryIsInTheLog) {
  const auto file = ProofFile::parse(file_.to_string());
  ASSERT_EQ(file, file_);
  const std::vector<VerifierKey> known{{.name = "log.example", .key = key_.verifying_key()}};
  const auto opened = open_checkpoint(file->checkpoint, known);
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(verify_inclusion(file->index, TreeModel::leaf(4), opened->tree, file->hashes));
  EXPECT_FALSE(verify_inclusion(file->index, TreeModel::leaf(5), opened->tree, file->hashes));
}

TEST_F(ProofFileTest, HasTheFormOfTheSpecification) {
  const auto expected =
      "c2sp.org/tlog-proof@v1\n"
      "extra aG93IHRvIG1ha2UgaXQgYWdhaW4=\n"
      "index 4\n" +
      to_base64(file_.hashes[0]) + "\n" + to_base64(file_.hashes[1]) + "\n" + to_base64(file_.hashes[2]) + "\n\n" +
      file_.checkpoint;
  EXPECT_EQ(file_.to_string(), expected);
}

TEST_F(ProofFileTest, MayLackExtraAndHashes) {
  const ProofFile file{
      .extra = "", .index = 0, .hashes = {}, .checkpoint = checkpoint({.size = 1, .root = TreeModel::leaf(0)})};
  EXPECT_EQ(file.to_string(), "c2sp.org/tlog-proof@v1\nindex 0\n\n" + file.checkpoint);
  EXPECT_EQ(ProofFile::parse(file.to_string()), file);
}

TEST_F(ProofFileTest, HasAtMost63Hashes) {
  file_.hashes.resize(kMostProofHashes);
  EXPECT_EQ(ProofFile::parse(file_.to_string()), file_);
  file_.hashes.emplace_back();
  EXPECT_FALSE(ProofFile::parse(file_.to_string()).has_value());
}

TEST_F(ProofFileTest, IsSpelledInOneWayOnly) {
  for (const auto& text : mutations_of(file_.to_string())) {
    const auto file = ProofFile::parse(text);
    EXPECT_TRUE(!file || file->to_string() == text) << text;
  }
}

TEST_F(ProofFileTest, RefusesEveryOtherForm) {
  const auto with = [this](std::string_view first_lines) {
    return ProofFile::parse(fmt::format("{}\n{}", first_lines, file_.checkpoint));
  };
  ASSERT_TRUE(with("c2sp.org/tlog-proof@v1\nindex 0\n").has_value());
  EXPECT_FALSE(with("c2sp.org/tlog-proof@v2\nindex 0\n").has_value());
  EXPECT_FALSE(with("index 0\n").has_value());
  for (const auto* lines :
       {"", "\n", "index 00\n", "index -1\n", "index \n", "index\n", "index  0\n", "Index 0\n",
        "index 9223372036854775807\n", "extra \nindex 0\n", "extra\nindex 0\n", "extra AA\nindex 0\n", "extra AA==\n",
        "index 0\nextra AA==\n", "extra AA==\nextra AA==\nindex 0\n", "index 0\nAAAA\n", "index 0\n\n", "index 0"}) {
    EXPECT_FALSE(with(fmt::format("c2sp.org/tlog-proof@v1\n{}", lines)).has_value()) << lines;
  }
}

TEST_F(ProofFileTest, RefusesAnythingButACheckpointAtItsEnd) {
  const auto with = [](std::string_view checkpoint) {
    return ProofFile::parse(fmt::format("c2sp.org/tlog-proof@v1\nindex 0\n\n{}", checkpoint));
  };
  ASSERT_TRUE(with(file_.checkpoint).has_value());
  for (const auto& text : {std::string(), std::string("\n"), "\n" + file_.checkpoint, file_.checkpoint + "\n",
                           std::string("text\n\n— a AAAAAAA=\n"), Note::parse(file_.checkpoint)->text}) {
    EXPECT_FALSE(with(text).has_value()) << text;
  }
  EXPECT_FALSE(ProofFile::parse("c2sp.org/tlog-proof@v1\nindex 0\n").has_value());
}

}  // namespace
}  // namespace assay::merkle
