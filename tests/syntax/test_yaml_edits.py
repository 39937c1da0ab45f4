"""Changes of values as changes of text: applied and read again, only what was meant to change has changed."""

from __future__ import annotations

import copy
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from tkelint.source import SourceFile
from tkelint.syntax.changed_values import changed_value
from tkelint.syntax.document import Add, Append, Remove, Replace
from tkelint.syntax.yaml import parse
from tkelint.syntax.yaml_edits import value_of_text

if TYPE_CHECKING:
    from tkelint.syntax.document import Change, FieldPath
    from tkelint.syntax.yaml import YamlDocument

BLOCK = """\
# A Service.
apiVersion: v1 # comment
kind: Service
metadata:
  name: web
  annotations: # which CLB
    first: "true" # the first
    # above the second
    second: |
      {"a": 1}

    third: 'it''s'
  labels: {app: web, "tier": front, odd: }
spec:
  ports:
  - name: http
    port: 80
  - port: 443 # secure
    targetPort: 8443
  - {name: admin, port: 8080}
  clusterIPs: [10.0.0.1, 10.0.0.2]
  selector:
    app: web
  empty:
  type: LoadBalancer
"""
JSON = """\
{
  "apiVersion": "v1", "kind": "Service",
  "metadata": {
    "name": "web",
    "annotations": {
      "first": "true",
      "second": "{\\"a\\": 1}",
      "third": "x"
    },
    "labels": {}
  },
  "spec": {"ports": [{"name": "http", "port": 80}, {"port": 443}], "type": "LoadBalancer"}
}
"""
FLOW = "metadata: {name: web, annotations: {first: 'true', second: b,}, labels: {}} # end\nspec: {ports: [80, 443]}\n"
TEXTS = {
    "block": BLOCK,
    "crlf": BLOCK.replace("\n", "\r\n"),
    "no line end": BLOCK.rstrip("\n"),
    "separator": f"--- # first\n{BLOCK}",
    "json": JSON,
    "minified": JSON.replace("\n", "").replace("  ", ""),
    "flow": FLOW,
}


def document_of(text: str) -> YamlDocument:
    (document,) = parse(SourceFile("manifest.yaml", text)).documents
    return document


def changed(text: str, *changes: Change) -> str | None:
    """The text after the changes; `None` when they are not sound."""
    value = document_of(text).value
    replacements = document_of(text).text_changes(changes)
    if replacements is None:
        return None
    ends = [span.end for span, _ in replacements]
    assert all(span.start > end for (span, _), end in zip(replacements[1:], ends, strict=False))
    for span, replacement in reversed(replacements):
        text = text[: span.start] + replacement + text[span.end :]
    wanted = changed_value(value, changes, value_of_text)
    if not any(isinstance(change, Replace) and change.part for change in changes):
        assert json.dumps(document_of(text).value) == json.dumps(wanted)
    return text


def paths_of(value: Any, base: FieldPath = ()) -> list[FieldPath]:
    """The path of everything in a value, but of the value itself."""
    steps: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    return [path for step, child in steps for path in [(*base, step), *paths_of(child, (*base, step))]]


def without(value: Any, path: FieldPath) -> Any:
    """A copy without what is at a path, and without the collections that this leaves empty."""
    value = copy.deepcopy(value)
    while path:
        parent = value
        for step in path[:-1]:
            parent = parent[step]
        del parent[path[-1]]
        if parent:
            break
        path = path[:-1]
    return value


EVERY_PLACE = [
    pytest.param(text, path, id=f"{name}-{'.'.join(map(str, path))}")
    for name, text in TEXTS.items()
    for path in paths_of(document_of(text).value)
]


def is_only_entry_of_an_item(text: str, path: FieldPath) -> bool:
    parent: Any = document_of(text).value
    for step in path[:-1]:
        parent = parent[step]
    return len(path) > 1 and isinstance(path[-2], int) and len(parent) == 1


@pytest.mark.parametrize(("text", "path"), EVERY_PLACE)
def test_removal_takes_out_only_its_path(text: str, path: FieldPath) -> None:
    value = document_of(text).value

    after = changed(text, Remove(path))

    if is_only_entry_of_an_item(text, path):  # an empty item is nobody's wish
        assert after is None
        return
    assert after is not None
    assert document_of(after).value == without(value, path)
    assert after.count("\r") == (after.count("\n") if "\r" in text else 0)


@pytest.mark.parametrize(("text", "path"), EVERY_PLACE)
@pytest.mark.parametrize("spelling", ['"new: value"', "new", "80", "true"])
def test_replacement_changes_only_its_path(text: str, path: FieldPath, spelling: str) -> None:
    value: Any = copy.deepcopy(document_of(text).value)

    after = changed(text, Replace(path, spelling))

    if "annotations: #" in text and path == ("metadata", "annotations"):  # the comment has no place to go to
        assert after is None
        return
    parent = value
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = document_of(f"a: {spelling}").value["a"]  # type: ignore[index, call-overload]
    assert after is not None
    assert document_of(after).value == value


