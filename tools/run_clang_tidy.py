#!/usr/bin/env python3
"""Runs clang-tidy over the sources that a build folder is configured for, one process a core.

A file that passed is not looked at again until it, a header of ours that it includes, or the settings have changed.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from check_layers import INCLUDE

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
SETTINGS = [ROOT / ".clang-tidy", ROOT / "CMakeLists.txt"]
CLANG_TIDY = "clang-tidy-19"

# Every check would walk through all that the precompiled header brings. Without it a file costs a third of the time,
# and one that forgets an include is found.
PRECOMPILED = re.compile(r"-Xclang -include(-pch)? -Xclang \S+|-Xclang -fno-pch-timestamp|-Winvalid-pch")


def write_database(build: Path, folder: Path) -> list[Path]:
    """Writes the compilation database without the precompiled header; returns the sources of ours in it."""
    entries = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    entries = [entry for entry in entries if Path(entry["file"]).is_relative_to(SOURCE)]
    for entry in entries:
        entry["command"] = PRECOMPILED.sub("", entry["command"])
    (folder / "compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")
    return [Path(entry["file"]) for entry in entries]


def with_included(file: Path, seen: set[Path]) -> set[Path]:
    """The file and all headers of ours that it includes, directly or not."""
    if file not in seen and file.is_file():
        seen.add(file)
        for header in INCLUDE.findall(file.read_text(encoding="utf-8")):
            with_included(SOURCE / header, seen)
    return seen


def fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for file in [source, *SETTINGS, *sorted(with_included(source, set()))]:
        digest.update(f"{file}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def check(source: Path, folder: Path) -> str:
    """What clang-tidy has against a source; nothing when it passed now or before."""
    passed = folder / fingerprint(source)
    if passed.exists():
        return ""
    command = [CLANG_TIDY, "--quiet", "-p", str(folder), str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        passed.touch()
        return ""
    # Its standard error only counts the warnings that it suppressed, unless it could not work at all.
    return result.stdout.strip() or result.stderr.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="a configured build folder")
    parser.add_argument("only", nargs="*", help="look only at sources whose path contains one of these")
    arguments = parser.parse_args()
    folder = arguments.build.resolve() / "clang-tidy"
    folder.mkdir(exist_ok=True)
    started = time.monotonic()
    sources = write_database(arguments.build, folder)
    if arguments.only:
        sources = [source for source in sources if any(part in str(source) for part in arguments.only)]
    faults = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for job in concurrent.futures.as_completed([pool.submit(check, source, folder) for source in sources]):
            if job.result():
                faults += 1
                print(job.result(), flush=True)
    print(f"clang-tidy: {len(sources)} files, {faults} with faults, {time.monotonic() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
