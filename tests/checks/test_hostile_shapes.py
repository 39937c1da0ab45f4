"""No shape of an object makes a rule raise: every value of every example is replaced by values of other types."""

from __future__ import annotations

import copy
import functools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linting import lint_texts
from tkelint.compiled import read_yaml, rule_files
from tkelint.reader import read_files
from tkelint.source import SourceFile

REPLACEMENTS: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, "", "x", "80", "\u0000", "${X}", "a" * 300,
    [], [None], [[]], [{}], ["x"], {}, {"x": None}, {"": {}}, {"a": [{"b": "c"}]},
]  # fmt: skip


@functools.cache
def example_trees() -> list[tuple[list[Any], dict[str, Any]]]:
    """The objects of every example of every rule, with the configuration the example has."""
    trees = []
    for path in sorted(rule_files()):
        for example in read_yaml(path)["examples"]:
            for tree in (example[key] for key in ("bad", "good") if key in example):
                texts = {"manifests.yaml": tree} if isinstance(tree, str) else tree
                readings, _ = read_files([(SourceFile(name, text), True) for name, text in sorted(texts.items())])
                objects = [document.value for reading in readings for document in reading.documents]
                if objects:
                    trees.append((objects, example.get("config", {})))
    return trees


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


def replaced(objects: list[Any], path: tuple[Any, ...], value: Any) -> list[Any]:
    changed: list[Any] = copy.deepcopy(objects)
    target: Any = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_rule_raises_whatever_stands_in_a_field(data: st.DataObject) -> None:
    trees = example_trees()
    objects, config = trees[data.draw(st.integers(0, len(trees) - 1))]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(objects)[1:]))
        objects = replaced(objects, path, data.draw(st.sampled_from(REPLACEMENTS)))
    files = {f"{number}.yaml": json.dumps(value) for number, value in enumerate(objects)}

    report = lint_texts(files, config)

    assert report.crashes == ()
