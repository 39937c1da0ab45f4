"""Where Secret data stands in the files, so that no output ever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.source import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tkelint.reader import Reading
    from tkelint.resource import Resource

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
    spans = {}
    for reading in readings:
        if reading.source.path not in shown:
            continue
        found = [span for resource in reading.resources if resource.kind == "Secret" for span in _spans(resource)]
        if _is_opaque(reading):
            found.extend(Span(*match.span()) for match in _VALUE.finditer(reading.source.text))
        if found:
            spans[reading.source.path] = tuple(sorted(found))
    return spans


def _is_opaque(reading: Reading) -> bool:
    """Whether a file may hold Secret data at places that its resources do not show."""
    if reading.errors and _SECRET_KIND.search(reading.source.text):
        return True
    opened = {id(resource.document) for resource in reading.resources}
    values = (document.value for document in reading.documents if id(document) not in opened)
    return any(isinstance(value, dict) and value.get("kind") == "Secret" for value in values)


def _spans(resource: Resource) -> Iterator[Span]:
    for field in _DATA_FIELDS:
        data = resource.get(field)
        if isinstance(data, dict):
            yield from (resource.node(field, key).place.span for key in data)
        elif data is not None:
            yield resource.node(field).place.span
    if _LAST_APPLIED in resource.annotations:
        yield resource.annotation(_LAST_APPLIED).place.span
