"""What Helm and kustomize make of a project, in the terms of the rest: a rendered document is a `Document`.

A tool gives a `Render`: the texts it made, what maps their places back to the files that people edit, where it failed,
and what it left out. `readings_of` turns one into readings, as `reader.read_files` does with files; each render is a
world of its own, in which the files of `replaces` are known by what became of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tkelint.classify import reason_not_a_resource
from tkelint.reader import FileState, FileStatus, Reading, objects_of
from tkelint.source import Place, Precision, Span
from tkelint.syntax.yaml import YamlError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tkelint.resource import Resource
    from tkelint.source import SourceFile
    from tkelint.syntax.document import Change, FieldPath, Json, TextChange
    from tkelint.syntax.yaml import YamlDocument

# Hooks that `helm test` runs, and an installation does not: https://helm.sh/docs/topics/chart_tests/.
_TEST_HOOKS = frozenset({"test", "test-success", "test-failure"})


class PlaceMap(Protocol):
    """Leads from rendered text back to what people edit. A line number of rendered text is never one of a file."""

    def place_of(self, document: YamlDocument, path: FieldPath, part: tuple[int, int] | None, *, at_key: bool) -> Place:
        """Where the value at a path of a rendered document comes from, with the precision of that; see `Document`."""

    def origins_of(self, document: YamlDocument, path: FieldPath) -> tuple[Place, ...]:
        """Where else a person would change the value, if that is known; see `Document`."""

    def place_of_text(self, span: Span) -> Place:
        """Where a range of the rendered text comes from; for what is no YAML and therefore has no paths."""


class RenderedFile(NamedTuple):
    """A text that a tool made, of one or many documents.

    `source` is the file to edit, under whose path findings are reported when nothing better is known; `rendered` is the
    text. `template` is the name that Helm has for it. `namespace` is that of objects which state none, or which state
    the `stand_in` that the tool was told because the namespace is not known.
    """

    source: SourceFile
    rendered: SourceFile
    places: PlaceMap
    template: str | None = None
    namespace: str | None = None
    stand_in: str | None = None


class RenderFailure(NamedTuple):
    """Where a tool gave up, in its own words. It is `refused` if the chart asks for values that are not its own."""

    place: Place
    message: str
    refused: bool = False


class Render(NamedTuple):
    """One way in which a tool made objects.

    `name` tells it from others: `charts/web`, `charts/web (prod)`. `replaces` are the paths of the files that are not
    to be read as they stand, since they are templates, bases or patches of it; `inputs` are what else goes into it.
    `skipped` is what the tool did not do, such as a dependency that would have to be fetched; the render is then not
    `complete`, and an object that is not in it may yet exist.
    """

    name: str
    files: tuple[RenderedFile, ...] = ()
    failures: tuple[RenderFailure, ...] = ()
    skipped: tuple[FileStatus, ...] = ()
    replaces: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()
    complete: bool = True


class RenderedDocument:
    """A document whose values are the rendered ones, and whose places are in the files that it was rendered from."""

    def __init__(self, file: RenderedFile, document: YamlDocument) -> None:
        self.source = file.source
        self.index = document.index
        self._document = document
        self._places = file.places

    @property
    def value(self) -> Json:
        """The document as the API server would read it."""
        return self._document.value

    def place_of(self, path: FieldPath, part: tuple[int, int] | None = None, *, at_key: bool = False) -> Place:
        """See `Document`."""
        return self._places.place_of(self._document, path, part, at_key=at_key)

    def origins_of(self, path: FieldPath) -> tuple[Place, ...]:
        """See `Document`."""
        return self._places.origins_of(self._document, path)

    def text_of(self, path: FieldPath) -> str:
        """The scalar as the rendered text spells it."""
        return self._document.text_of(path)

    def text_changes(self, changes: Sequence[Change]) -> list[TextChange] | None:  # noqa: ARG002 - see below
        """None: what was rendered is changed by changing what it was rendered from."""
        return None


def readings_of(render: Render, *, targeted: bool) -> list[Reading]:
    """One reading for each file that something was rendered from, or that the tool complains of, sorted by path."""
    files: dict[str, list[RenderedFile]] = defaultdict(list)
    failures: dict[str, list[RenderFailure]] = defaultdict(list)
    sources: dict[str, SourceFile] = {}
    for file in render.files:
        files[file.source.path].append(file)
        sources[file.source.path] = file.source
    for failure in render.failures:
        failures[failure.place.source.path].append(failure)
        sources.setdefault(failure.place.source.path, failure.place.source)
    return [_reading(source, files[path], failures[path], targeted) for path, source in sorted(sources.items())]


def _reading(
    source: SourceFile, files: Sequence[RenderedFile], failures: Iterable[RenderFailure], targeted: bool
) -> Reading:
    resources: list[Resource] = []
    errors = [
        YamlError("refused" if failure.refused else "render", failure.message, failure.place.span, 0)
        for failure in failures
    ]
    unread: list[str] = []
    for file in files:
        parsed = parse(file.rendered)
        resources += _resources(file, parsed.documents, targeted)
        unread += [file.rendered.text for error in parsed.errors if error.kind != "duplicate-key"][:1]
        errors += _mapped_errors(file, parsed.errors)
    status = _status(source.path, len(resources), failed=bool(errors and not resources), targeted=targeted)
    return Reading(source, targeted, (), tuple(resources), tuple(errors), tuple(unread), status, is_rendered=True)


def _resources(file: RenderedFile, documents: Iterable[YamlDocument], targeted: bool) -> Iterator[Resource]:
    for document in documents:
        if reason_not_a_resource(file.source.path, document.value) is None:
            rendered = RenderedDocument(file, document)
            for resource in objects_of(rendered, targeted=targeted, template=file.template):
                if resource.namespace in (None, file.stand_in):
                    resource.namespace = file.namespace
                if not _is_test(resource):
                    yield resource


def _is_test(resource: Resource) -> bool:
    """Whether only `helm test` makes it."""
    hooks = resource.annotations.get("helm.sh/hook")
    return isinstance(hooks, str) and {hook.strip() for hook in hooks.split(",")} <= _TEST_HOOKS


def _mapped_errors(file: RenderedFile, errors: Iterable[YamlError]) -> Iterator[YamlError]:
    """What is wrong with rendered text, at the places that it comes from.

    A key that is written twice is only told where both stand in the file to edit, letter by letter.
    """
    for error in errors:
        place = file.places.place_of_text(error.span)
        if place.source is not file.source:
            place = Place(file.source, Span(0, len(file.source.line(1))), Precision.FILE)
        if error.related is None:
            message = f"the rendered text is no YAML: {error.message}" if error.kind != "limit" else error.message
            yield YamlError("limit" if error.kind == "limit" else "render", message, place.span, error.document)
            continue
        first = file.places.place_of_text(error.related)
        if first.source is place.source and first.precision is place.precision is Precision.EXACT:
            yield error._replace(span=place.span, related=first.span)


def _status(path: str, resources: int, *, failed: bool, targeted: bool) -> FileStatus:
    if failed:
        return FileStatus(path=path, state=FileState.UNREADABLE, reason="not-rendered")
    if resources:
        return FileStatus(path=path, state=FileState.LINTED if targeted else FileState.CONTEXT, resources=resources)
    return FileStatus(path=path, state=FileState.NOT_RESOURCES, reason="rendered-empty")
