"""Fields of a kustomization that set values in the objects it lists: labels, images, generators and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint.overlays.find import GENERATORS, join
from tkelint.overlays.fragments import Spot, as_list, as_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.overlays.find import Kustomization
    from tkelint.overlays.fragments import OverlayFiles, Target, Writer
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml import YamlDocument

_LABELS: Final[tuple[FieldPath, ...]] = (
    ("metadata", "labels"),
    ("spec", "selector"),
    ("spec", "selector", "matchLabels"),
    ("spec", "template", "metadata", "labels"),
    ("spec", "jobTemplate", "metadata", "labels"),
    ("spec", "jobTemplate", "spec", "template", "metadata", "labels"),
)
_ANNOTATIONS: Final[tuple[FieldPath, ...]] = (
    ("metadata", "annotations"),
    ("spec", "template", "metadata", "annotations"),
    ("spec", "jobTemplate", "metadata", "annotations"),
    ("spec", "jobTemplate", "spec", "template", "metadata", "annotations"),
)


class Field(NamedTuple):
    """A field of a kustomization that sets the value at certain paths of the object; `rest` may follow."""

    document: YamlDocument
    field: FieldPath
    content: Any
    paths: tuple[FieldPath, ...]

    def spots(self, value: Any, path: FieldPath) -> Iterator[Spot]:  # noqa: ARG002 - the path is enough
        """One spot, where the path is one that the field sets."""
        if _without_indexes(path) in self.paths:
            yield Spot(self.document, self.field, self.content)


class Images(NamedTuple):
    """An entry of `images`, which writes a new tag, digest or name into the images of all containers."""

    document: YamlDocument
    at: FieldPath
    entry: dict[str, Any]

    def spots(self, value: Any, path: FieldPath) -> Iterator[Spot]:
        """The field that says most of the image, where the image became what the entry says."""
        if path[-1:] != ("image",):
            return
        built = value
        for step in path:
            built = built[step]
        name = str(self.entry.get("newName") or self.entry.get("name") or "")
        if isinstance(built, str) and name and re.split(r"[@]|:(?=[^/]*\Z)", built)[0] == name:
            for key in ("newTag", "digest", "newName"):
                if key in self.entry:
                    yield Spot(self.document, (*self.at, key), built if key == "newName" and built == name else None)
                    return


class Generated(NamedTuple):
    """The data of a ConfigMap or Secret that a generator made."""

    kustomization: Kustomization
    document: YamlDocument
    at: FieldPath  # of the generator's entry
    entry: dict[str, Any]
    files: OverlayFiles
    is_secret: bool

    def spots(self, value: Any, path: FieldPath) -> Iterator[Spot]:
        """The literal or file that a key comes from, else the generator."""
        if len(path) == 2 and path[0] in ("data", "binaryData"):
            yield from self._of_key(str(path[1]), value["data"][path[1]] if path[0] == "data" else None)
        if path == ("metadata", "name"):
            yield Spot(self.document, (*self.at, "name"), self.entry.get("name"))
        yield Spot(self.document, self.at, None, max(len(path), 1))

    def _of_key(self, key: str, text: Any) -> Iterator[Spot]:
        for index, literal in enumerate(as_list(self.entry.get("literals"))):
            name, equals, said = str(literal).partition("=")
            if equals and name == key:
                start = len(name) + 1
                where = (*self.at, "literals", index)
                yield Spot(self.document, where, said, inside=(start, start + len(said)))
        yield from self._of_env_files(key, text)
        for index, entry in enumerate(as_list(self.entry.get("files"))):
            name, equals, path = str(entry).partition("=")
            path = path if equals else name
            if (name if equals else path.rpartition("/")[2]) == key:
                source = None if self.is_secret else self.files.other(join(self.kustomization.folder, path))
                if source is not None and source.text == text:
                    yield Spot(self.document, (*self.at, "files", index), text, whole=source)
                else:
                    yield Spot(self.document, (*self.at, "files", index), entry)

    def _of_env_files(self, key: str, text: Any) -> Iterator[Spot]:
        """The line of an env file. Those of Secrets are not looked into."""
        for path in (*as_list(self.entry.get("envs")), self.entry.get("env")):
            readable = isinstance(path, str) and not self.is_secret
            source = self.files.other(join(self.kustomization.folder, path)) if readable else None
            for name, said, start in _lines_of(source.text) if source else ():
                if name == key and said == text:
                    yield Spot(self.document, self.at, said, inside=(start, start + len(said)), whole=source)


def _lines_of(text: str) -> Iterator[tuple[str, str, int]]:
    """The entries of an env file, each with its key, its value and where the value begins."""
    start = 0
    for line in text.splitlines(keepends=True):
        key, equals, value = line.partition("=")
        if equals and not key.lstrip().startswith("#"):
            yield key.strip(), value.rstrip("\r\n"), start + len(key) + 1
        start += len(line)


def generators(
    target: Target, kustomization: Kustomization, document: YamlDocument, files: OverlayFiles
) -> Iterator[Writer]:
    """The entries of generators that made an object, or were merged into it."""
    for field in GENERATORS:
        is_secret = field == "secretGenerator"
        if (target.kind == "Secret") is is_secret:
            for index, entry in enumerate(as_list(kustomization.value.get(field))):
                if isinstance(entry, dict) and str(entry.get("name", "")) in target.name:
                    yield Generated(kustomization, document, (field, index), entry, files, is_secret)


def fields(kustomization: Kustomization, document: YamlDocument, names: set[str]) -> Iterator[Writer]:
    """Fields that set one value in many objects."""
    value = kustomization.value
    if "namespace" in value:
        yield Field(
            document, ("namespace",), value["namespace"], (("metadata", "namespace"), ("subjects", "namespace"))
        )
    for at, pairs in _label_fields(value):
        for key, text in pairs.items():
            yield Field(document, (*at, key), text, tuple((*path, key) for path in _LABELS))
    for key, text in as_mapping(value.get("commonAnnotations")).items():
        yield Field(document, ("commonAnnotations", key), text, tuple((*path, key) for path in _ANNOTATIONS))
    for index, entry in enumerate(as_list(value.get("replicas"))):
        if isinstance(entry, dict) and entry.get("name") in names:
            yield Field(document, ("replicas", index, "count"), entry.get("count"), (("spec", "replicas"),))
    for index, entry in enumerate(as_list(value.get("images"))):
        if isinstance(entry, dict):
            yield Images(document, ("images", index), entry)


def _label_fields(value: Any) -> Iterator[tuple[FieldPath, dict[str, Any]]]:
    yield ("commonLabels",), as_mapping(value.get("commonLabels"))
    for index, entry in enumerate(as_list(value.get("labels"))):
        if isinstance(entry, dict):
            yield ("labels", index, "pairs"), as_mapping(entry.get("pairs"))


def _without_indexes(path: FieldPath) -> FieldPath:
    return tuple(step for step in path if isinstance(step, str))
