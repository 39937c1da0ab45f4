"""Where the values of a document are: spans of values, keys and parts of strings, and comments."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tkelint.source import SourceFile, Span
from tkelint.syntax.document import FieldPath
from tkelint.syntax.yaml import YamlDocument, parse


def document(text: str, index: int = 0) -> YamlDocument:
    return parse(SourceFile("case.yaml", text)).documents[index]


def shown(text: str, path: FieldPath, part: tuple[int, int] | None = None) -> str:
    span = document(text).span_of(path, part)
    return text[span.start : span.end]


def key(text: str, path: FieldPath) -> str:
    span = document(text).key_span_of(path)
    return text[span.start : span.end]


SERVICE = dedent(
    """\
    # A service
    metadata:
      name: "web"   # its name
      labels:
    spec:
      ports:
      - port: 80
        name: 'http'

      - port: 443
      -
      externalIPs: [10.0.0.1, "10.0.0.2"]
      text: multi
        line   # c
    # the end
    """
)


@pytest.mark.parametrize(
    ("path", "value", "key_text"),
    [
        (("metadata", "name"), '"web"', "name"),
        (("spec", "ports", 0, "port"), "80", "port"),
        (("spec", "ports", 0, "name"), "'http'", "name"),
        (("spec", "ports", 0), "port: 80\n    name: 'http'", "port: 80\n    name: 'http'"),
        (("spec", "ports", 1), "port: 443", "port: 443"),
        (("spec", "externalIPs"), '[10.0.0.1, "10.0.0.2"]', "externalIPs"),
        (("spec", "externalIPs", 1), '"10.0.0.2"', '"10.0.0.2"'),
        (("spec", "text"), "multi\n    line", "text"),
        (("metadata",), 'name: "web"   # its name\n  labels', "metadata"),
    ],
)
def test_a_value_is_where_it_is_written_without_what_follows(path: FieldPath, value: str, key_text: str) -> None:
    assert shown(SERVICE, path).removesuffix(":") == value
    assert key(SERVICE, path) == key_text
    assert document(SERVICE).text_of(path).removesuffix(":") == value


def test_an_empty_value_points_at_its_key() -> None:
    assert shown(SERVICE, ("metadata", "labels")) == "labels"
    assert document(SERVICE).text_of(("metadata", "labels")) == ""


def test_an_empty_item_points_at_its_dash() -> None:
    assert document(SERVICE).span_of(("spec", "ports", 2)) == Span(*[SERVICE.index("  -\n") + at for at in (2, 3)])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("spec", "selector"), "spec"),
        (("spec", "ports", 0, "nodePort", "x"), "port: 80\n    name: 'http'"),
        (("spec", "ports", 7), "ports"),
        (("metadata", "name", "first"), "name"),
    ],
)
def test_a_path_that_does_not_exist_points_at_the_nearest_that_does(path: FieldPath, expected: str) -> None:
    assert shown(SERVICE, path) == expected
    assert key(SERVICE, path) == expected
    assert document(SERVICE).text_of(path) == ""


def test_the_root_is_all_that_is_written() -> None:
    assert shown("---\n# c\na: 1\nb: 2 # d\n# e\n", ()) == "a: 1\nb: 2"


def test_an_empty_document_is_its_first_line() -> None:
    assert shown("\n  # note \n", ("a",)) == "# note"


def test_aliases_point_at_where_they_are_used() -> None:
    text = "base: &base {cpu: 1, list: [x]}\nuse: *base\nmerged:\n  <<: *base\n  memory: 2\n"

    assert shown(text, ("use",)) == "*base"
    assert shown(text, ("use", "list", 0)) == "*base"
    assert shown(text, ("merged", "cpu")) == "*base"
    assert shown(text, ("merged", "memory")) == "2"
    assert shown(text, ("base", "cpu")) == "1"
    assert document(text).text_of(("use", "cpu")) == "1"


def test_a_merged_mapping_that_stands_in_place_has_its_own_places() -> None:
    assert shown("a:\n  <<: {b: 1}\n  c: 2\n", ("a", "b")) == "1"


def test_the_last_of_two_equal_keys_is_the_one() -> None:
    text = "a: 1\nb: 2\na: 3\n"

    assert document(text).span_of(("a",)) == Span(13, 14)


def test_keys_are_found_as_the_api_server_spells_them() -> None:
    text = "80: a\ny: b\n1.10: c\n"

    assert [shown(text, (name,)) for name in ("80", "true", "1.1")] == ["a", "b", "c"]


def test_places_count_code_points_whatever_the_line_ends() -> None:
    text = "é: 😀\r\nkey:\r\n  -  x\r\n  - |\r\n    中\r\n    y\r\n"

    assert shown(text, ("é",)) == "😀"
    assert shown(text, ("key", 0)) == "x"
    assert shown(text, ("key", 1), (0, 1)) == "中"
    assert shown(text, ("key", 1), (2, 3)) == "y"
    assert document(text).source.position(document(text).span_of(("key", 1), (2, 3)).start) == (6, 5)


def test_a_second_document_has_places_in_the_file() -> None:
    text = "a: 1\n---\n\ufeffb: x\n"
    span = document(text, 1).span_of(("b",))

    assert text[span.start : span.end] == "x"


def test_json_has_places() -> None:
    text = '{\n\t"spec": {"ports": [{"port":80}]}\n}\n{"b": [1, {"c": "d"}]}'

    assert shown(text, ("spec", "ports", 0, "port")) == "80"
    assert key(text, ("spec", "ports")) == '"ports"'
    span = document(text, 1).span_of(("b", 1, "c"))
    assert text[span.start : span.end] == '"d"'


COREFILE = dedent(
    """\
    data:
      Corefile: |2-
            .:53 {
                rewrite name roc.example.com server.prod.svc.cluster.local

                errors
          }
    """
)


def test_a_line_of_a_block_scalar_is_found_in_the_file() -> None:
    corefile = document(COREFILE).value["data"]["Corefile"]
    start = corefile.index("roc.example.com")

    assert shown(COREFILE, ("data", "Corefile"), (start, start + 15)) == "roc.example.com"
    assert corefile.startswith("    .:53")


@pytest.mark.parametrize(
    "text",
    [
        "v: |\n  one\n\n  two\n",
        "v: |+\n  one\n\n\nw: 1\n",
        "v: |-   # comment\n\n    one\n      more\n    two  \n",
        "v: |1\n   one\n  two\n",
        "- - v: |\n      one\n      two",
        "v: >\n  one\n  two\n\n  three\n    more\n\n    more\n  four\n",
        "v: >-\n  one\n  two\n\n\n",
        "v: >2\n    one\n   two\n  three\n",
        "v: one  two\n\n   three\n  four # c\n",
        "v: 'it''s\n  ''two''\n\n  three'\n",
        'v: "a\\tb\\x41\\u4e2d\\U0001f600 \\\n   joined\n   folded\n\n   twice\\n"\n',
        'v: "\\ \\_\\N\\L\\P\\e\\\\\\"\\0"\n',
        "v: !!str &x 'tagged'\n",
        "v: &x |\n  one\n",
        "v: [a:b, 'c']\n",
        'v: "it\\\'s"\n',
        "v: |\r\n  one\r\n\r\n  two\r\n",
        "v: |\n  one\n  \ttwo\n",
    ],
)
def test_every_code_point_of_a_string_is_found_in_the_source(text: str) -> None:
    doc = document(text)
    path: FieldPath = (0, 0, "v") if text.startswith("-") else ("v",)
    value = doc.value[0][0]["v"] if text.startswith("-") else doc.value["v"]
    path, value = (path, value) if isinstance(value, str) else ((*path, 0), value[0])
    whole = doc.span_of(path)

    previous = whole.start
    for index, character in enumerate(value):
        span = doc.span_of(path, (index, index + 1))
        source = text[span.start : span.end]
        assert source.startswith("\\") or source in (character, character * 2) or character in " \n"
        assert span.start >= previous
        assert (span.start, span.end) != (whole.start, whole.end) or len(value) == 1
        previous = span.start


@pytest.mark.parametrize(
    ("part", "expected"),
    [((0, 3), "one"), ((2, 2), ""), ((4, 7), "two"), ((0, 7), "one\\ttwo"), ((7, 7), ""), ((5, 99), '"one\\ttwo"')],
)
def test_a_part_of_a_string_narrows_the_span(part: tuple[int, int], expected: str) -> None:
    assert shown('a: "one\\ttwo"\n', ("a",), part) == expected


def test_every_comment_is_found_and_nothing_that_only_looks_like_one() -> None:
    text = dedent(
        """\
        # one
        a: "# no" # two
        b: x#no   # three
        c: |  # four
          # no
          text # no
        # five
        d: ['#no', # six
          e]
        f: plain
          lines # seven
        g: &x y
        h: 'it''s # no'
        # 八
        """
    )
    doc = document(text)

    comments = doc.comments()

    assert [comment for _, comment in comments] == [
        "# one", "# two", "# three", "# four", "# five", "# six", "# seven", "# 八",
    ]  # fmt: skip
    assert [text[span.start : span.end] for span, _ in comments] == [comment for _, comment in comments]


def test_a_document_of_comments_has_comments() -> None:
    assert [text for _, text in document("# a\n\n  # b\n").comments()] == ["# a", "# b"]


def test_a_document_without_comments_has_none() -> None:
    assert document("a: 1\nb: 'x # y'\n").comments() == []
