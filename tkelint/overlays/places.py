"""Where what kustomize built is written: in a base, a patch, a field of a kustomization or a file behind a ConfigMap.

kustomize says from which file each object came (`buildMetadata: [originAnnotations]`). Everything that may have written
a value is asked for it in the order in which kustomize applies it: the last one that wrote the very value is its place.
A value that nobody wrote as it is now, such as a name with a prefix, is placed by its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint.overlays.fragments import Spot, Target
from tkelint.overlays.writers import writers_of
from tkelint.source import Place, Precision, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.overlays.fragments import Origin, OverlayFiles, Writer
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml import YamlDocument


class OverlayPlaces:
    """The `PlaceMap` of one object of an overlay."""

    def __init__(self, origin: Origin, files: OverlayFiles) -> None:
        self._origin = origin
        self._files = files
        self._writers: Sequence[Writer] | None = None

    def place_of(self, document: YamlDocument, path: FieldPath, part: tuple[int, int] | None, *, at_key: bool) -> Place:
        """Where the value at a path was written; see `rendered.PlaceMap`."""
        if self._writers is None:
            self._writers = writers_of(Target(document.value, self._origin), self._files)
        path = existing(document.value, path)
        best = self._best(document.value, path)
        if best is None:
            return self._file()
        spot, precision = best
        return spot.place(part if precision is Precision.EXACT else None, precision, at_key=at_key)

    def origins_of(self, document: YamlDocument, path: FieldPath) -> tuple[Place, ...]:  # noqa: ARG002 - see PlaceMap
        """None: the place is where a person changes it."""
        return ()

    def place_of_text(self, span: Span) -> Place:  # noqa: ARG002 - kustomize writes only YAML
        """The file; see `rendered.PlaceMap`."""
        return self._file()

    def _best(self, value: Any, path: FieldPath) -> tuple[Spot, Precision] | None:
        """The spot that a value comes from. Of a mapping that several wrote it is the first, of a scalar the last."""
        wanted = value_at(value, path)
        spots = [spot for writer in self._writers or () for spot in writer.spots(value, path)]
        complete = [spot for spot in spots if spot.missing == 0]
        exact = [spot for spot in complete if same(spot.value, wanted)]
        if exact:
            return exact[-1], Precision.EXACT
        if complete:
            return complete[0 if isinstance(wanted, (dict, list)) else -1], Precision.KEY_PATH
        nearest = min(spots, key=lambda spot: spot.missing, default=None)
        return (nearest, Precision.OBJECT) if nearest is not None else None

    def _file(self) -> Place:
        documents = self._files.documents.get(self._origin.path)
        source = documents[0].source if documents else self._files.other(self._origin.path)
        source = source or SourceFile(self._origin.path, "")
        return Place(source, Span(0, len(source.line(1))), Precision.FILE)


def existing(value: Any, path: FieldPath) -> FieldPath:
    """The longest part of a path that is there."""
    for length, step in enumerate(path):
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return path[:length]
    return path


def value_at(value: Any, path: FieldPath) -> Any:
    """The value at a path that is there."""
    for step in path:
        value = value[step]
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same; `1` is not `True`."""
    return type(one) is type(other) and bool(one == other)
