"""What kustomizations say of the files beside them, without building anything.

Two things matter before a build: which files are patches and not objects, and which namespace a kustomization gives to
the files it lists.
"""

from __future__ import annotations

import posixpath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PATCH_FIELDS = (
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "transformers",
    "configurations",
)


class Kustomizations(NamedTuple):
    """What all kustomizations of a tree say together. Paths are relative to the project root."""

    patches: frozenset[str] = frozenset()  # files that are patches, transformers or replacements
    namespaces: Mapping[str, str] = MappingProxyType({})  # by file: the one namespace it is given
    generated: frozenset[str] = frozenset()  # kinds that a generator or a remote base may add: ConfigMap, Secret, *


def read_kustomizations(documents: Iterable[tuple[str, Any]]) -> Kustomizations:
    """Combine kustomizations given as pairs of path and value.

    A file gets a namespace only when every kustomization that reaches it agrees: a base used by two overlays has none.
    """
    folders = {posixpath.dirname(path): value for path, value in documents if isinstance(value, dict)}
    patches = {path for folder, value in folders.items() for path in _patch_paths(folder, value)}
    given = _given_namespaces(folders)
    namespaces = {path: next(iter(names)) for path, names in given.items() if len(names) == 1 and "" not in names}
    generated = {kind for value in folders.values() for kind in _generated(value)}
    return Kustomizations(frozenset(patches), namespaces, frozenset(generated))


def _given_namespaces(folders: Mapping[str, Any]) -> dict[str, set[str]]:
    """The namespaces each file is given, "" for none, walking from overlays to bases: the outermost one wins.

    A folder is visited once per namespace, so that cycles and diamonds of bases cost no more than their edges.
    """
    given: dict[str, set[str]] = {}
    used = {base for folder, value in folders.items() for base in _resources(folder, value) if base in folders}
    waiting = [(folder, "") for folder in sorted(set(folders) - used)]
    visited = set(waiting)
    while waiting:
        folder, outer = waiting.pop()
        own = folders[folder].get("namespace")
        namespace = outer or (own if isinstance(own, str) else "")
        for path in _resources(folder, folders[folder]):
            if path not in folders:
                given.setdefault(path, set()).add(namespace)
            elif (path, namespace) not in visited:
                visited.add((path, namespace))
                waiting.append((path, namespace))
    return given


def _resources(folder: str, value: Mapping[str, Any]) -> list[str]:
    entries = [
        entry
        for name in ("resources", "bases", "components")
        for entry in _list(value.get(name))
        if isinstance(entry, str)
    ]
    return [_join(folder, entry) for entry in entries if not _is_remote(entry)]


def _patch_paths(folder: str, value: Mapping[str, Any]) -> Iterable[str]:
    for name in _PATCH_FIELDS:
        for entry in _list(value.get(name)):
            path = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(path, str) and "\n" not in path:
                yield _join(folder, path)


def _generated(value: Mapping[str, Any]) -> Iterable[str]:
    if value.get("configMapGenerator"):
        yield "ConfigMap"
    if value.get("secretGenerator"):
        yield "Secret"
    remote = any(_is_remote(entry) for name in ("resources", "bases", "components") for entry in _list(value.get(name)))
    if remote or value.get("helmCharts") or value.get("generators"):
        yield "*"


def _is_remote(entry: object) -> bool:
    return isinstance(entry, str) and ("://" in entry or entry.startswith(("git@", "github.com/")) or "?ref=" in entry)


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path)) if folder else posixpath.normpath(path)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
