"""Patches of a kustomization: strategic merge patches and JSON patches, in files and written in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tkelint.overlays.find import join
from tkelint.overlays.fragments import Fragment, Outer, as_list, name_of
from tkelint.patterns import pattern
from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.overlays.find import Kustomization
    from tkelint.overlays.fragments import OverlayFiles, Target, Writer
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml import YamlDocument

_LONGEST_NAME_PATTERN: Final = 200
_PLAIN_PATTERN: Final = pattern(r"\^?(?:[\w-]|\\?\.)*(?:\.\*)?(?:[\w-]|\\?\.)*\$?(?:\|(?:[\w-]|\\?\.)*)*\Z")


def patches(
    target: Target, kustomization: Kustomization, document: YamlDocument, files: OverlayFiles, names: set[str]
) -> Iterator[Writer]:
    """The patches of a kustomization that are for an object known by `names`, in the order in which they apply."""
    for field in ("patchesStrategicMerge", "patches", "patchesJson6902"):
        for index, entry in enumerate(as_list(kustomization.value.get(field))):
            path: FieldPath = (field, index)
            selector = None
            if isinstance(entry, dict):
                selector = entry.get("target")
                key = "path" if isinstance(entry.get("path"), str) else "patch"
                path, entry = (*path, key), entry.get(key)  # noqa: PLW2901 - an entry of the other form
            if isinstance(entry, str):
                yield from _patch(target, (kustomization, document, path, entry, selector), files, names)


def _patch(target: Target, patch: tuple[Any, ...], files: OverlayFiles, names: set[str]) -> Iterator[Writer]:
    """The writers that one patch is for an object: a merge patch, or each operation of a JSON patch."""
    kustomization, document, path, text, selector = patch
    outer = None
    documents = files.documents.get(join(kustomization.folder, text)) if "\n" not in text else None
    if documents is None:
        outer = Outer(document, path)
        documents = parse(SourceFile(kustomization.path, text)).documents
    for each in documents:
        if isinstance(each.value, list):
            if _selects(selector, target, names):
                yield from _operations(target, each, outer)
        elif _selects(selector, target, names) if selector else _is_of(each.value, target, names):
            yield Fragment(each, (), each.value, outer=outer, is_patch=True)


def _is_of(value: Any, target: Target, names: set[str]) -> bool:
    """Whether a merge patch without selector is for an object. Names are those before or after prefixes."""
    if not isinstance(value, dict) or value.get("kind") != target.kind:
        return False
    name = name_of(value)
    return name in names or any(each in name and name in target.name for each in names)


def _selects(selector: Any, target: Target, names: set[str]) -> bool:
    """Whether a patch's `target` may mean an object; labels and annotations are not compared."""
    if not isinstance(selector, dict):
        return True
    wanted = (("kind", {target.kind}), ("name", names))
    return all(any(_matches(selector[key], each) for each in values) for key, values in wanted if selector.get(key))


def _matches(wanted: Any, text: str) -> bool:
    """Whether a name fits one in a selector, which is a regular expression; only ordinary ones are tried."""
    wanted = str(wanted)
    if wanted == text:
        return True
    if len(wanted) > _LONGEST_NAME_PATTERN or not _PLAIN_PATTERN.match(wanted):
        return False
    return re.fullmatch(wanted, text) is not None


def _operations(target: Target, document: YamlDocument, outer: Outer | None) -> Iterator[Writer]:
    for index, operation in enumerate(as_list(document.value)):
        if isinstance(operation, dict) and operation.get("op") in ("add", "replace") and "value" in operation:
            at = _pointed(str(operation.get("path", "")), target.value)
            if at is not None:
                yield Fragment(document, (index, "value"), operation["value"], at, outer)


def _pointed(pointer: str, value: Any) -> FieldPath | None:
    """The path that a JSON pointer stands for in the built object; `-` is the end of a list."""
    path: list[str | int] = []
    for token in pointer.split("/")[1:]:
        step: str | int = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            step = len(value) - 1 if step == "-" else int(step) if str(step).isdecimal() and len(token) < 6 else -1
            if not 0 <= step < len(value):
                return None
        elif not isinstance(value, dict) or step not in value:
            return None
        path.append(step)
        value = value[step]
    return tuple(path)
