#include "merkle/note.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "merkle/text_mutations.hpp"

namespace assay::merkle {
namespace {

using testing::ElementsAre;

// The example of C2SP signed-note and the key that signed it.
constexpr std::string_view kExample =
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
constexpr std::string_view kExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/// A key of its own for each name, with what others know of it.
struct Signer {
  explicit Signer(std::string key_name) : name(std::move(key_name)) {}

  VerifierKey known() const { return {.name = name, .key = key.verifying_key()}; }
  NoteSignature sign(std::string_view text) const { return sign_note(text, name, key); }

  SystemRandom random;
  std::string name;
  SigningKey key = SigningKey::generate(random);
};

/// The names of the keys that signed it, or that it was refused.
std::vector<std::string> signers_of(const Note& note, const std::vector<VerifierKey>& known) {
  const auto signers = verify(note, known);
  if (!signers) return {"refused"};
  std::vector<std::string> names;
  for (const auto& signer : *signers) names.push_back(signer.name);
  return names;
}

TEST(Note, VerifiesThePublishedExample) {
  const auto note = Note::parse(kExample);
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->text, "This is an example message.\n");
  EXPECT_EQ(note->to_string(), kExample);
  EXPECT_THAT(signers_of(*note, {VerifierKey::parse(kExampleKey).value()}), ElementsAre("example.com/foo"));
}

TEST(Note, IsRefusedOnceAnythingIsChanged) {
  const auto key = VerifierKey::parse(kExampleKey).value();
  for (const auto& text : mutations_of(kExample)) {
    const auto note = Note::parse(text);
    if (!note) continue;
    EXPECT_EQ(note->to_string(), text);
    EXPECT_TRUE(text == kExample || !verify(*note, std::vector{key})) << text;
  }
}

TEST(Note, TakesFurtherSignatures) {
  const Signer first("log.example");
  const Signer second("witness.example");
  const Signer third("other.example");
  Note note{.text = "text\n", .signatures = {first.sign("text\n")}};
  note.signatures.push_back(second.sign(note.text));
  const auto parsed = Note::parse(note.to_string());
  EXPECT_EQ(parsed, note);
  EXPECT_THAT(signers_of(note, {second.known(), first.known(), third.known()}),
              ElementsAre("witness.example", "log.example"));
  EXPECT_THAT(signers_of(note, {first.known()}), ElementsAre("log.example"));
  EXPECT_THAT(signers_of(note, {third.known()}), ElementsAre("refused"));
  EXPECT_THAT(signers_of(note, {}), ElementsAre("refused"));
}

TEST(Note, IsSignedByTwoKeysOfOneNameDuringRotation) {
  const Signer retiring("log.example");
  const Signer following("log.example");
  const Note note{.text = "text\n", .signatures = {retiring.sign("text\n"), following.sign("text\n")}};
  for (const auto& known : {retiring.known(), following.known()}) {
    EXPECT_THAT(signers_of(note, {known}), ElementsAre("log.example"));
  }
}

TEST(Note, IsRefusedForOneWrongSignatureOfAKnownKey) {
  const Signer first("log.example");
  const Signer second("witness.example");
  Note note{.text = "text\n", .signatures = {first.sign("text\n"), second.sign("another text\n")}};
  EXPECT_THAT(signers_of(note, {first.known(), second.known()}), ElementsAre("refused"));
  EXPECT_THAT(signers_of(note, {first.known()}), ElementsAre("log.example"));
  // Right once, then wrong: every line that names a known key counts.
  note.signatures = {first.sign("text\n"), first.sign("another text\n")};
  EXPECT_THAT(signers_of(note, {first.known()}), ElementsAre("refused"));
  note.signatures = {first.sign("text\n"), first.sign("text\n")};
  EXPECT_THAT(signers_of(note, {first.known()}), ElementsAre("log.example"));
  note.signatures[1].bytes.pop_back();
  EXPECT_THAT(signers_of(note, {first.known()}), ElementsAre("refused"));
}

TEST(Note, IgnoresSignaturesThatShareOnlyNameOrId) {
  const Signer signer("log.example");
  Note note{.text = "text\n", .signatures = {signer.sign("text\n")}};
  auto wrong = signer.sign("another text\n");
  wrong.key_name = "other.example";
  note.signatures.push_back(wrong);
  wrong.key_name = signer.name;
  wrong.key_id[0] ^= 1U;
  note.signatures.push_back(wrong);
  EXPECT_THAT(signers_of(note, {signer.known()}), ElementsAre("log.example"));
}

TEST(Note, EndsItsTextAtTheLastBlankLine) {
  const Signer signer("log.example");
  for (const auto* text : {"\n", "\n\n", "one\n\ntwo\n", "one\n\n", "one\n\n— looks like/one AAAAAAAA\n", "é\n"}) {
    const Note note{.text = text, .signatures = {signer.sign(text)}};
    EXPECT_EQ(Note::parse(note.to_string()), note) << text;
  }
}

TEST(Note, HasAtMostAHundredSignatures) {
  const Signer signer("log.example");
  Note note{.text = "text\n", .signatures = std::vector(kMostNoteSignatures, signer.sign("text\n"))};
  EXPECT_EQ(Note::parse(note.to_string()), note);
  note.signatures.push_back(note.signatures.front());
  EXPECT_FALSE(Note::parse(note.to_string()).has_value());
}

TEST(Note, RefusesEveryOtherForm) {
  for (const auto* text : {"",
                           "\n",
                           "\n\n",
                           "text\n",
                           "text\n\n",
                           "text\n— a AAAAAAA=\n",
                           "text— a AAAAAAA=\n",
                           "\n— a AAAAAAA=\n",
                           "text\n\n— a AAAAAAA=",
                           "text\n\n- a AAAAAAA=\n",
                           "text\n\n—a AAAAAAA=\n",
                           "text\n\n—  AAAAAAA=\n",
                           "text\n\n— AAAAAAA=\n",
                           "text\n\n— a  AAAAAAA=\n",
                           "text\n\n— a AAAAAAA= \n",
                           "text\n\n— a b AAAAAAA=\n",
                           "text\n\n— a+b AAAAAAA=\n",
                           "text\n\n— a\u00a0b AAAAAAA=\n",
                           "text\n\n— a\n",
                           "text\n\n— a \n",
                           "text\n\n— a AAAAAA==\n",
                           "text\n\n— a AAAAAAA\n",
                           "text\n\n— a AAAAAAA=\nmore\n",
                           "te\rxt\n\n— a AAAAAAA=\n",
                           "te\txt\n\n— a AAAAAAA=\n",
                           "te\x01xt\n\n— a AAAAAAA=\n",
                           "te\xffxt\n\n— a AAAAAAA=\n"}) {
    EXPECT_FALSE(Note::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(Note::parse(std::string("te\0", 3) + "xt\n\n— a AAAAAAA=\n").has_value());
  EXPECT_TRUE(Note::parse("te\x7fxt\n\n— a AAAAAAA=\n").has_value());
}

TEST(Note, IsNotSignedWhenItCouldNotBeRead) {
  const Signer signer("log.example");
  for (const auto* text : {"", "text", "te\rxt\n", "te\xffxt\n"}) {
    EXPECT_THROW(signer.sign(text), std::invalid_argument) << text;
  }
  for (const auto* name : {"", "a b", "a+b"}) {
    EXPECT_THROW(sign_note("text\n", name, signer.key), std::invalid_argument) << name;
  }
}

}  // namespace
}  // namespace assay::merkle