@pytest.mark.parametrize(("text", "path"), [case for case in EVERY_PLACE if isinstance(case.values[1][-1], str)])  # type: ignore[index, arg-type]
def test_key_is_renamed_alone(text: str, path: FieldPath) -> None:
    after = changed(text, Replace(path, "a.b/new-key", at_key=True))

    assert after is not None
    before_paths, after_paths = paths_of(document_of(text).value), paths_of(document_of(after).value)
    renamed = (*path[:-1], "a.b/new-key")
    assert after_paths == [renamed + each[len(path) :] if each[: len(path)] == path else each for each in before_paths]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "path",
    [("metadata",), ("metadata", "annotations"), ("metadata", "labels"), ("metadata", "new", "deep"), ("spec", "new")],
    ids=".".join,
)
@pytest.mark.parametrize("added", ["true", "a b", "日本", {"k": "v"}, 80, '{"a": "b"}'], ids=str)
def test_addition_adds_only_its_key(name: str, path: FieldPath, added: Any) -> None:
    text = TEXTS[name]
    value: Any = copy.deepcopy(document_of(text).value)

    after = changed(text, Add(path, "service.cloud.tencent.com/added", added))

    mapping = value
    for step in path:
        mapping = mapping.setdefault(step, {})
    mapping["service.cloud.tencent.com/added"] = added
    assert after is not None
    assert document_of(after).value == value
    assert after.count("\r") == (after.count("\n") if "\r" in text else 0)


@pytest.mark.parametrize("name", TEXTS)
def test_pairs_of_removals_are_either_right_or_left_out(name: str) -> None:
    text = TEXTS[name]
    value = document_of(text).value
    paths = [path for path in paths_of(value) if all(isinstance(step, str) for step in path)]
    done = 0
    for one, other in itertools.combinations(paths, 2):
        if one == other[: len(one)]:
            continue
        after = changed(text, Remove(one), Remove(other))
        if after is not None:
            done += 1
            assert document_of(after).value == without(without(value, one), other)
    assert done > 5


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("keys", [("first",), ("second",), ("first", "second"), ("first", "second", "third")], ids=str)
def test_annotations_can_be_swapped_for_another(name: str, keys: tuple[str, ...]) -> None:
    text = TEXTS[name]
    value: Any = copy.deepcopy(document_of(text).value)
    annotations = value["metadata"]["annotations"]
    keys = tuple(key for key in keys if key in annotations)
    where: FieldPath = ("metadata", "annotations")

    after = changed(text, *(Remove((*where, key)) for key in keys), Add(where, "new", "true"))

    for key in keys:
        del annotations[key]
    annotations["new"] = "true"
    assert after is not None
    assert document_of(after).value == value


def test_comments_of_the_rest_stay() -> None:
    after = changed(BLOCK, Remove(("metadata", "annotations", "first")), Add(("metadata", "annotations"), "new", "b"))

    assert after == BLOCK.replace('    first: "true" # the first\n', "").replace(
        "    third: 'it''s'\n", "    third: 'it''s'\n    new: b\n"
    )


def test_missing_annotations_are_made_in_metadata() -> None:
    text = "metadata:\n  name: web # name\nspec: {}\n"

    assert changed(text, Add(("metadata", "annotations"), "a", "true"), Add(("metadata", "annotations"), "b", "c")) == (
        'metadata:\n  name: web # name\n  annotations:\n    a: "true"\n    b: c\nspec: {}\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {k: v}\nb: *x\n",
        "a: &x\n  k: v\nb: *x\n",
        "b: &x {k: v}\na:\n  <<: *x\n  k: w\n",
        "b: &x {k: v}\na: *x\n",
        "? a\n: k: v\n",
        "a: {k: v}\na: {k: w}\n",
    ],
)
@pytest.mark.parametrize("change", [Replace(("a", "k"), "new"), Remove(("a", "k")), Add(("a",), "n", "v")])
def test_shared_and_odd_places_are_left_alone(text: str, change: Change) -> None:
    after = changed(text, change)

    if after is not None:  # only the explicit key has places that can be changed all the same
        assert text.startswith("?")
        assert len(parse(SourceFile("m.yaml", after)).errors) == 0


@pytest.mark.parametrize(
    "change",
    [
        Add(("metadata", "annotations"), "first", "x"),
        Add(("metadata", "annotations", "first"), "x", "y"),
        Add(("spec", "ports", 7), "x", "y"),
        Add(("metadata",), "odd", "\x7f"),
        Replace(("metadata", "name"), "a: b"),
        Replace(("metadata", "name"), ""),
        Replace(("metadata", "none"), "x"),
        Replace(("metadata", "name"), "x\ny"),
        Replace(("metadata", "annotations", "first"), "second", at_key=True),
        Replace(("spec", "ports", 0), "x", at_key=True),
        Remove(("metadata", "none")),
        Remove(()),
    ],
)
def test_change_that_cannot_be_made_is_left_out(change: Change) -> None:
    assert changed(BLOCK, change) is None


