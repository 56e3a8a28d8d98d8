"""The OpenAPI document, and what a value must be by it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads((REPOSITORY / "api" / "openapi.json").read_text())
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_NAME = "urn:assay:openapi"
_REGISTRY = Registry().with_resource(_NAME, Resource.from_contents(DOCUMENT, default_specification=DRAFT202012))


def at(pointer: str) -> Any:
    """The part of the document that a JSON pointer names."""
    found = DOCUMENT
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        found = found[int(name)] if isinstance(found, list) else found[name]
    return found


def faults(value: Any, pointer: str) -> list[str]:
    """What is wrong with a value by the schema at `pointer`; empty when it fits."""
    schema = {"$ref": f"{_NAME}#{pointer}"}
    validator = Draft202012Validator(schema, registry=_REGISTRY, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def schema(name: str) -> str:
    return f"/components/schemas/{name}"


def walk(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every object and array of the document with its JSON pointer."""
    yield pointer, value
    if isinstance(value, dict):
        for name, part in value.items():
            yield from walk(part, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from walk(part, f"{pointer}/{index}")


def operations() -> Iterator[tuple[str, str, str]]:
    """Every operation as (method, path, pointer)."""
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, f"/paths/{path.replace('/', '~1')}/{method}"


def operation_for(method: str, path: str) -> str | None:
    """The pointer of the operation that a request's path matches; literal segments win over `{name}`."""
    asked = path.partition("?")[0].removesuffix("/")
    fitting = []
    for documented, template, pointer in operations():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if documented == method and re.fullmatch(pattern, asked):
            fitting.append((template.count("{"), pointer))
    return min(fitting)[1] if fitting else None
