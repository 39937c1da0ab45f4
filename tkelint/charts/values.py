"""Where the values of a chart are written: in the values files of a render, or in those of the charts themselves."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tkelint.source import Place, SourceFile
from tkelint.syntax.go_template import ANY
from tkelint.syntax.yaml import YamlDocument, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.go_template import ValuesPath

_MOST_ITEMS = 200  # of a collection that a template goes over


class ValuesFile:
    """A values file, read when a place in it is first asked for.

    A dependency takes from the values of its parent what stands under its name, which is the `prefix`.
    """

    def __init__(self, source: SourceFile, prefix: tuple[str, ...] = ()) -> None:
        self.source = source
        self.prefix = prefix

    @cached_property
    def document(self) -> YamlDocument | None:
        """Its one document."""
        documents = parse(self.source).documents
        return documents[0] if documents else None

    def place_of(self, path: FieldPath, value: Any) -> Place | None:
        """Where a path is written, if it has the value; `ANY` in it stands for each item."""
        document = self.document
        if document is None:
            return None
        for candidate in _resolved(document.value, (*self.prefix, *path)):
            if _is_same(_at(document.value, candidate), value):
                return document.place_of(candidate)
        return None


class Values:
    """The values of one chart of a render, in the order in which they win."""

    def __init__(self, files: Sequence[ValuesFile]) -> None:
        self._files = tuple(files)

    def place_of(self, named: ValuesPath, inner: FieldPath, value: Any) -> Place | None:
        """Where the value is written that a template takes with `named`, or that lies at `inner` of what it takes."""
        if value is None or isinstance(value, (dict, list)):
            return None
        found = (file.place_of(path, value) for path in ((*named, *inner), named) for file in self._files)
        return next((place for place in found if place is not None), None)


def _resolved(value: Any, path: FieldPath) -> Iterator[FieldPath]:
    """The paths that a path with `ANY` stands for."""
    if ANY not in path:
        yield path
        return
    at = path.index(ANY)
    items = _at(value, path[:at])
    keys: Sequence[Any] = (
        list(items) if isinstance(items, dict) else range(len(items)) if isinstance(items, list) else ()
    )
    for key in keys[:_MOST_ITEMS]:
        yield from _resolved(value, (*path[:at], key, *path[at + 1 :]))


def _at(value: Any, path: FieldPath) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _is_same(written: Any, rendered: Any) -> bool:
    """Whether a value of a values file is what was rendered, perhaps with text around it: `{{ .Values.name }}-web`."""
    if written is None or isinstance(written, (dict, list)):
        return False
    if written == rendered and isinstance(written, bool) == isinstance(rendered, bool):
        return True
    text = str(written).lower() if isinstance(written, bool) else str(written)
    return bool(text) and isinstance(rendered, str) and text in rendered
