"""What is said of files that cannot be read, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.linting import lint_texts
from tkelint.checks.files import in_both_languages
from tkelint.source import SourceFile
from tkelint.syntax import yaml_errors
from tkelint.syntax.yaml import parse

HAN = re.compile(r"[\u4e00-\u9fff]")

BOMB = """\
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
"""

# Text that is no YAML in every way there is a message for.
BROKEN = [
    "a： 1\nb: 2\nc: [",
    "a: b: c",
    "a\nb: 1",
    "a: [1",
    "a: {b: 1",
    "a: 'b",
    'a: "\\q"',
    'a: "\\/"',
    "a:\n\tb: 1",
    "a: @b",
    "a: `b`",
    "a: *b",
    "a: &b [*b]",
    "a: \x00",
    "[1]: 2",
    "{}: 2",
    "null: 2",
    "<<: 1",
    "a: .inf",
    "a: !!int x",
    "a: !!binary '*'",
    "a: 1\n...\nb: 2\n",
    "a: |x\n  b",
    "- a\nb: 1",
    "a: 1\n- b",
    "a: !x!y 1",
    "a: 1\n--- b\nc: 2",
    "a: " + "[" * 300,
    BOMB,
]


@pytest.mark.parametrize("text", BROKEN)
def test_error_of_the_yaml_reader_is_said_in_chinese_too(text: str) -> None:
    errors = parse(SourceFile("broken.yaml", text)).errors

    assert errors
    for error in errors:
        said = in_both_languages(error.message)
        assert said["en"] == error.message
        assert HAN.search(said["zh"]), error.message


@pytest.mark.parametrize("message", yaml_errors._PLAIN_WORDS.values())
def test_every_wording_of_the_yaml_reader_is_in_the_table(message: str) -> None:
    assert HAN.search(in_both_languages(message)["zh"])


def test_parts_of_a_message_are_kept() -> None:
    said = in_both_languages("found a full-width colon '：' after 'kind'; a key ends with ':' and a space")

    assert said["zh"] == "'kind' 后面是全角冒号 '：'；键应以半角冒号 ':' 加空格结尾"


def test_key_without_a_space_is_named_in_both_languages() -> None:
    assert HAN.search(in_both_languages("found no space after 'a.b/c:'; a key ends with ':' and a space")["zh"])


def test_unknown_message_stays_as_it_is() -> None:
    assert in_both_languages("something new") == {"en": "something new", "zh": "something new"}


def test_every_broken_document_is_reported() -> None:
    text = "apiVersion: v1\nkind: A\na: [\n---\napiVersion: v1\nkind: B\n---\nvalues: [\n"

    report = lint_texts(text, rules={"manifest-syntax-error"})

    assert [(each.place.region.start_line, each.severity.value) for each in report.findings] == [
        (3, "error"),
        (8, "note"),
    ]


def test_text_behind_a_separator_belongs_to_the_document_it_opens() -> None:
    report = lint_texts("a: 1\n--- x\napiVersion: v1\nkind: A\n", rules={"manifest-syntax-error"})

    assert [(each.place.region.start_line, each.severity.value) for each in report.findings] == [(2, "error")]


def test_duplicate_key_shows_the_first_one() -> None:
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  "key": x\n  key: y\n'

    (finding,) = lint_texts(text, rules={"manifest-duplicate-key"}).findings

    assert finding.place.region.start_line == 6
    assert [related.place.region.start_line for related in finding.related] == [5]
    assert finding.message["en"] == "The key 'key' is written twice in this mapping, and only the last value counts."
