#!/usr/bin/env python3
"""Checks that the rooms of src/ include each other only as tools/layers.json allows.

For each room the map lists the rooms that it may use, or single headers of them ("audit/store.hpp") where that is all.
"""

from __future__ import annotations

import graphlib
import json
import re
import sys
from pathlib import Path

# Names a header of ours ("room/file.hpp"); the libraries' stand in angle brackets.
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)

# The headers that cmake/embed.cmake makes: a room may be given them, but they have no folder in src/.
MADE_BY_THE_BUILD = "embedded"

Layers = dict[str, list[str]]


def check_map(layers: Layers, source: Path) -> list[str]:
    """The map names each room that there is, no other, and has no cycle."""
    rooms = {folder.name for folder in source.iterdir() if folder.is_dir()}
    faults = [f"src/{room}: not in tools/layers.json" for room in sorted(rooms - set(layers))]
    faults += [f"tools/layers.json: there is no room src/{room}" for room in sorted(set(layers) - rooms)]
    for room, allowed in layers.items():
        known = {*layers, MADE_BY_THE_BUILD}
        unknown = [name for name in allowed if name not in known and not (source / name).is_file()]
        faults += [f"tools/layers.json: {room} may use {name}, which is no room and no header" for name in unknown]
    cycle = find_cycle({room: [name.split("/")[0] for name in allowed] for room, allowed in layers.items()})
    if cycle:
        faults.append(f"tools/layers.json: a cycle of rooms: {cycle}")
    return faults


def check_includes(layers: Layers, source: Path) -> list[str]:
    """Each include goes to the own room or an allowed one; the files include each other in no circle."""
    faults = []
    graph: Layers = {}
    for file in sorted([*source.rglob("*.cpp"), *source.rglob("*.hpp")]):
        name = file.relative_to(source).as_posix()
        room = name.split("/")[0]
        graph[name] = INCLUDE.findall(file.read_text(encoding="utf-8"))
        for header in graph[name]:
            target = header.split("/")[0]
            if "/" not in header or ".." in header:
                faults.append(f'src/{name}: "{header}" is not of the form "room/file.hpp"')
            elif target != room and not {target, header} & set(layers.get(room, [])):
                faults.append(f"src/{name}: {room} may not include {header}")
    cycle = find_cycle(graph)
    if cycle:
        faults.append(f"a cycle of includes: {cycle}")
    return faults


def find_cycle(graph: Layers) -> str:
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return " -> ".join(reversed(error.args[1]))
    return ""


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    layers = json.loads((root / "tools" / "layers.json").read_text(encoding="utf-8"))
    faults = check_map(layers, root / "src") + check_includes(layers, root / "src")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(layers)} rooms include each other as they may.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
