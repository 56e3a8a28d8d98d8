#include "merkle/checkpoint.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "merkle/text_mutations.hpp"

namespace assay::merkle {
namespace {

// The example of C2SP tlog-checkpoint.
constexpr std::string_view kExample =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

struct CheckpointTest : testing::Test {
  SystemRandom random_;
  SigningKey key_ = SigningKey::generate(random_);
  Checkpoint checkpoint_{.origin = "log.example", .tree = {.size = 3, .root = leaf_hash({})}, .extensions = {}};

  VerifierKey known(std::string name) const { return {.name = std::move(name), .key = key_.verifying_key()}; }
};

TEST_F(CheckpointTest, ReadsThePublishedExample) {
  const auto checkpoint = Checkpoint::parse(kExample);
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->tree.size, 20852163U);
  EXPECT_EQ(to_hex(checkpoint->tree.root), "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
  EXPECT_TRUE(checkpoint->extensions.empty());
  EXPECT_EQ(checkpoint->to_string(), kExample);
}

TEST_F(CheckpointTest, IsSpelledInOneWayOnly) {
  for (const auto& text : mutations_of(kExample)) {
    const auto checkpoint = Checkpoint::parse(text);
    EXPECT_TRUE(!checkpoint || checkpoint->to_string() == text) << text;
  }
}

TEST_F(CheckpointTest, KeepsExtensionLines) {
  checkpoint_.extensions = {"one", "two words"};
  EXPECT_EQ(Checkpoint::parse(checkpoint_.to_string()), checkpoint_);
}

TEST_F(CheckpointTest, HasASizeOf63Bits) {
  const std::string root = "\n" + to_base64(Hash{}) + "\n";
  EXPECT_TRUE(Checkpoint::parse("o\n0" + root).has_value());
  EXPECT_TRUE(Checkpoint::parse("o\n9223372036854775807" + root).has_value());
  for (const auto* size : {"", "00", "01", "-1", "+1", " 1", "1 ", "0x1", "9223372036854775808"}) {
    EXPECT_FALSE(Checkpoint::parse(std::string("o\n") + size + root).has_value()) << size;
  }
}

TEST_F(CheckpointTest, RefusesEveryOtherForm) {
  const auto root = to_base64(Hash{});
  for (const auto& text : {std::string(), std::string("\n"), std::string("o\n"), std::string("o\n1\n"), "o\n1\n" + root,
                           "\n1\n" + root + "\n", std::string("o\n1\n\n"), "o\n1\n" + root.substr(4) + "\n",
                           "o\n1\n" + to_base64url(Hash{}) + "\n", "o\n1\n" + root + " \n", "o\n1\n" + root + "\n\n",
                           "o\n1\n" + root + "\none\n\n", "o\n1\n" + root + "\none"}) {
    EXPECT_FALSE(Checkpoint::parse(text).has_value()) << text;
  }
}

TEST_F(CheckpointTest, IsOpenedWithTheKeyOfItsOrigin) {
  const auto note = sign_checkpoint(checkpoint_, key_).to_string();
  EXPECT_EQ(open_checkpoint(note, std::vector{known("log.example")}).value(), checkpoint_);
  EXPECT_FALSE(open_checkpoint(note, std::vector{known("other.example")}).has_value());
  EXPECT_FALSE(open_checkpoint(note, {}).has_value());
  EXPECT_FALSE(open_checkpoint(checkpoint_.to_string(), std::vector{known("log.example")}).has_value());
}

TEST_F(CheckpointTest, IsNotOpenedWithTheKeyOfAWitnessAlone) {
  auto note = sign_checkpoint(checkpoint_, SigningKey::generate(random_));
  note.signatures.push_back(sign_note(note.text, "witness.example", key_));
  EXPECT_FALSE(open_checkpoint(note.to_string(), std::vector{known("witness.example")}).has_value());
  note.signatures.push_back(sign_note(note.text, "log.example", key_));
  EXPECT_TRUE(
      open_checkpoint(note.to_string(), std::vector{known("witness.example"), known("log.example")}).has_value());
}

TEST_F(CheckpointTest, IsNotOpenedOnceAnythingIsChanged) {
  const auto note = sign_checkpoint(checkpoint_, key_).to_string();
  const std::vector keys{known("log.example")};
  for (const auto& text : mutations_of(note)) {
    EXPECT_TRUE(text == note || !open_checkpoint(text, keys)) << text;
  }
}

TEST_F(CheckpointTest, IsNoneThoughItsLogSignedTheNote) {
  const Note note{.text = "log.example\n", .signatures = {sign_note("log.example\n", "log.example", key_)}};
  EXPECT_FALSE(open_checkpoint(note.to_string(), std::vector{known("log.example")}).has_value());
}

TEST_F(CheckpointTest, IsNotSignedWhenItCouldNotBeRead) {
  const auto expect_refused = [this](const auto& change) {
    auto bad = checkpoint_;
    change(bad);
    EXPECT_THROW(sign_checkpoint(bad, key_), std::invalid_argument);
  };
  expect_refused([](Checkpoint& bad) { bad.origin = ""; });
  expect_refused([](Checkpoint& bad) { bad.origin = "two\nlines"; });
  expect_refused([](Checkpoint& bad) { bad.origin = "no key name"; });
  expect_refused([](Checkpoint& bad) { bad.tree.size = kLargestSize + 1; });
  expect_refused([](Checkpoint& bad) { bad.extensions = {""}; });
  expect_refused([](Checkpoint& bad) { bad.extensions = {"two\nlines"}; });
}

}  // namespace
}  // namespace assay::merkle
