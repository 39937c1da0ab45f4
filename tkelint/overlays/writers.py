"""What may have written a value of an object that kustomize built: its file, patches, fields of kustomizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint.overlays.fields import fields, generators
from tkelint.overlays.fragments import Fragment, as_list, name_of, namespace_of
from tkelint.overlays.patches import patches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.overlays.fragments import OverlayFiles, Target, Writer
    from tkelint.syntax.yaml import YamlDocument


def writers_of(target: Target, files: OverlayFiles) -> Sequence[Writer]:
    """Everything that may have written something of an object, in the order in which kustomize applies it."""
    writers: list[Writer] = [*_origin_writers(target, files)]
    names = {target.name, *(name_of(each.content) for each in writers if isinstance(each, Fragment))}
    names.discard("")
    is_generated = bool(target.origin.generator)
    for path in _applied(target, files):
        kustomization, documents = files.kustomizations[path], files.documents.get(path, ())
        if documents:
            if is_generated and path != target.origin.path:
                writers += generators(target, kustomization, documents[0], files)
            writers += fields(kustomization, documents[0], names)
            writers += patches(target, kustomization, documents[0], files, names)
    return writers


def _applied(target: Target, files: OverlayFiles) -> list[str]:
    """The kustomizations that saw an object; the innermost is first, and so is the one it was generated in."""
    paths = [path for path in (target.origin.path, *target.origin.applied) if path in files.kustomizations]
    return list(dict.fromkeys(paths))


def _origin_writers(target: Target, files: OverlayFiles) -> Iterator[Writer]:
    origin = target.origin
    if origin.generator:
        documents = files.documents.get(origin.path, ())
        if documents and origin.path in files.kustomizations:
            yield from generators(target, files.kustomizations[origin.path], documents[0], files)
        return
    best = max(
        _objects(files.documents.get(origin.path, ())), key=lambda each: _likeness(each.content, target), default=None
    )
    if best is not None and _likeness(best.content, target) > (0,):
        yield best


def _objects(documents: Sequence[YamlDocument]) -> Iterator[Fragment]:
    """The objects of a file; kustomize opens Lists."""
    for document in documents:
        value = document.value
        if (
            isinstance(value, dict)
            and str(value.get("kind", "")).endswith("List")
            and isinstance(value.get("items"), list)
        ):
            for index, item in enumerate(as_list(value["items"])):
                yield Fragment(document, ("items", index), item)
        else:
            yield Fragment(document, (), value)


def _likeness(value: Any, target: Target) -> tuple[int, ...]:
    """How much an object of a file looks like the built one. Names get prefixes and suffixes, kinds stay."""
    if not isinstance(value, dict) or value.get("kind") != target.kind:
        return (0,)
    name = name_of(value)
    namespace = namespace_of(value) == namespace_of(target.value)
    if name == target.name:
        return 3, len(name), namespace
    return (2, len(name), namespace) if name and name in target.name else (1, 0, namespace)
