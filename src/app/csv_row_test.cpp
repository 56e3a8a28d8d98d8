#include "app/csv_row.hpp"

#include <gtest/gtest.h>

namespace assay::app {
namespace {

TEST(CsvRow, LeavesPlainTextsAlone) { EXPECT_EQ(csv_row({"a", "", "é b;c"}), "a,,é b;c\r\n"); }

TEST(CsvRow, QuotesWhatWouldEndACell) {
  EXPECT_EQ(csv_row({"a,b", "say \"no\"", "two\nlines", "x\r"}),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\"x\r\"\r\n");
}

TEST(CsvRow, DisarmsFormulas) {
  EXPECT_EQ(csv_row({"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "1-1"}), "'=1+1,'+1,'-1,'@SUM(A1),'\t=1,1-1\r\n");
  EXPECT_EQ(csv_row({"=HYPERLINK(\"x\",\"y\")"}), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n");
}

}  // namespace
}  // namespace assay::app
