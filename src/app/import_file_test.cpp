#include "app/import_file.hpp"

#include <gmock/gmock.h>

#include "app/import_progress.hpp"
#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay::app {
namespace {

class ImportFileTest : public testing::Test {
 protected:
  std::filesystem::path file(std::string_view name, std::string_view text) {
    auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  static std::vector<ImportLine> read(const std::filesystem::path& path) {
    ImportReader reader(path, format_of(path));
    std::vector<ImportLine> lines;
    while (auto line = reader.next()) lines.push_back(std::move(*line));
    EXPECT_EQ(reader.progress(), 1.0);
    return lines;
  }

  static constexpr const char* kUrl = "http://127.0.0.1:8080";

  TemporaryFolder folder_;
};

TEST_F(ImportFileTest, CountsLinesAsAnEditorDoesAndSkipsBlankOnes) {
  const auto lines = read(file("a.ndjson", "{\"patient\":{}}\n\n{\"patient\":{},\"tests\":[]}\n"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].number, 1U);
  EXPECT_EQ(lines[1].number, 3U);
  EXPECT_TRUE(lines[1].content.has_value());
}

TEST_F(ImportFileTest, SaysWhatIsWrongWithALine) {
  const auto lines = read(file("a.ndjson", "{\n[]\n{\"patients\":1}\n{}\n{\"patient\":{},\"tests\":1}\n"));
  std::vector<std::string> reasons;
  for (const auto& line : lines) reasons.push_back(line.content.error());
  EXPECT_THAT(reasons,
              testing::ElementsAre("The line is no JSON.", "The line is no JSON object.", "\"patients\" is not allowed",
                                   "\"patient\" is required", "\"tests\" must be an array"));
}

TEST_F(ImportFileTest, ReadsTablesWithQuotesCommasAndLineBreaks) {
  const auto lines = read(file("a.csv",
                               "\xef\xbb\xbf"
                               "firstName,lastName\r\n\"A, \"\"B\"\"\",C\r\n\"two\nlines\",\r\nx\r\n"));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(json::serialize(*lines[0].content), R"({"patient":{"firstName":"A, \"B\"","lastName":"C"}})");
  EXPECT_EQ(json::serialize(*lines[1].content), R"({"patient":{"firstName":"two\nlines"}})");
  EXPECT_EQ(lines[1].number, 3U);
  EXPECT_EQ(lines[2].number, 5U);
  EXPECT_EQ(lines[2].content.error(), "The row has 1 cells, the header 2.");
}

TEST_F(ImportFileTest, NamesTheLineWhoseQuotationMarkIsNotClosed) {
  const auto lines = read(file("a.csv", "firstName,lastName\nA,B\n\"C,D\nE,F\n"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].number, 3U);
  EXPECT_EQ(lines[1].content.error(), "a quotation mark is not closed; what follows it is not read");
  const auto header = file("b.csv", "firstName,\"lastName\nA,B\n");
  EXPECT_THAT([&] { read(header); },
              testing::ThrowsMessage<Refusal>(testing::EndsWith("line 1: a quotation mark is not closed")));
}

TEST_F(ImportFileTest, KnowsATableByItsNameInWhateverCase) {
  for (const auto* name : {"a.csv", "a.CSV", "a.Csv"}) EXPECT_EQ(format_of(name), ImportFormat::kCsv);
  for (const auto* name : {"a.ndjson", "csv", "a.csv.json"}) EXPECT_EQ(format_of(name), ImportFormat::kNdjson);
}

TEST_F(ImportFileTest, ALineKeepsItsKeyWhenOthersAreCorrected) {
  const auto before = read(file("a.ndjson", "{\"tests\":[]}\n{\"patient\":1}\n{\"tests\":[]}\n{\"patient\":{}}\n"));
  const auto after = read(file("a.ndjson", "\n{\"tests\":[]}\n{\"patient\":2}\n{\"tests\":[]}\n{\"patient\":{}}\n"));
  for (const std::size_t same : {0U, 2U, 3U}) EXPECT_EQ(before[same].key, after[same].key);
  EXPECT_NE(before[1].key, after[1].key);
  EXPECT_NE(before[0].key, before[2].key);
}

TEST_F(ImportFileTest, GoesOnBehindTheLastLineBeforeAnUnsettledOne) {
  const auto path = file("a.ndjson", "1\n2\n3\n");
  ImportProgress progress(path, kUrl, false);
  for (const std::size_t line : {1U, 2U, 3U}) progress.begin(line);
  progress.refuse(3);
  progress.settle(3);
  progress.refuse(1);
  progress.settle(1);
  EXPECT_EQ(progress.settled_until(), 1U);
  progress.save();
  const ImportProgress saved(path, kUrl, false);
  EXPECT_EQ(saved.settled_until(), 1U);
  EXPECT_EQ(saved.refused(), 1U);
  progress.settle(2);
  EXPECT_EQ(progress.settled_until(), 3U);
  EXPECT_EQ(progress.refused(), 2U);
}

TEST_F(ImportFileTest, RefusesTheProgressOfAnotherContentRegisterOrMode) {
  const auto path = file("a.ndjson", "1\n");
  ImportProgress progress(path, kUrl, false);
  progress.begin(1);
  progress.settle(1);
  progress.save();
  const auto refusal_of = [&path](const std::string& url, bool keep_ids) -> std::string {
    try {
      const ImportProgress read(path, url, keep_ids);
      return "";
    } catch (const Refusal& refusal) {
      return refusal.what();
    }
  };
  EXPECT_EQ(refusal_of(kUrl, false), "");
  EXPECT_THAT(refusal_of("http://other:1", false), testing::HasSubstr("belongs to an import into another register"));
  EXPECT_THAT(refusal_of(kUrl, true), testing::HasSubstr("belongs to an import without --keep-ids"));
  file("a.ndjson", "2\n");
  EXPECT_THAT(refusal_of(kUrl, false), testing::HasSubstr("belongs to another content of the file"));
  file("a.ndjson.progress", "no JSON");
  EXPECT_THAT(refusal_of(kUrl, false), testing::HasSubstr("remove it to import from the first line"));
}

TEST_F(ImportFileTest, KeepsNoProgressBeforeALineIsSettled) {
  const auto path = file("a.ndjson", "1\n");
  ImportProgress(path, kUrl, false).save();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "a.ndjson.progress"));
}

}  // namespace
}  // namespace assay::app