@pytest.mark.parametrize(
    ("text", "path", "part", "new", "expected"),
    [
        ("a: one two\n", ("a",), (4, 7), "three", "a: one three\n"),
        ("a: 'it''s two'\n", ("a",), (5, 8), "three", "a: 'it''s three'\n"),
        ('a: "\\u0041 two"\n', ("a",), (2, 5), "three", 'a: "\\u0041 three"\n'),
        ("a: |\n  one\n  two\n", ("a",), (4, 7), "three", "a: |\n  one\n  three\n"),
        ("a: one two\n", ("a",), (4, 7), "b: c", None),
        ("a: [one two]\n", ("a", 0), (4, 7), "b, c", None),
        ("a: 'one two'\n", ("a",), (4, 7), "'", "a: 'one '''\n"),
        ('a: "[{\\"p\\": 1}]"\n', ("a",), (8, 8), ', "q": "\\"', 'a: "[{\\"p\\": 1, \\"q\\": \\"\\\\\\"}]"\n'),
        ("a: |2-\n    one\n  two\n", ("a",), (5, 5), "\n new", "a: |2-\n    one\n   new\n  two\n"),
        (
            "a:\n    b: |2-\n        one\n      two\n    c: 1\n",
            ("a", "b"),
            (2, 5),
            "new",
            "a:\n    b: |2-\n        new\n      two\n    c: 1\n",
        ),
        ("a:\n  - |2-\n    one\n      two\n", ("a", 0), (0, 3), "new", "a:\n  - |2-\n    new\n      two\n"),
        ("a: |\n  one\n  two  \nb: 1\n", ("a",), (0, 3), "new", "a: |\n  new\n  two  \nb: 1\n"),
        ("a: |\r\n  one\r\n  two\r\n", ("a",), (3, 3), "\nnew", "a: |\r\n  one\r\n  new\r\n  two\r\n"),
        ("a: >-\n  one\n\n  two\n", ("a",), (3, 3), "\nnew", "a: >-\n  one\n\n  new\n\n  two\n"),
        ("a: >\n  one\n    b\n  two\n", ("a",), (7, 7), "\n  c", "a: >\n  one\n    b\n    c\n  two\n"),
        ('a: "one\\ntwo"\n', ("a",), (3, 3), "\nnew", 'a: "one\\nnew\\ntwo"\n'),
        ("a: one\n", ("a",), (0, 9), "b", None),
    ],
)
def test_part_of_a_string_is_replaced_in_its_spelling(
    text: str, path: FieldPath, part: tuple[int, int], new: str, expected: str | None
) -> None:
    assert changed(text, Replace(path, new, part=part)) == expected


@pytest.mark.parametrize(
    ("text", "path", "values", "expected"),
    [
        ("a:\n- x\n- y # y\nb: 1\n", ("a",), ["z"], "a:\n- x\n- y # y\n- z\nb: 1\n"),
        (
            "a:\n  -   x: 1\n      y: 2\n",
            ("a",),
            [{"x": 3, "z": {"k": "true"}}],
            'a:\n  -   x: 1\n      y: 2\n  -   x: 3\n      z:\n        k: "true"\n',
        ),
        ("a:\r\n- x\r\n", ("a",), ["z", 80], "a:\r\n- x\r\n- z\r\n- 80\r\n"),
        ("a: [x, y ] # c\n", ("a",), ["z"], "a: [x, y, z ] # c\n"),
        ("a: [\n  x,\n  y\n]\n", ("a",), ["z"], "a: [\n  x,\n  y,\n  z\n]\n"),
        ("a: []\n", ("a",), [{"p": 1}, 2], 'a: [{"p": 1}, 2]\n'),
        ('{"a": ["x"]}', ("a",), ["z"], '{"a": ["x", "z"]}'),
        ("a:\n- - x\n", ("a", 0), ["z"], None),
        ("a:\n- |+\n  x\n\n", ("a",), ["z"], None),
        ("a:\n- x\n-\n", ("a",), ["z"], None),
        ("a: x\n", ("a",), ["z"], None),
    ],
)
def test_list_is_extended_in_its_style(text: str, path: FieldPath, values: list[Any], expected: str | None) -> None:
    assert changed(text, *(Append(path, value) for value in values)) == expected


def test_blank_lines_that_belong_to_a_text_stay() -> None:
    assert changed("a: |+\n  x\n\nb: 1\n", Remove(("a",))) is None
    assert changed("m:\n  a: |+\n    x\n\nb: 1\n", Add(("m",), "k", "v")) is None
    assert changed("m:\n  a: |2-\n      x\n          \nb: 1\n", Add(("m",), "k", "v")) is None


def test_many_changes_of_a_large_document_take_linear_time() -> None:
    text = "a:\n" + "".join(f"  k{number}: v\n" for number in range(5000))
    document = document_of(text)

    assert all(document.text_changes([Remove(("a", f"k{number}"))]) for number in range(5000))
