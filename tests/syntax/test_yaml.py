"""Documents, errors and limits that `parse` hands out. What values it reads is in `test_yaml_golden`."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

from tkelint.source import SourceFile, decode
from tkelint.syntax.yaml import ParsedFile, YamlError, parse
from tkelint.syntax.yaml_lines import NotOrdinaryError, read_lines


def parsed(text: str) -> ParsedFile:
    return parse(SourceFile("case.yaml", text))


def only_error(text: str) -> YamlError:
    (error,) = parsed(text).errors
    return error


def marked(text: str) -> str:
    """The text that the only error points at, with the line it stands on."""
    source = SourceFile("case.yaml", text)
    (error,) = parse(source).errors
    line, column = source.position(error.span.start)
    return f"{line}:{column}:{text[error.span.start : error.span.end]}"


def test_documents_know_their_index_and_range() -> None:
    text = "# head\n---\na: 1\n---\n---\nb: 2\n"

    first, second, third = parsed(text).documents

    assert [document.index for document in (first, second, third)] == [0, 1, 2]
    assert [document.value for document in (first, second, third)] == [None, {"a": 1}, {"b": 2}]
    assert text[second.span.start : second.span.end] == "a: 1\n"
    assert text[third.span.start : third.span.end] == "---\nb: 2\n"


@pytest.mark.parametrize("text", ["# only a comment\n", "---\n", "\n\n", "--- # c\n# d\n", "  # c"])
def test_a_document_without_content_is_empty(text: str) -> None:
    (document,) = parsed(text).documents

    assert document.is_empty
    assert document.value is None


@pytest.mark.parametrize("text", ["null\n", "~\n", "''\n", "{}\n", "a:\n"])
def test_a_document_with_content_is_not_empty(text: str) -> None:
    (document,) = parsed(text).documents

    assert not document.is_empty


def test_a_file_without_text_has_no_documents() -> None:
    assert parsed("") == ParsedFile((), ())


def test_one_bad_document_costs_one_document() -> None:
    result = parsed("a: 1\n---\nb: [\n---\nc: 3\n")

    assert [document.value for document in result.documents] == [{"a": 1}, {"c": 3}]
    assert [(error.kind, error.document) for error in result.errors] == [("syntax", 1)]


def test_text_after_a_separator_is_refused_and_the_documents_around_it_are_read() -> None:
    result = parsed("a: 1\n--- b: 2\nc: 3\n")

    assert [(document.index, document.value) for document in result.documents] == [(0, {"a": 1}), (1, {"c": 3})]
    assert result.errors[0].message == "found 'b: 2' after the separator '---', where only a comment may stand"


def test_text_after_the_end_of_a_document_is_said_and_what_is_before_it_read() -> None:
    result = parsed("a: 1\n...\nb: 2\n")

    assert [document.value for document in result.documents] == [{"a": 1}]
    assert marked("a: 1\n...\nb: 2\n") == "3:1:b"


def test_objects_of_json_one_after_the_other_are_documents() -> None:
    text = '{"a": 1}\n{"b": 2}\n'

    first, second = parsed(text).documents

    assert [(first.index, first.value), (second.index, second.value)] == [(0, {"a": 1}), (1, {"b": 2})]
    assert text[second.span.start : second.span.end] == '{"b": 2}'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a": "\ud83d\ude00"}', "😀"),
        (r'{"a": "\ud83d"}', "\ufffd"),
        (r'{"a": "\\ud83d"}', r"\ud83d"),
        ('{"a": 12345678901234567890}', 12345678901234567890),
        ('{"a": 80.0}', 80),
    ],
)
def test_json_is_read_as_go_reads_it(text: str, value: object) -> None:
    (document,) = parsed(text).documents

    assert document.value == {"a": value}
    assert type(document.value["a"]) is type(value)


def test_a_byte_order_mark_and_utf_16_change_nothing() -> None:
    plain = parse(decode("a.yaml", b"a: \xe4\xb8\xad\n"))

    for data in ("\ufeffa: 中\n".encode(), "\ufeffa: 中\n".encode("utf-16-le"), "a: 中\n".encode("utf-16-be")):
        assert parse(decode("a.yaml", data)).documents[0].value == plain.documents[0].value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: b: c\n", "1:5::", id="two-colons"),
        pytest.param("a: 1\nb: @x\n", "2:4:@", id="reserved-character"),
        pytest.param("a:\n\tb: 1\n", "2:1:\t", id="tab"),
        pytest.param('a: 1\nb: "x\nc: 2\n', '2:4:"', id="open-quote-is-shown-where-it-opens"),
        pytest.param("a: [1, 2\n", "1:4:[", id="open-bracket-is-shown-where-it-opens"),
        pytest.param("a:\n  b: [1, 2\n  c: 3\n", "2:6:[", id="open-bracket-before-the-next-key"),
        pytest.param("a: {b: 1,\n  c: 2\n  d: 3}\n", "3:4::", id="missing-comma-in-brackets"),
        pytest.param("a: [1, 2}\n", "1:9:}", id="wrong-bracket"),
        pytest.param("a:\n  b: 1\n c: 2\n", "3:2:c", id="indentation"),
        pytest.param("- a\nb: 1\n", "2:1:b", id="key-after-list"),
        pytest.param("a: *x\n", "1:4:*x", id="alias-of-nothing"),
        pytest.param("a: &x {b: *x}\n", "1:11:*x", id="alias-of-itself"),
        pytest.param("a: !!int x\n", "1:4:!!int x", id="tag-that-lies"),
        pytest.param("x: 1\n? [a]\n: b\n", "2:3:[a]", id="list-as-key"),
        pytest.param("~: 1\n", "1:1:~", id="null-as-key"),
        pytest.param("a: .inf\n", "1:4:.inf", id="infinity"),
        pytest.param("é😀: 1\r\nb: \x00\r\n", "2:4:\x00", id="nul"),
        pytest.param('a: "\\q"\n', "1:5:\\", id="escape"),
        pytest.param('a: "x\\/y"\n', "1:6:\\/", id="escaped-slash"),
        pytest.param("a: 1\n---\nb: 2\nb\n", "4:1:b", id="second-document"),
        pytest.param("%YAML 1.2\n---\na: 1\n", "1:1:%", id="directive"),
        pytest.param("a\nb\nc: 1\n", "3:2::", id="lines-without-colon"),
    ],
)
def test_a_syntax_error_points_at_its_cause(text: str, expected: str) -> None:
    assert marked(text) == expected
    assert only_error(text).kind == "syntax"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c\n", "found a ':' where no mapping can start"),
        ("a:\n\tb: 1\n", "found character '\\t' that cannot start any token"),
        ("a: 'x\n", "found no closing quote"),
        ("a: \x1b[31m\n", "found the control character U+001B"),
    ],
)
def test_a_message_is_one_plain_sentence(text: str, message: str) -> None:
    assert only_error(text).message == message


@pytest.mark.parametrize(
    "text",
    [
        "annotations:\n  service.kubernetes.io/tke-existed-lbid： lb-6swtabcd\n  a: b\n",
        "annotations:\n  a: b\n  service.kubernetes.io/tke-existed-lbid：lb-6swtabcd\n",
    ],
)
def test_a_full_width_colon_after_a_key_is_named(text: str) -> None:
    error = only_error(text)

    assert "full-width colon '：' after 'service.kubernetes.io/tke-existed-lbid'" in error.message
    assert text[error.span.start : error.span.end] == "："


@pytest.mark.parametrize("value", ['"true"', "true", "'[]'", "{}"])
def test_a_value_right_behind_the_colon_of_an_annotation_is_named(value: str) -> None:
    text = f"metadata:\n  annotations:\n    a.b/c: d\n    service.cloud.tencent.com/direct-access:{value}\nspec: {{}}\n"
    error = only_error(text)

    assert "no space after 'service.cloud.tencent.com/direct-access:'" in error.message
    assert text[error.span.start : error.span.end] == ":"


def test_an_image_on_a_line_of_its_own_is_no_key() -> None:
    assert "no space" not in only_error("a:\n  b: c\n  registry.example.com/web:1.0\nd: e\n").message


def test_a_full_width_colon_elsewhere_is_no_error() -> None:
    result = parsed("note: |\n  键：值\nother: 说明：好\n")

    assert result.errors == ()


def test_text_that_fails_with_template_expressions_is_a_template() -> None:
    assert only_error("{{- if .Values.x }}\na: 1\n{{- end }}\n").kind == "template"
    assert only_error("a: {{ .Values.x }}\n").kind == "template"


def test_template_expressions_alone_make_no_template() -> None:
    result = parsed('a: "{{ .Values.x }}"\nb: x {{ y }}\nc: |\n  {{ z }}\n')

    assert result.errors == ()
    assert result.documents[0].value == {"a": "{{ .Values.x }}", "b": "x {{ y }}", "c": "{{ z }}\n"}


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: 2\na: 3\n",
        "a: 1\nb: 2\n'a': 3\n",
        '{"a": 1, "b": 2, "a": 3}\n',
        "- x: {b: 2, a: 1, a: 3}\n",
        "k: &x\n  a: 1\n  a: 3\nl: *x\n",
    ],
)
def test_a_duplicate_key_is_an_error_with_both_places(text: str) -> None:
    error = only_error(text)

    assert error.kind == "duplicate-key"
    assert error.message == "the key 'a' is written twice in the same mapping"
    assert error.related is not None
    assert error.related.start < error.span.start
    assert {text[span.start : span.end].strip("'\"") for span in (error.span, error.related)} == {"a"}


def test_of_a_duplicate_key_the_last_value_is_kept() -> None:
    assert parsed("a: 1\na: 2\n").documents[0].value == {"a": 2}


@pytest.mark.parametrize("text", ["- a: 1\n- a: 2\n", "a: {b: 1}\nc: {b: 1}\n", "x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n"])
def test_the_same_key_in_another_mapping_is_no_duplicate(text: str) -> None:
    assert parsed(text).errors == ()


ORDINARY = dedent(
    """\
    # A comment, 中文　和全角空格
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      annotations:
        service.cloud.tencent.com/prevent-loopback: "true"
        note: it's a "note" # with a comment
        json: '{"a": "b: c"}'
        on: off
    spec:
      type: LoadBalancer
      selector: {app: web, tier: 'x'}
      args: ["--port=80", -v]
      ports:
      - name: http
        port: 80
        targetPort: 0x50
      - {name: https, port: 443}
    data:
      Corefile: |-
        .:53 {
            errors # not a comment

        }
      folded: >
        one
        two
    empty:
    """
)


def test_ordinary_manifests_read_line_by_line_are_what_they_are_read_exactly() -> None:
    value = read_lines(ORDINARY)

    assert parsed(ORDINARY + "last: &anchor x\n").documents[0].value == {**value, "last": "x"}


@pytest.mark.parametrize(
    "line",
    [
        "a: &x 1",
        "a: *x",
        "a: !!str 1",
        "<<: {}",
        "a: [",
        "a: b: c",
        "a: 'x",
        "? a",
        "a: [b: c]",
        "- a",
        " a: 1",
        "kind: x",
    ],
)
def test_anything_else_is_left_to_the_exact_way(line: str) -> None:
    with pytest.raises(NotOrdinaryError):
        read_lines(f"kind: Service\n{line}\n")


def test_ordinary_files_do_not_pay_for_ruamel_yaml() -> None:
    program = (
        "import sys\n"
        "from tkelint.source import SourceFile\n"
        "from tkelint.syntax.yaml import parse\n"
        f"parse(SourceFile('a.yaml', {ORDINARY!r}))\n"
        "print([name for name in sys.modules if name.startswith(('ruamel', '_ruamel'))])"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"
