"""What every parsed document can do: give plain values, and say where one of them was written.

`yaml.YamlDocument` is the usual one; `TextDocument` holds a file that is one text, such as a Corefile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from tkelint.patterns import pattern
from tkelint.source import Place, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

# What JSON can say. Mappings keep the order of the file; keys are strings, as sigs.k8s.io/yaml makes them.
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

# Keys and list indexes from the root of a document: ("spec", "ports", 0, "port").
FieldPath: TypeAlias = "tuple[str | int, ...]"

# A range of the text and what takes its place; an empty range is an insertion.
TextChange: TypeAlias = "tuple[Span, str]"

_PLAIN_KEY = pattern(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


class Replace(NamedTuple):
    """Write YAML for the value at a path, for its key, or raw text for code points `[start, end)` of its string."""

    path: FieldPath
    text: str
    part: tuple[int, int] | None = None
    at_key: bool = False


class Remove(NamedTuple):
    """Take an entry of a mapping or an item of a list out, and each collection above that it leaves empty."""

    path: FieldPath


class Add(NamedTuple):
    """Add an entry to the mapping at a path, which is made where it is missing."""

    path: FieldPath
    key: str
    value: Json


class Append(NamedTuple):
    """Add an item at the end of the list at a path, which is there."""

    path: FieldPath
    value: Json


Change: TypeAlias = "Replace | Remove | Add | Append"


class Document(Protocol):
    """One document of a file; `source` is the file that a person edits, whatever was rendered from it."""

    source: SourceFile
    index: int  # 0-based place among the documents of the file

    @property
    def value(self) -> Json:
        """The document as the API server would read it."""

    def place_of(self, path: FieldPath, part: tuple[int, int] | None = None, *, at_key: bool = False) -> Place:
        """Where the value at `path` is written, or with `at_key` its key (for a list item, the item).

        A value that is missing or empty (`key:`) points at its key; a path that does not exist points at its
        longest existing prefix. An alias points at where it is used. `part` is a range of code points of the decoded
        string at `path` and narrows the place to them.
        """

    def origins_of(self, path: FieldPath) -> tuple[Place, ...]:
        """Where else a person would change the value at `path`: the values file that a template takes it from."""

    def text_of(self, path: FieldPath) -> str:
        """The scalar at `path` as the source spells it (`yes`, `"true"`, `0x1F`), quotes included."""

    def text_changes(self, changes: Sequence[Change]) -> list[TextChange] | None:
        """What changes of values change in the text, in its order, without overlaps.

        All of the rest keeps its value and its text. `None` where that cannot be done for certain.
        """


class TextDocument:
    """A file that is one text, held under one key: a Corefile is `{"Corefile": text}`."""

    def __init__(self, source: SourceFile, key: str) -> None:
        self.source = source
        self.index = 0
        self._key = key

    @property
    def value(self) -> Json:
        """The text under its key."""
        return {self._key: self.source.text}

    def place_of(self, path: FieldPath, part: tuple[int, int] | None = None, *, at_key: bool = False) -> Place:
        """The part of the text, or the first line, since a whole file is no useful place."""
        return Place(self.source, Span(*part) if part is not None else Span(0, len(self.source.line(1))))

    def origins_of(self, path: FieldPath) -> tuple[Place, ...]:
        """None: the text is all there is."""
        return ()

    def text_of(self, path: FieldPath) -> str:
        """The whole text."""
        return self.source.text

    def text_changes(self, changes: Sequence[Change]) -> list[TextChange] | None:
        """Only parts of the text can change."""
        parts = [(Span(*change.part), change.text) for change in changes if isinstance(change, Replace) and change.part]
        return sorted(parts) if len(parts) == len(changes) else None


def format_path(path: Sequence[str | int]) -> str:
    """The path as Kubernetes writes field paths.

    >>> format_path(("spec", "ports", 0, "targetPort"))
    'spec.ports[0].targetPort'
    >>> format_path(("metadata", "annotations", "kubernetes.io/ingress.class"))
    'metadata.annotations[kubernetes.io/ingress.class]'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.match(step):
            text += f".{step}" if text else step
        else:
            text += f"[{step}]"
    return text
