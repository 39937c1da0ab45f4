"""Strategies for what no rule may fall over: values of any type, objects of a schema in any shape, objects changed at random.

A tree is a list of objects; `files_of` makes files of it, as JSON, which is YAML.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tkelint.reader import read_files
from tkelint.source import SourceFile

# One value of each type and some that are easily mistaken: what may stand instead of any value.
REPLACEMENTS: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, "", "x", "80", "\u0000", "${X}", "a" * 300,
    [], [None], [[]], [{}], ["x"], {}, {"x": None}, {"": {}}, {"a": [{"b": "c"}]},
]  # fmt: skip

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20) | st.integers(-2, 70000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["${PORT}", "<name>", "lb-xxxxxxxx", "{{ .Values.x }}", "true", "ture", "80", "TCP", "*.example.com", "/"]),
    st.sampled_from(["[", "{}", "[1]", '{"80":{"protocol":["TCP"]}}', '[{"HTTP":80}]', '[{"host":1,"path":[],"backend":"x"}]']),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below, max_size=3),
    max_leaves=8,
)


def of_schema(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """Values that are mostly as a JSON Schema wants them, and here and there anything else."""
    root = schema if root is None else root
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    anything = st.sampled_from(REPLACEMENTS) | VALUES
    return st.integers(0, 9).flatmap(lambda dice: anything if dice == 0 else _fitting(schema, root))


def _fitting(schema: Mapping[str, Any], root: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "properties" in schema:
        fields = {key: of_schema(below, root) for key, below in schema["properties"].items()}
        required = {key: fields.pop(key) for key in schema.get("required", ()) if key in fields}
        return st.fixed_dictionaries(required, optional=fields)
    if "items" in schema:
        return st.lists(of_schema(schema["items"], root), max_size=3)
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "integer": st.integers(-1, 300) | st.just(443),
        "string": st.sampled_from(["", "/", "www.example.com", "*.example.com", "x", "FF0", "a" * 600]),
    }
    return by_type.get(schema.get("type", ""), VALUES)


@st.composite
def mutated(draw: st.DrawFn, tree: list[Any], most: int = 4) -> list[Any]:
    """A tree with some of its values replaced, removed, renamed, wrapped, or taken from elsewhere in it.

    A string that holds JSON may have the same done inside.
    """
    for _ in range(draw(st.integers(1, most))):
        paths = places(tree)[1:]
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        inner = _json_in(at(tree, path))
        change = draw(
            st.sampled_from(
                ["inside"] if inner else ["replace", "replace", "remove", "rename", "wrap", "move", "twice"]
            )
        )
        value: Any = None
        if change == "inside":
            value = json.dumps(draw(mutated([inner], 2)))[1:-1]
        elif change == "replace":
            value = draw(st.sampled_from(REPLACEMENTS) | VALUES)
        elif change == "move":
            value = at(tree, draw(st.sampled_from(paths)))
        tree = _changed(tree, path, change, value)
    return tree


def _json_in(value: Any) -> Any:
    """The mapping or list in a string of JSON; `None` where there is none."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def _changed(tree: list[Any], path: tuple[Any, ...], change: str, value: Any) -> list[Any]:
    changed = copy.deepcopy(tree)
    holder, last = at(changed, path[:-1]), path[-1]
    old = holder[last]
    match change:
        case "remove":
            del holder[last]
        case "rename" if isinstance(holder, dict):
            holder[last[:-1] + "X"] = holder.pop(last)
        case "wrap":
            holder[last] = [old] if isinstance(old, dict) else {"x": old}
        case "twice" if isinstance(holder, list):
            holder.append(copy.deepcopy(old))
        case _:
            holder[last] = copy.deepcopy(value)
    return changed


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    """The value at a path."""
    return functools.reduce(lambda value, step: value[step], path, tree)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


def objects_of(texts: Mapping[str, str]) -> list[Any]:
    """The objects of some files, in the order of their names."""
    readings, _ = read_files([(SourceFile(name, text), True) for name, text in sorted(texts.items())])
    return [document.value for reading in readings for document in reading.documents]


def objects_below(folder: Path) -> list[Any]:
    """The objects of all YAML files below a folder."""
    paths = [path for path in folder.rglob("*.yaml") if not path.name.startswith(".")]
    return objects_of({path.as_posix(): path.read_text(encoding="utf-8") for path in paths})


def files_of(tree: list[Any]) -> dict[str, str]:
    """A file for each object."""
    return {f"{number}.yaml": json.dumps(value) for number, value in enumerate(tree)}
