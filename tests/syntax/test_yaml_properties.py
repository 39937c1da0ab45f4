"""What holds for any text: nothing raises, spans are sound, and the two ways to read agree."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tkelint.source import SourceFile
from tkelint.syntax.document import FieldPath
from tkelint.syntax.yaml import YamlDocument, parse
from tkelint.syntax.yaml_lines import NotOrdinaryError, read_lines
from tkelint.syntax.yaml_nodes import compose
from tkelint.syntax.yaml_values import construct

# A machine may be busy; how long one example takes says nothing here.
PATIENT = settings(deadline=None)

# Pieces of YAML that mean something, so that a jumble of them is often nearly right.
WORDS = r"""a b key: k: : :: - -- --- ... ? ! !! !!str !!int & &x * *x << <<: | |- |2 > >- ' '' " \ \n # #c [ ] { } , ~
    null yes on 0777 1.0 0x1F .inf 12:30 % %YAML @ ` ： 中 😀 {{ }}"""
PIECES = st.sampled_from(WORDS.split())
BLANKS = st.sampled_from(
    ["\n", "\n  ", "\n    ", "\r\n", " ", "  ", "\t", "", "\n- ", "\n---\n", "\u00a0", "\u2028", "\ufeff"]
)
SOUP = st.lists(st.one_of(PIECES, BLANKS), max_size=40).map("".join)

KEYS = st.sampled_from(["a", "name", "app.kubernetes.io/name", "x-y", "80", '"q r"', "'s'", "f:spec", "y"])
SCALARS = st.sampled_from(
    [
        "x",
        "80",
        "0.5",
        "true",
        '"a b"',
        "'it''s'",
        "a b  c",
        "http://x:80/y#z",
        "~",
        "",
        "[]",
        "[a, 'b']",
        "{a: 1}",
        "1e3",
        "x # c",
    ]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@st.composite
def manifests(draw: st.DrawFn, column: int = 0, depth: int = 0) -> str:
    """Lines of a mapping in ordinary style."""
    pad, lines = " " * column, []
    for key in draw(st.lists(KEYS, min_size=1, max_size=4, unique=True)):
        kind = draw(st.sampled_from(["scalar", "mapping", "list", "block"] if depth < 3 else ["scalar", "block"]))
        if kind == "scalar":
            lines.append(f"{pad}{key}: {draw(SCALARS)}\n")
        elif kind == "mapping":
            lines.append(f"{pad}{key}:\n{draw(manifests(column + draw(st.sampled_from([1, 2, 4])), depth + 1))}")
        elif kind == "list":
            inner = column + draw(st.sampled_from([0, 2]))
            items = draw(
                st.lists(st.one_of(SCALARS.filter(bool), manifests(inner + 2, depth + 1)), min_size=1, max_size=3)
            )
            lines.append(f"{pad}{key}:\n")
            lines += [f"{' ' * inner}- {item.removeprefix(' ' * (inner + 2)).rstrip()}\n" for item in items]
        else:
            header = draw(st.sampled_from(["|", "|-", ">", ">-", "|  # c"]))
            content = draw(st.lists(st.sampled_from(["text", "x: y", "", "# no", "  more"]), min_size=1, max_size=4))
            lines.append(f"{pad}{key}: {header}\n" + "".join(f"{pad}  {line}\n" for line in ["first", *content]))
    return "".join(lines)


def paths(value: Any, path: FieldPath = ()) -> list[FieldPath]:
    """The path of every value below one."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for step, child in below for deeper in paths(child, (*path, step)))]


def read(text: str) -> list[YamlDocument]:
    return list(parse(SourceFile("any.yaml", text)).documents)


def value_at(value: Any, path: FieldPath) -> Any:
    for step in path:
        value = value[step]
    return value


def exactly(text: str) -> Any:
    root = compose(text, 0, 10_000).root
    return None if root is None or root.is_empty else construct(root).value


@PATIENT
@given(st.one_of(SOUP, st.text(max_size=60)))
@example("a: [\n :b]")
@example('{"a": "\\ud83d"}')
@example("? \n: ")
@example("?\n  a")
def test_no_text_raises_and_every_place_is_inside_of_the_text(text: str) -> None:
    parsed = parse(SourceFile("any.yaml", text))

    for error in parsed.errors:
        assert 0 <= error.span.start <= error.span.end <= len(text)
        assert error.message
    for document in parsed.documents:
        for path in [*paths(document.value)[:50], ("no", 1, "where")]:
            for span in (document.span_of(path), document.key_span_of(path), document.span_of(path, (0, 1))):
                assert document.span.start <= span.start <= span.end <= document.span.end
            document.text_of(path)
        document.comments()


@PATIENT
@given(st.one_of(SOUP, manifests()))
def test_what_is_read_line_by_line_is_what_is_read_exactly(text: str) -> None:
    if "\n---" in "\n" + text:
        return
    try:
        value = read_lines(text)
    except NotOrdinaryError:
        return

    assert value == exactly(text)


@PATIENT
@given(manifests())
def test_ordinary_manifests_have_no_errors_and_sound_places(text: str) -> None:
    parsed = parse(SourceFile("any.yaml", text))

    assert parsed.errors == ()
    (document,) = parsed.documents
    for path in paths(document.value)[1:]:
        span, parent = document.span_of(path), document.span_of(path[:-1])
        assert parent.start <= span.start < span.end <= parent.end or value_at(document.value, path) is None
        assert text[span.start : span.end].strip() == text[span.start : span.end]


@PATIENT
@given(manifests())
def test_the_source_of_a_scalar_reads_back_as_its_value(text: str) -> None:
    (document,) = read(text)

    for path in paths(document.value):
        value = value_at(document.value, path)
        source = document.text_of(path)
        if isinstance(value, (dict, list)) or not source or source[0] in "|>":
            continue
        assert read(f"again: {source}\n")[0].value == {"again": value}


@PATIENT
@given(TEXTS, st.sampled_from(["a: {}\n", "- {}\n", "a: [x, {}]\n", "a:\n  {}\nb: c\n"]))
def test_quoted_text_reads_back_code_point_by_code_point(text: str, frame: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    source = frame.replace("{}", quoted)
    (document,) = read(source)
    path = next(
        path for path in paths(document.value) if isinstance(value_at(document.value, path), str) and path != ("a", 0)
    )

    if value_at(document.value, path) == text:
        for index, character in enumerate(text):
            span = document.span_of(path, (index, index + 1))
            assert source[span.start : span.end] in (character, character * 2)
