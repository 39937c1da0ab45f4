"""Which kustomizations are to be built, and which files each build reads, from the texts alone.

An overlay is a kustomization that no other one uses. What it reads is followed from file to file, so that a build needs
nothing else: what is not here was fetched from elsewhere, lies outside of the project, or is missing.
"""

from __future__ import annotations

import bisect
import itertools
import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.classify import is_kustomization_name
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

# Entries that are a path, a folder with a kustomization, or YAML themselves:
# https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/.
FOLLOWED = ("resources", "bases", "components")
_FILES = ("crds", "configurations", "patchesStrategicMerge", "transformers", "generators", "validators")
_PATHS_OF_ENTRIES = ("patches", "patchesJson6902", "replacements")
GENERATORS = ("configMapGenerator", "secretGenerator")
_CHARTS = ("helmCharts", "helmChartInflationGenerator", "helmGlobals")

# What kustomize takes for a repository or a page, as in its api/internal/git/repospec.go.
_REMOTE = pattern(
    r"[A-Za-z][A-Za-z0-9+.-]*::?//|git::|[^/\s]+@[^/\s]+:"
    r"|(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|gitee\.com|dev\.azure\.com|git\.[\w.-]+)[:/]"
    r"|[\w-]+\.[\w.-]+/.*(?:\.git(?:/|\Z)|//)"
)


class Kustomization(NamedTuple):
    """One kustomization: the path of its file, and its value."""

    path: str
    value: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """Its folder; empty for the project's."""
        return posixpath.dirname(self.path)

    @property
    def is_component(self) -> bool:
        """Whether it is a part of others and never built alone."""
        return self.value.get("kind") == "Component"


class Overlay(NamedTuple):
    """A kustomization to build, with everything its build reads. Paths are relative to the project root.

    `kustomizations` begin with the overlay itself. `files` are the YAML files it lists, `generated_from` those that
    become data of ConfigMaps and Secrets; the second says whether a missing one is a Secret's. `remote` are the bases
    that would be fetched, and a build can do without; `charts` are the kustomizations that ask for charts.
    """

    kustomizations: tuple[Kustomization, ...]
    files: frozenset[str]
    generated_from: Mapping[str, bool]
    remote: tuple[tuple[str, str], ...]  # the path of the kustomization, and the entry
    remote_patches: tuple[tuple[str, str], ...]
    charts: tuple[str, ...]

    @property
    def top(self) -> Kustomization:
        """The overlay itself."""
        return self.kustomizations[0]

    @property
    def inputs(self) -> frozenset[str]:
        """Every file of the project that it is made of."""
        return self.files | {each.path for each in self.kustomizations} | self.generated_from.keys()


def is_remote(entry: str) -> bool:
    """Whether an entry of `resources` would be fetched.

    >>> is_remote("github.com/org/repo//base?ref=v1"), is_remote("../base"), is_remote("git@github.com:org/repo")
    (True, False, True)
    """
    return "://" in entry or "?ref=" in entry or _REMOTE.match(entry) is not None


def find_overlays(
    documents: Iterable[tuple[str, Any]], known: Collection[str], without: Collection[str] = ()
) -> tuple[Overlay, ...]:
    """The overlays among kustomizations, given as pairs of path and value. `known` are the paths of all files.

    Those of the folders `without` are left out: they cannot be built, so that what they use stands for itself.
    """
    folders = {
        posixpath.dirname(path): Kustomization(path, value)
        for path, value in documents
        if is_kustomization_name(path) and _is_kustomize(value)
    }
    used = {
        target
        for each in folders.values()
        for target in _local(each, FOLLOWED)
        if target in folders and target != each.folder and each.folder not in without
    }
    ordered = sorted(known)
    tops = [
        folder
        for folder, each in sorted(folders.items())
        if folder not in used and folder not in without and not each.is_component
    ]
    return tuple(_overlay(folders[folder], folders, ordered) for folder in tops)


