#!/usr/bin/env python3
"""Turns what a program prints on a terminal into an SVG picture with real text, readable in light and dark.

python3 tools/terminal_picture.py --title TITLE --description SENTENCE <output >picture.svg
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from xml.sax.saxutils import escape

SELECT_GRAPHIC = re.compile(r"\x1b\[([0-9;]*)m")
OTHER_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-ln-z]|[()][A-Z0-9]|[=>])")
WORDS = re.compile(r"\S+(?: \S+)*")  # what a viewer can't pull together: no two blanks in a row
CLASSES = {"1": "bold", "2": "faint", "31": "red", "32": "green", "33": "yellow", "35": "magenta", "36": "cyan"}
COLUMN, LINE, MARGIN = 7.83, 18, 14  # of a monospace font of 13 px
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img" \
aria-labelledby="title description" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">
  <title id="title">{title}</title>
  <desc id="description">{description}</desc>
  <style>
    :root {{ --ink: #1f2933; --faint: #52606d; --box: #f5f7fa; --edge: #9aa5b1; --red: #b42318; --green: #0b6e4f; \
--yellow: #8a5a00; --magenta: #86198f; --cyan: #0e6684; }}
    @media (prefers-color-scheme: dark) {{
      :root {{ --ink: #e4e7eb; --faint: #a6b1bd; --box: #1f2933; --edge: #6b7785; --red: #ff9c8f; --green: #5fd3a5; \
--yellow: #f0c060; --magenta: #e5a3ee; --cyan: #7fd1ee; }}
    }}
    text {{ fill: var(--ink); }}
    .box {{ fill: var(--box); stroke: var(--edge); }}
    .bold {{ font-weight: 600; }}
    .faint {{ fill: var(--faint); }}
    .red {{ fill: var(--red); }}
    .green {{ fill: var(--green); }}
    .yellow {{ fill: var(--yellow); }}
    .magenta {{ fill: var(--magenta); }}
    .cyan {{ fill: var(--cyan); }}
  </style>
  <rect class="box" x="1" y="1" width="{box_width:.0f}" height="{box_height}" rx="8"/>
"""


def runs(line: str) -> Iterator[tuple[int, str, str]]:
    """Column, class and text of each stretch of one look."""
    column, look = 0, ""
    for index, piece in enumerate(SELECT_GRAPHIC.split(line)):
        if index % 2:
            look = " ".join(CLASSES[code] for code in piece.split(";") if code in CLASSES)
        elif piece:
            for words in WORDS.finditer(piece):
                yield column + words.start(), look, words[0]
            column += len(piece)


def picture(output: str, title: str, description: str) -> str:
    lines = [OTHER_ESCAPES.sub("", line.rstrip("\r")) for line in output.rstrip("\n").split("\n")]
    columns = max(len(SELECT_GRAPHIC.sub("", line)) for line in lines)
    width, height = columns * COLUMN + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    out = HEAD.format(
        width=width, height=height, box_width=width - 2, box_height=height - 2,
        title=escape(title), description=escape(description),
    )  # fmt: skip
    for row, line in enumerate(lines):
        for column, look, text in runs(line):
            place = f'x="{MARGIN + column * COLUMN:.1f}" y="{MARGIN + row * LINE + 13}"'
            length = f'textLength="{len(text) * COLUMN:.1f}"'
            look_of = f' class="{look}"' if look else ""
            out += f"  <text{look_of} {place} {length}>{escape(text)}</text>\n"
    return out + "</svg>\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--title", required=True)
    parser.add_argument("--description", required=True)
    asked = parser.parse_args()
    sys.stdout.write(picture(sys.stdin.read(), asked.title, asked.description))


if __name__ == "__main__":
    main()
