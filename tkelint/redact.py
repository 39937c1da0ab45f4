"""Where Secret data stands in the files, so that no output ever shows it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.source import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tkelint.reader import Reading
    from tkelint.resource import Node, Resource
    from tkelint.source import Place

_PATCH_FIELDS = ("patches", "patchesStrategicMerge", "patchesJson6902")
_DATA_FIELDS = ("data", "stringData")
# kubectl writes the whole object, data included, into this annotation.
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_SECRET_KIND = pattern(r"kind['\"]?\s*:\s*['\"]?(?:Secret|List)\b")
_VALUE = pattern(r"(?<=[:\s])[^\s:].*")


def secret_spans(readings: Iterable[Reading], shown: Collection[str]) -> dict[str, tuple[Span, ...]]:
    """The spans of Secret data by file path, of the files in `shown`: those from which a reporter may print a line.

    Where a Secret's values cannot be told one by one, every value of the file counts as one: in a file with errors,
    such as a key written twice, and in a patch of a Secret.
    """
    spans: dict[str, set[Span]] = defaultdict(set)
    for reading in readings:
        if reading.source.path not in shown and not reading.is_rendered:
            continue
        for resource in reading.resources:
            for place in _places(resource) if resource.kind == "Secret" else ():
                spans[place.source.path].add(place.span)
        if "kustomization" in reading.source.path:
            spans[reading.source.path].update(_generated(reading))
        if _is_opaque(reading):
            spans[reading.source.path].update(Span(*match.span()) for match in _VALUE.finditer(reading.source.text))
    return {path: tuple(sorted(found)) for path, found in spans.items() if path in shown}


def _generated(reading: Reading) -> Iterator[Span]:
    """What a kustomization says of Secrets: literals of a generator, and patches written in place."""
    for document in reading.documents:
        value = document.value if isinstance(document.value, dict) else {}
        entries = value.get("secretGenerator")
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            literals = entry.get("literals") if isinstance(entry, dict) else None
            for number in range(len(literals) if isinstance(literals, list) else 0):
                yield document.span_of(("secretGenerator", index, "literals", number))
        for field in _PATCH_FIELDS:
            entries = value.get(field)
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                path = (field, index, "patch") if isinstance(entry, dict) else (field, index)
                text = entry.get("patch") if isinstance(entry, dict) else entry
                if isinstance(text, str) and ("Secret" in text or "Secret" in str(entry)):
                    span = document.span_of(path)
                    yield from (Span(*match.span()) for match in _VALUE.finditer(reading.source.text, *span))


def _is_opaque(reading: Reading) -> bool:
    """Whether a file may hold Secret data at places that its resources do not show."""
    if reading.errors and _SECRET_KIND.search(reading.source.text):
        return True
    opened = {id(resource.document) for resource in reading.resources}
    values = (document.value for document in reading.documents if id(document) not in opened)
    return any(isinstance(value, dict) and value.get("kind") == "Secret" for value in values)


def _places(resource: Resource) -> Iterator[Place]:
    """Where the data of a Secret is written; what was rendered may be written in a values file too."""
    for node in _nodes(resource):
        yield node.place
        yield from node.origins


def _nodes(resource: Resource) -> Iterator[Node]:
    for field in _DATA_FIELDS:
        data = resource.get(field)
        if isinstance(data, dict):
            yield from (resource.node(field, key) for key in data)
        elif data is not None:
            yield resource.node(field)
    if _LAST_APPLIED in resource.annotations:
        yield resource.annotation(_LAST_APPLIED)
