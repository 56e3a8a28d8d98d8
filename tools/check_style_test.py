"""Each rule of style fires, and sound files pass."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from check_style import LARGEST_FILE, check_file, figures, files_of
from cpp_functions import find_functions


def faults(path: str, text: str = "") -> str:
    return "\n".join(check_file(path, text.encode()))


def test_sound_files_have_no_fault() -> None:
    assert faults("src/http/server.hpp", "#pragma once\n\nint answer();  // no printf() here\n") == ""
    assert faults("src/app/main.cpp", '#include <iostream>\nint main() { std::cout << "using namespace"; }\n') == ""
    assert faults("tests/conftest.py", "def wait() -> None:\n    time.sleep(0.01)  # between two looks\n") == ""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/a/b.cpp", "using namespace std;"),
        ("src/a/b.cpp", "void f() { std::cout << 1; }"),
        ("src/a/b.cpp", 'void f() { printf("x"); }'),
        ("src/a/b_test.cpp", "void f() { std::this_thread::sleep_for(1s); }"),
        ("src/a/b.cpp", "void f() { thread.detach(); }"),
        ("src/a/b.cpp", "void f() { strcpy(a, b); }"),
        ("src/a/b.cpp", "int f() { return atoi(text); }"),
        ("src/a/b.cpp", "int f() { return rand(); }"),
        ("src/a/b.cpp", 'void f() { system("ls"); }'),
        ("src/a/b.cpp", "std::regex pattern;"),
        ("src/a/b.cpp", "void f() { assert(true); }"),
        ("src/a/b.cpp", "auto now = std::chrono::system_clock::now();"),
        ("src/a/b.cpp", "int x;  // TO" + "DO later"),
        ("docs/a.md", "FIX" + "ME"),
        ("docs/a.md", "text\n<<<<<<" + "< ours\n"),
        ("src/a/b.cpp", "int x;  // NOLI" + "NT"),
        ("src/a/b.cpp", "void f() { try { run(); } catch (const Error& error) {\n} }"),
        ("tests/a.py", "import x  # no" + "qa"),
        ("src/a/b_test.cpp", "TEST(A, B) { GTEST_SKI" + "P(); }"),
        ("tests/a.py", "pytest.ski" + "p()"),
        ("tests/a.py", "time.slee" + "p(1)"),
    ],
)
def test_banned_words_are_faults_with_their_line(path: str, text: str) -> None:
    assert faults(path, "\n" + text).startswith(f"{path}:")


def test_words_in_comments_and_texts_are_not_taken_for_code() -> None:
    assert faults("src/a/b.cpp", '// using namespace std;\nauto text = R"(rand())"; auto other = "assert(x)";\n') == ""


def test_a_suppression_that_names_its_check_passes() -> None:
    assert faults("src/a/b.cpp", "int x;  // NOLINT(bugprone-x): a reason\n") == ""


def test_a_header_begins_with_pragma_once() -> None:
    assert "#pragma once" in faults("src/a/b.hpp", "int x;\n")


def test_a_long_file_is_a_fault() -> None:
    assert faults("src/a/b.cpp", "int x;\n" * 400) == ""
    assert "401 lines" in faults("src/a/b.cpp", "int x;\n" * 401)


def test_a_long_function_is_a_fault_in_each_language() -> None:
    assert "long_one has 61 lines" in faults("src/a/b.cpp", "int long_one() {\n" + "  run();\n" * 59 + "}\n")
    assert "long_one has 61 lines" in faults("tests/a.py", "def long_one():\n" + "    run()\n" * 60)
    assert faults("src/a/b.cpp", "int long_enough() {\n" + "  run();\n" * 58 + "}\n") == ""


@pytest.mark.parametrize("path", ["src/utils/x.cpp", "tests/common/x.py", "src/a/helpers/x.cpp", "src/manager/x.cpp"])
def test_folders_that_say_nothing_are_faults(path: str) -> None:
    assert "says nothing" in faults(path)


@pytest.mark.parametrize("path", ["a.orig", "src/a/b.cpp.rej", "assay.log", "tests/x.pyc", "data/audit.db", "x~"])
def test_stray_files_are_faults(path: str) -> None:
    assert "stray file" in faults(path)


def test_names_of_files_follow_the_rules() -> None:
    assert "end in .cpp and .hpp" in faults("src/a/b.h", "#pragma once\n")
    assert "snake_case" in faults("src/a/BigFile.cpp")


def test_large_files_and_foreign_line_ends_are_faults() -> None:
    assert "bytes; nothing over" in faults("docs/picture.png", "x" * (LARGEST_FILE + 1))
    assert "lines end in" in faults("docs/a.md", "a\r\n")


def test_new_files_count_and_ignored_ones_do_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("/build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/x.cpp").write_text("")
    (tmp_path / "new.cpp").write_text("")
    assert sorted(files_of(tmp_path)) == [".gitignore", "new.cpp"]


def test_functions_are_found_in_classes_and_namespaces_and_lambdas_are_not() -> None:
    code = """
namespace a {
template <class T>
class Box {
 public:
  explicit Box(T value = {}) : value_{std::move(value)} {}
  T get() const { return value_; }
  struct Inner { int x = 0; };
};
enum class Color { kRed };
auto Box<int>::run() -> int {
  auto twice = [](int x) {
    return '}' + x;
  };
  return twice(1);
}
}  // namespace a
"""
    assert [(function.name, function.length) for function in find_functions(code)] == [
        ("Box", 1),
        ("get", 1),
        ("run", 6),
    ]


def test_figures_name_median_and_longest() -> None:
    files = {"a.cpp": b"int f() {\n}\n", "b.cpp": b"int g() {\n  int x;\n}\n"}
    assert "2 files, median 2 lines, longest 3; 2 functions" in figures(files)
