#include "app/csv_row.hpp"

#include <gtest/gtest.h>

namespace assay::app {
namespace {

TEST(CsvRow, LeavesPlainTextsAlone) { EXPECT_EQ(csv_row({"a", "", "é b:c", "1-1", "€=1"}), "a,,é b:c,1-1,€=1\r\n"); }

TEST(CsvRow, QuotesWhatWouldEndACell) {
  EXPECT_EQ(csv_row({"a,b", "say \"no\"", "two\nlines", "x\r", "c;d", "e\tf"}),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\"x\r\",\"c;d\",\"e\tf\"\r\n");
}

TEST(CsvRow, DisarmsFormulas) {
  EXPECT_EQ(csv_row({"=1+1", "+1", "-1", "@SUM(A1)", " =1"}), "'=1+1,'+1,'-1,'@SUM(A1), '=1\r\n");
  EXPECT_EQ(csv_row({"\uff1d1", "\uff0b1", "\uff0d1", "\uff201"}), "'\uff1d1,'\uff0b1,'\uff0d1,'\uff201\r\n");
  EXPECT_EQ(csv_row({"=HYPERLINK(\"x\",\"y\")"}), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n");
}

TEST(CsvRow, DisarmsWhatOtherReadersTakeForACell) {
  EXPECT_EQ(csv_row({"\t=1", "\r\n@1", "a\n+1", "x;=1", "x; \"-1\""}),
            "\"\t'=1\",\"\r\n'@1\",\"a\n'+1\",\"x;'=1\",\"x; \"\"'-1\"\"\"\r\n");
}

TEST(CsvRow, ShowsControlCharactersAsTheReplacement) {
  EXPECT_EQ(csv_row({"\x1b[2J", "a\u0085b\u009f", "\x7f", std::string_view("\0=1", 3)}),
            "\ufffd[2J,a\ufffdb\ufffd,\ufffd,\ufffd=1\r\n");
}

}  // namespace
}  // namespace assay::app
