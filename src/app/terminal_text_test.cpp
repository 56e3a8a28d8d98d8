#include "app/terminal_text.hpp"

#include <gtest/gtest.h>

namespace assay::app {
namespace {

TEST(TerminalText, LeavesWhatOnlyIsRead) {
  for (const auto* text : {"", "a \"text\" \\ of ASCII", "Zoë 日本 🧪 — …", "\u00a0\u061b\u2027\u202f\u2065"}) {
    EXPECT_EQ(for_terminal(text), text);
  }
}

TEST(TerminalText, ShowsWhatWouldSteerTheTerminal) {
  EXPECT_EQ(for_terminal("\x1b[31mred\r\n\x07\x7f"), "\\x1b[31mred\\x0d\\x0a\\x07\\x7f");
  EXPECT_EQ(for_terminal("\u0080\u009b31m\u009f"), "\\u{80}\\u{9b}31m\\u{9f}");
  EXPECT_EQ(for_terminal(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(TerminalText, ShowsWhatTurnsTheWritingAround) {
  EXPECT_EQ(for_terminal("\u061c\u200e\u200f\u202a\u202e\u2066\u2069"),
            "\\u{61c}\\u{200e}\\u{200f}\\u{202a}\\u{202e}\\u{2066}\\u{2069}");
  EXPECT_EQ(for_terminal("a\u2028b\u2029"), "a\\u{2028}b\\u{2029}");
}

TEST(TerminalText, ShowsBytesThatAreNoText) {
  EXPECT_EQ(for_terminal("\x9b"
                         "31m \xff\xfe"),
            "\\x9b31m \\xff\\xfe");
  EXPECT_EQ(for_terminal("caf\xc3"), "caf\\xc3");
  EXPECT_EQ(for_terminal("\xe2\x80"), "\\xe2\\x80");
  EXPECT_EQ(for_terminal("\xed\xa0\x80"
                         "a"),
            "\\xed\\xa0\\x80"
            "a");
}

}  // namespace
}  // namespace assay::app
