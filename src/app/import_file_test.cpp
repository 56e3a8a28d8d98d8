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
  EXPECT_EQ(lines[2].number, 5U);
  EXPECT_EQ(lines[2].content.error(), "The row has 1 cells, the header 2.");
}

TEST_F(ImportFileTest, GoesOnBehindTheLastLineBeforeAnUnsettledOne) {
  const auto path = file("a.ndjson", "1\n2\n3\n");
  ImportProgress progress(path);
  for (const std::size_t line : {1U, 2U, 3U}) progress.begin(line);
  progress.settle(3);
  progress.settle(1);
  EXPECT_EQ(progress.settled_until(), 1U);
  progress.save();
  EXPECT_EQ(ImportProgress(path).settled_until(), 1U);
  progress.settle(2);
  EXPECT_EQ(progress.settled_until(), 3U);
}

TEST_F(ImportFileTest, RefusesTheProgressOfAnotherContent) {
  const auto path = file("a.ndjson", "1\n");
  ImportProgress(path).save();
  file("a.ndjson", "2\n");
  EXPECT_THROW(ImportProgress{path}, Refusal);
}

}  // namespace
}  // namespace assay::app