def _is_kustomize(value: object) -> bool:
    """Whether a document is kustomize's and not another tool's, such as Flux's, in a file of the same name."""
    if not isinstance(value, dict):
        return False
    return str(value.get("apiVersion", "kustomize.config.k8s.io/")).startswith("kustomize.config.k8s.io/")


def _overlay(top: Kustomization, folders: Mapping[str, Kustomization], known: Sequence[str]) -> Overlay:
    found = {top.folder: top}
    waiting = [top]
    files: set[str] = set()
    while waiting:
        each = waiting.pop()
        for target in (*_local(each, FOLLOWED), *_local(each, _FILES), *_entry_paths(each)):
            if target in folders and target not in found:
                found[target] = folders[target]
                waiting.append(folders[target])
            elif target not in folders:
                files.add(target)
                files.update(_named_inside(target, known))
    kustomizations = tuple(found.values())
    return Overlay(
        kustomizations,
        frozenset(files),
        {path: secret for each in kustomizations for path, secret in _generator_files(each)},
        tuple((each.path, entry) for each in kustomizations for entry in _texts(each, FOLLOWED) if is_remote(entry)),
        tuple((each.path, entry) for each in kustomizations for entry in _fetched_patches(each)),
        tuple(each.path for each in kustomizations if any(each.value.get(key) for key in _CHARTS)),
    )


def _named_inside(target: str, known: Sequence[str]) -> Iterator[str]:
    """The files of a folder without kustomization, where a file could be named: transformers may lie in one."""
    for path in itertools.islice(known, bisect.bisect_left(known, f"{target}/"), None):
        if not path.startswith(f"{target}/"):
            return
        yield path


def _texts(kustomization: Kustomization, fields: Iterable[str]) -> Iterator[str]:
    for name in fields:
        yield from (entry for entry in _list(kustomization.value.get(name)) if isinstance(entry, str))


def _local(kustomization: Kustomization, fields: Iterable[str]) -> Iterator[str]:
    """The files and folders that fields name, without YAML written in place."""
    for entry in _texts(kustomization, fields):
        if "\n" not in entry and ": " not in entry and not is_remote(entry):
            yield join(kustomization.folder, entry)


def _entry_paths(kustomization: Kustomization) -> Iterator[str]:
    for path in _paths_of_entries(kustomization):
        if not is_remote(path):
            yield join(kustomization.folder, path)


def _fetched_patches(kustomization: Kustomization) -> Iterator[str]:
    """The patches and other entries besides bases that would be fetched."""
    for path in (*_paths_of_entries(kustomization), *_texts(kustomization, _FILES)):
        if "\n" not in path and is_remote(path):
            yield path


def _paths_of_entries(kustomization: Kustomization) -> Iterator[str]:
    entries = [entry for name in _PATHS_OF_ENTRIES for entry in _list(kustomization.value.get(name))]
    for entry in (*entries, kustomization.value.get("openapi")):
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            yield entry["path"]


def _generator_files(kustomization: Kustomization) -> Iterator[tuple[str, bool]]:
    """The files that generators read, each with whether it becomes a Secret."""
    for name in GENERATORS:
        for entry in _list(kustomization.value.get(name)):
            if isinstance(entry, dict):
                texts = [*_list(entry.get("files")), *_list(entry.get("envs")), entry.get("env")]
                for text in texts:
                    if isinstance(text, str):
                        yield join(kustomization.folder, text.partition("=")[2] or text), name == "secretGenerator"


def join(folder: str, path: str) -> str:
    """A path written in a kustomization, relative to the project root; the root itself is empty."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined


def without_remote(kustomization: Kustomization) -> dict[str, Any]:
    """The value without what would be fetched or inflated."""
    value = {key: each for key, each in kustomization.value.items() if key not in _CHARTS}
    for name in FOLLOWED:
        if name in value:
            value[name] = [each for each in _list(value[name]) if not (isinstance(each, str) and is_remote(each))]
    return value


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
