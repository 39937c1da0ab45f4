"""A text that says anything else than a fix wants is found out, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.linting import lint_texts
from tkelint.fixing import model
from tkelint.fixing.proof import fault_of_findings, fault_of_text
from tkelint.source import SourceFile
from tkelint.syntax.document import Add, Append, Remove, Replace
from tkelint.syntax.yaml import parse

if TYPE_CHECKING:
    from tkelint.syntax.document import Change

TEXT = """\
# A Service.
a: x # one
b:
  c: "1"
  d: [1, 2]
---
e: {f: on}
"""


def fault_of(after: str, *changes: Change, before: str = TEXT) -> str | None:
    document = parse(SourceFile("m.yaml", before)).documents[0]
    fault = fault_of_text(SourceFile("m.yaml", after), {document: changes}, is_corefile=False)
    return fault.reason if fault else None


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (TEXT.replace("a: x", "a: 'true'"), Replace(("a",), '"true"')),
        (TEXT.replace("a: x", "z: x"), Replace(("a",), "z", at_key=True)),
        (TEXT.replace("a: x", "a: xyz"), Replace(("a",), "yz", part=(1, 1))),
        (TEXT.replace('  c: "1"\n', ""), Remove(("b", "c"))),
        (TEXT.replace("[1, 2]", "[1, 2, 3]"), Append(("b", "d"), 3)),
        (TEXT.replace("[1, 2]", "[1, 2]\n  g: '1'"), Add(("b",), "g", "1")),
        (TEXT.replace("[1, 2]", "[1, 2]\nh:\n  i: 1"), Add(("h",), "i", 1)),
    ],
    ids=str,
)
def test_text_that_says_what_is_wanted_is_right(after: str, change: Change) -> None:
    assert fault_of(after, change) is None
    assert fault_of(TEXT, change) == model.CHANGES_MORE


@pytest.mark.parametrize(
    "after",
    [
        TEXT.replace("a: x", "a: true"),  # another type
        TEXT.replace("a: x", 'a: "true"').replace('"1"', "1"),  # another value, too
        TEXT.replace("a: x", 'a: "true"').replace("f: on", "f: off"),  # in another document
        TEXT.replace("a: x", 'a: "true"').replace("f:", "g:"),
        TEXT.replace("a: x # one", 'b2: 1\na: "true" # one'),
        TEXT.replace("a: x # one\n", "") + 'a: "true"\n',
        TEXT.replace("a: x # one\n", "").replace("[1, 2]\n", '[1, 2]\na: "true" # one\n'),  # another order
        TEXT.replace("a: x", 'a: "true').replace("---", "----"),
        TEXT.replace("a: x", 'a: "true"').replace("---\n", ""),
        TEXT.replace("a: x", 'a: "true"\na: "true"'),  # a key twice
    ],
)
def test_text_that_says_more_is_found_out(after: str) -> None:
    assert fault_of(after, Replace(("a",), '"true"')) == model.CHANGES_MORE


def test_lost_comment_is_found_out() -> None:
    assert fault_of(TEXT.replace("x # one", '"true"'), Replace(("a",), '"true"')) == model.LOSES_COMMENT
    assert fault_of(TEXT.replace("# A Service.\n", "").replace("x #", '"true" #'), Replace(("a",), '"true"')) == (
        model.LOSES_COMMENT
    )
    assert fault_of(TEXT.replace("a: x # one\n", ""), Remove(("a",))) is None
    assert fault_of(TEXT.replace("# A Service.\na: x # one\n", ""), Remove(("a",))) == model.LOSES_COMMENT


def test_document_that_ruamel_cannot_read_is_not_changed() -> None:
    before = "a: x\nb: !unknown y\n"

    assert fault_of(before.replace("x", "z"), Replace(("a",), "z"), before=before) == model.UNREAD


def test_colon_in_a_word_in_brackets_is_read_by_both() -> None:
    before = "a: x\nb: {c: system:coredns}\n"

    assert fault_of(before.replace("x", "z"), Replace(("a",), "z"), before=before) is None


SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    a.example.com/one: true
    a.example.com/two: true
"""


def test_finding_that_stays_is_noticed() -> None:
    before = lint_texts(SERVICE)
    after = lint_texts(SERVICE.replace("one: true", "one: 'true'"))

    assert fault_of_findings(before, after, before.findings[:1]) is None
    fault = fault_of_findings(before, after, before.findings)
    assert fault is not None
    assert fault.reason == model.STILL_THERE


def test_new_finding_is_noticed_and_a_moved_one_is_not_new() -> None:
    before, after = lint_texts(SERVICE), lint_texts(SERVICE.replace("/two", "/three"))

    assert fault_of_findings(before, after, ()) is None  # one is gone, one of the same rule and object has come
    fault = fault_of_findings(before, after, before.findings[1:])
    assert fault is not None
    assert fault.reason == model.NEW_FINDING
