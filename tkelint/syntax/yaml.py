"""YAML and JSON as the API server reads them: `parse` gives the documents of a file and what is wrong with it.

The truth is sigs.k8s.io/yaml (go-yaml v2) on documents separated as kubectl separates them. Ordinary documents are
read line by line (`yaml_lines`), JSON by Python's reader (`yaml_json`), all else from libyaml's events (`yaml_nodes`,
`yaml_values`), which also say where things are (`yaml_places`). Every size is bounded (`yaml_limits`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.patterns import pattern
from tkelint.source import Place, Span
from tkelint.syntax.yaml_chunks import chunks
from tkelint.syntax.yaml_errors import ReadFailure, YamlError
from tkelint.syntax.yaml_json import JsonValue, NotJsonError, json_stream, looks_like_json
from tkelint.syntax.yaml_limits import (
    MAX_CHARACTERS,
    MAX_DOCUMENTS,
    MAX_FILE_NODES,
    MAX_LINES,
    MAX_NODES,
    NODES_OF_A_DOCUMENT,
)
from tkelint.syntax.yaml_lines import NotOrdinaryError, read_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.source import SourceFile
    from tkelint.syntax.document import Change, FieldPath, Json, TextChange
    from tkelint.syntax.yaml_places import Places
    from tkelint.syntax.yaml_tree import Tree

__all__ = ["ParsedFile", "YamlDocument", "YamlError", "parse"]

_LINE_WITH_TEXT: Final = pattern(r"[^\s].*")


class YamlDocument:
    """One document of a YAML or JSON file. `span` is its range of the file's text, `value` plain data.

    Of a key that is written twice the last value is kept, as kubectl does; `ParsedFile.errors` has both places.
    """

    def __init__(self, source: SourceFile, index: int, span: Span, value: Json, *, is_empty: bool = False) -> None:
        self.source = source
        self.index = index
        self.span = span
        self.value = value
        self.is_empty = is_empty

    def place_of(self, path: FieldPath, part: tuple[int, int] | None = None, *, at_key: bool = False) -> Place:
        """Where the value at `path`, or its key, is written; see `Document`."""
        return Place(self.source, self.key_span_of(path) if at_key else self.span_of(path, part))

    def origins_of(self, path: FieldPath) -> tuple[Place, ...]:  # noqa: ARG002 - it is written where it is read
        """None; see `Document`."""
        return ()

    def span_of(self, path: FieldPath, part: tuple[int, int] | None = None) -> Span:
        """The range of the text with the value at `path`; see `place_of`."""
        places = self._places
        return (places and places.span_of(path, part)) or self._first_line()

    def key_span_of(self, path: FieldPath) -> Span:
        """The range of the text with the key of the value at `path`; for a list item, the item."""
        places = self._places
        return (places and places.key_span_of(path)) or self._first_line()

    def text_of(self, path: FieldPath) -> str:
        """The scalar at `path` as the source spells it; empty where nothing is written."""
        return self._places.text_of(path) if self._places else ""

    def comments(self) -> list[tuple[Span, str]]:
        """Every comment of the document with its `#`; costs a second reading of the document."""
        if "#" not in self.source.text[self.span.start : self.span.end] or self._places is None:
            return []
        return self._places.comments()

    def text_changes(self, changes: Sequence[Change]) -> list[TextChange] | None:
        """What changes of values change in the text; see `Document`."""
        from tkelint.syntax.yaml_edits import text_changes  # noqa: PLC0415 - only findings with a repair need it

        return text_changes(self._tree, changes) if self._tree else None

    @cached_property
    def _tree(self) -> Tree | None:
        """The nodes as a tree to be edited; `None` for what has no places."""
        from tkelint.syntax.yaml_tree import Tree  # noqa: PLC0415 - see text_changes

        places = self._places
        return Tree(self.source.text, self.span, places.root) if places and places.root else None

    @cached_property
    def _places(self) -> Places | None:
        """The places, from a second reading; `None` for JSON that is no YAML, and for what is too large."""
        from tkelint.syntax.yaml_places import Places  # noqa: PLC0415 - see _exactly.

        try:
            return Places(self.source.text, self.span)
        except ReadFailure:
            return None

    def _first_line(self) -> Span:
        """The first line that is not blank: the place of a document that has no better one."""
        line = _LINE_WITH_TEXT.search(self.source.text, self.span.start, self.span.end)
        return Span(line.start(), line.start() + len(line[0].rstrip())) if line else self.span


class ParsedFile(NamedTuple):
    """The documents of a file that can be read, and the errors of all of them, in the order of the text."""

    documents: tuple[YamlDocument, ...]
    errors: tuple[YamlError, ...]


def parse(source: SourceFile) -> ParsedFile:
    """Read a file. Never raises: what cannot be read is an error with its place, and costs one document."""
    return _FileReader(source).read()


class _FileReader:
    """One reading of one file."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._nodes = 0
        self._documents: list[YamlDocument] = []
        self._errors: list[YamlError] = []
        self._index = 0

    def read(self) -> ParsedFile:
        """Read document by document."""
        for chunk in chunks(self._source.text):
            if self._index >= MAX_DOCUMENTS or self._nodes >= MAX_FILE_NODES:
                message = "the file has too much that needs a close look; it is not read from here on"
                self._fail(ReadFailure("limit", message, chunk.span.start, chunk.span.start))
                break
            if chunk.span.start < chunk.span.end:
                self._read_chunk(chunk.span)
            if chunk.refused:
                self._refuse_separator(chunk.refused)
            self._index += 1
        return ParsedFile(tuple(self._documents), tuple(self._errors))

    def _read_chunk(self, span: Span) -> None:
        text = self._source.text[span.start : span.end]
        if len(text) > MAX_CHARACTERS or text.count("\n") > MAX_LINES:
            message = f"longer than {MAX_CHARACTERS} characters or {MAX_LINES} lines; it is not read"
            self._fail(ReadFailure("limit", message, span.start, span.start))
            return
        try:
            if looks_like_json(text):
                self._add_stream(json_stream(text, span.start))
            else:
                value = read_lines(text.replace("\r\n", "\n"))
                self._add(value, span, is_empty=value is None)
        except (NotJsonError, NotOrdinaryError):
            self._read_closely(text, span)

    def _read_closely(self, text: str, span: Span) -> None:
        try:
            nodes = self._exactly(text, span)
        except ReadFailure as failure:
            self._fail(failure, text)
            # How many there were is not known; eight characters a value is dense.
            nodes = len(text) // 8
        self._nodes += max(nodes, NODES_OF_A_DOCUMENT)

    def _exactly(self, text: str, span: Span) -> int:
        """Read a document from libyaml's events and say how many values it took. Raises `ReadFailure`."""
        # ruamel.yaml takes 40 ms to import, more than the rest of the program; most files never need it.
        from tkelint.syntax.yaml_nodes import compose  # noqa: PLC0415
        from tkelint.syntax.yaml_values import construct  # noqa: PLC0415

        composed = compose(text, span.start, MAX_NODES)
        if composed.root is None or composed.root.is_empty:
            self._add(None, span, is_empty=True)
            return composed.nodes
        value, duplicates = construct(composed.root)
        self._add(value, span)
        for key, first, second in duplicates:
            places = Span(second.start, second.end), Span(first.start, first.end)
            message = f"the key '{key}' is written twice in the same mapping"
            self._errors.append(YamlError("duplicate-key", message, places[0], self._index, places[1]))
        if composed.rest is not None:
            message = "found text after the end of the document; no tool reads it"
            self._fail(ReadFailure("syntax", message, composed.rest, composed.rest + 1))
        return composed.nodes

    def _add(self, value: Json, span: Span, *, is_empty: bool = False) -> None:
        self._documents.append(YamlDocument(self._source, self._index, span, value, is_empty=is_empty))

    def _add_stream(self, values: list[JsonValue]) -> None:
        """Add the values of a JSON text, each a document."""
        for number, (value, span) in enumerate(values):
            self._index += number > 0
            self._add(value, span)

    def _refuse_separator(self, span: Span) -> None:
        found = self._source.text[span.start : min(span.end, span.start + 30)]
        message = f"found '{found}' after the separator '---', where only a comment may stand"
        self._fail(ReadFailure("syntax", message, span.start, span.end))

    def _fail(self, failure: ReadFailure, text: str = "") -> None:
        """Keep an error. Text with template expressions that cannot be read has not been rendered yet."""
        kind, message = failure.kind, failure.message
        if kind == "syntax" and "{{" in text:
            kind, message = "template", "contains template expressions and is no YAML before it is rendered"
        self._errors.append(YamlError(kind, message, failure.span, self._index))
