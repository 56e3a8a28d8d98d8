"""Names of metrics: those that a running program exposes, and those that expressions use."""

from __future__ import annotations

import re

import requests

OURS = re.compile(r"\b((?:assay|http|db|otel|process)_[a-z_]+)\b(?!\s*=)")
SUFFIX = re.compile(r"_(?:bucket|count|sum)$")
LABELS = re.compile(r"\{[^}]*\}")
# by (…) and the like name labels too.
GROUPING = re.compile(r"\b(?:by|on|ignoring|without|group_left|group_right)\s*\([^)]*\)")


def exposed(*metrics_urls: str) -> dict[str, str]:
    """The families at those listeners, each with its type."""
    found: dict[str, str] = {}
    for url in metrics_urls:
        text = requests.get(url + "/metrics", timeout=30).text
        found |= dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    return found


def used(expression: str, histograms: set[str]) -> set[str]:
    """The families that an expression names."""
    names = set(OURS.findall(GROUPING.sub("", LABELS.sub("", expression))))
    return {SUFFIX.sub("", name) if SUFFIX.sub("", name) in histograms else name for name in names}
