"""What kustomize printed: its objects, each with the file it came from."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from tkelint.overlays.find import join
from tkelint.overlays.fragments import Origin, as_list, as_mapping
from tkelint.overlays.places import OverlayPlaces
from tkelint.patterns import pattern
from tkelint.rendered import RenderedFile
from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.overlays.find import Kustomization
    from tkelint.overlays.fragments import OverlayFiles

# kustomize sorts keys and indents by two, so its own annotations are found without reading YAML.
_ANNOTATIONS: Final = pattern(r"^metadata:\n  annotations:\n((?:    .*\n|[ \t]*\n)+)", 8)
_ORIGIN: Final = "config.kubernetes.io/origin"
_TRANSFORMATIONS: Final = "alpha.config.kubernetes.io/transformations"
_OWN: Final = pattern(
    r"^    (?:config\.kubernetes\.io/origin|alpha\.config\.kubernetes\.io/transformations): \|\n(?:      .*\n)+", 8
)
# Nothing looks at them, and they are the longest of all objects.
_DEFINITION: Final = pattern(r"^kind: CustomResourceDefinition$", 8)
_SEPARATOR: Final = pattern(r"^---\n", 8)


def rendered_files(text: str, top: Kustomization, inputs: OverlayFiles) -> Iterator[RenderedFile]:
    """The objects of a build, each a text of its own without kustomize's annotations."""
    read: dict[str, Any] = {}
    if text and not text.endswith("\n"):
        text += "\n"
    for document in _SEPARATOR.split(text):
        if not document.strip() or _DEFINITION.search(document):
            continue
        said, rest = _without_annotations(document)
        if said not in read:
            read[said] = _origin(said, top)
        origin: Origin = read[said]
        documents = inputs.documents.get(origin.path)
        source = documents[0].source if documents else SourceFile(origin.path, "")
        yield RenderedFile(source, SourceFile(origin.path, rest), OverlayPlaces(origin, inputs))


def _without_annotations(text: str) -> tuple[str, str]:
    """What kustomize says of an object, and the object without that."""
    found = _ANNOTATIONS.search(text)
    if found is None:
        return "", text
    said = "".join(match[0] for match in _OWN.finditer(found[1]))
    left = _OWN.sub("", found[1])
    heading = "metadata:\n  annotations:\n" if left.strip() else "metadata:\n"
    return said, text[: found.start()] + heading + left + text[found.end() :]


def _origin(said: str, top: Kustomization) -> Origin:
    """Where an object came from. Without a word of that it is from the overlay itself."""
    notes: dict[str, Any] = defaultdict(lambda: None)
    for document in parse(SourceFile("annotations.yaml", said)).documents:
        for key, text in as_mapping(document.value).items():
            inner = parse(SourceFile("annotation.yaml", text)).documents if isinstance(text, str) else ()
            notes[key] = inner[0].value if inner else None
    origin = as_mapping(notes[_ORIGIN])
    applied = [as_mapping(each).get("configuredIn") for each in as_list(notes[_TRANSFORMATIONS])]
    generator = as_mapping(origin.get("configuredBy")).get("kind")
    path = origin.get("path") or origin.get("configuredIn")
    return Origin(
        join(top.folder, path) if isinstance(path, str) else top.path,
        str(generator or ""),
        tuple(join(top.folder, each) for each in applied if isinstance(each, str) and not posixpath.isabs(each)),
    )
