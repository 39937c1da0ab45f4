"""From files to resources: Lists are opened, what is no resource is named and listed.

Called by the engine with the sources of one run; knows nothing of rules.
"""

from __future__ import annotations

import posixpath
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.classify import is_kustomization, is_kustomization_name, reason_not_a_resource
from tkelint.kustomize import Kustomizations, read_kustomizations
from tkelint.patterns import pattern
from tkelint.resource import COREFILE_KIND, Resource, text_resource
from tkelint.syntax.helm import template_of
from tkelint.syntax.yaml import ParsedFile, YamlDocument, YamlError, parse
from tkelint.syntax.yaml_chunks import chunks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tkelint.source import SourceFile
    from tkelint.syntax.document import Document

# What the status of a file with a kustomization in it may say; one that has objects too says nothing.
_MAYBE_KUSTOMIZATION = frozenset({"", "kustomization", "syntax-error", "not-rendered"})
_COREFILE_NAME = pattern(r"Corefile(?:\..+)?\Z|.+\.corefile\Z")


class FileState(str, Enum):
    """What became of a file."""

    LINTED = "linted"
    CONTEXT = "context"  # read for references, not linted
    NOT_RESOURCES = (
        "not-resources"  # readable, but no Kubernetes objects: values, CI, compose, kustomization, patches ...
    )
    UNREADABLE = "unreadable"  # something that might have been linted could not be read, parsed or rendered


class FileStatus(NamedTuple):
    """What became of one file. `reason` names a text of `tkelint.language`, filled with `parameters`."""

    path: str
    state: FileState
    reason: str = ""
    parameters: Mapping[str, object] = MappingProxyType({})
    resources: int = 0


class Reading(NamedTuple):
    """One file after reading: its documents, the resources in them, and what could not be parsed."""

    source: SourceFile
    targeted: bool
    documents: tuple[YamlDocument, ...]
    resources: tuple[Resource, ...]
    errors: tuple[YamlError, ...]
    unread: tuple[str, ...]  # texts of documents that failed to parse: an object looked for may be in there
    status: FileStatus
    is_rendered: bool = False  # the resources are what a tool made of the file, see `rendered`


def is_corefile_name(path: str) -> bool:
    """Whether a file is a Corefile by its name: `Corefile`, `Corefile.prod`, `custom.corefile`."""
    return _COREFILE_NAME.match(posixpath.basename(path)) is not None


def read_files(
    sources: Sequence[tuple[SourceFile, bool]], corefiles: Collection[str] = ()
) -> tuple[list[Reading], Kustomizations]:
    """Read every source, given with whether it is to be linted. The order stays.

    What is a Corefile says its name, or that its path is one of `corefiles`.
    """
    parsed = [
        (source, targeted, None if is_corefile_name(source.path) or source.path in corefiles else parse(source))
        for source, targeted in sources
    ]
    kustomizations = read_kustomizations(_kustomization_documents(file for _, _, file in parsed if file is not None))
    return [_read(source, targeted, file, kustomizations) for source, targeted, file in parsed], kustomizations


def kustomizations_in(readings: Iterable[Reading]) -> Iterator[tuple[str, Any]]:
    """The kustomizations among readings, as pairs of path and value."""
    return _kustomization_documents(reading for reading in readings if reading.status.reason in _MAYBE_KUSTOMIZATION)


def _kustomization_documents(files: Iterable[ParsedFile | Reading]) -> Iterator[tuple[str, Any]]:
    for file in files:
        for document in file.documents:
            if is_kustomization(document.value) or is_kustomization_name(document.source.path):
                yield document.source.path, document.value


def _read(source: SourceFile, targeted: bool, parsed: ParsedFile | None, kustomizations: Kustomizations) -> Reading:
    if parsed is None:
        corefile = text_resource(source, COREFILE_KIND, targeted=targeted)
        return Reading(source, targeted, (), (corefile,), (), (), _status(source.path, targeted, 1, []))
    resources: list[Resource] = []
    reasons: list[str] = []
    for document in parsed.documents:
        reason = _reason(document, kustomizations)
        if reason is None:
            namespace = kustomizations.namespaces.get(source.path)
            resources += objects_of(document, targeted=targeted, template=template_of(document), namespace=namespace)
        else:
            reasons.append(reason)
    failed = {error.document for error in parsed.errors if error.kind != "duplicate-key"}
    reasons += ["helm-template" for error in parsed.errors if error.kind == "template"]
    reasons += ["syntax-error" for error in parsed.errors if error.kind in ("syntax", "limit")]
    unread = tuple(_texts_of_failed(source, failed))
    status = _status(source.path, targeted, len(resources), reasons)
    return Reading(source, targeted, parsed.documents, tuple(resources), parsed.errors, unread, status)


def _reason(document: YamlDocument, kustomizations: Kustomizations) -> str | None:
    path, value = document.source.path, document.value
    if is_kustomization(value) or is_kustomization_name(path):
        return "kustomization"
    if path in kustomizations.patches:
        return "kustomize-patch"
    return reason_not_a_resource(path, value)


def objects_of(
    document: Document, *, targeted: bool, template: str | None = None, namespace: str | None = None
) -> Iterator[Resource]:
    """The objects of a document: itself, or the items of a List, however deep Lists are nested in Lists.

    The other parameters are those of `Resource`.
    """
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(document.value, ())]
    while waiting:
        value, base = waiting.pop()
        if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
            continue
        items = value.get("items")
        if value["kind"].endswith("List") and isinstance(items, list):
            waiting += [(item, (*base, "items", index)) for index, item in reversed(list(enumerate(items)))]
        else:
            yield Resource(document, value, base, template=template, namespace=namespace, targeted=targeted)


def _texts_of_failed(source: SourceFile, failed: set[int]) -> Iterator[str]:
    """The text of each document that could not be read."""
    if failed:
        for index, chunk in enumerate(chunks(source.text)):
            if index in failed:
                yield source.text[chunk.span.start : chunk.span.end]


def _status(path: str, targeted: bool, resources: int, reasons: Sequence[str]) -> FileStatus:
    """The status of a readable file: what could not be parsed weighs more than what is no resource."""
    failed = next((reason for reason in reasons if reason in ("syntax-error", "helm-template")), None)
    if failed is not None:
        return FileStatus(path=path, state=FileState.UNREADABLE, reason=failed, resources=resources)
    if resources:
        return FileStatus(path=path, state=FileState.LINTED if targeted else FileState.CONTEXT, resources=resources)
    reason = next((reason for reason in reasons if reason != "empty"), "empty")
    return FileStatus(path=path, state=FileState.NOT_RESOURCES, reason=reason)
