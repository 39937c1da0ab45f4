"""Building overlays with `kustomize build` or `kubectl kustomize`, where one of them is installed.

A build sees a copy of what it reads and nothing else of the machine: the files that `find` followed, kustomizations
without what would be fetched, and `buildMetadata` so that kustomize says where each object came from. Plugins, charts
and functions stay off, as they are by default, and files must lie below their
kustomization (`LoadRestrictionsRootOnly`).
"""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint import discovery, files
from tkelint.contained import Limits, Outcome, run_contained
from tkelint.overlays.failures import STOPPED, failure_of
from tkelint.overlays.find import Kustomization, Overlay, find_overlays, without_remote
from tkelint.overlays.fragments import OverlayFiles
from tkelint.overlays.output import rendered_files
from tkelint.reader import FileState, FileStatus
from tkelint.rendered import Render
from tkelint.source import NotTextError, SourceFile, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tkelint.syntax.yaml import YamlDocument

    Progress = Callable[[int, int], None]

_LIMITS: Final = Limits(seconds=30, output=32 * 2**20, memory=3 * 2**30)
_ALL_SECONDS: Final = 300  # for all builds of a run
_MAX_COPIED: Final = 16 * 2**20  # bytes of one file that a generator reads
_METADATA: Final = ("originAnnotations", "transformerAnnotations")


class Project(NamedTuple):
    """What overlays are built from. Paths in it are relative to `root`; nothing outside of `boundary` is read."""

    root: Path
    boundary: Path
    sources: Mapping[str, SourceFile]
    documents: Mapping[str, Sequence[YamlDocument]]


class _Bench(NamedTuple):
    """The copy that builds run in, and the program."""

    project: Project
    tool: Sequence[str]
    folder: Path  # stands for the boundary

    def at(self, path: str) -> Path:
        """Where a path of the project is in the copy."""
        return self.folder / os.path.relpath(self.project.root / path, self.project.boundary)


def find_tool(boundary: Path) -> tuple[str, ...]:
    """The command that builds a folder, without the folder; empty when there is none.

    A program inside of the project is never run: a pull request may have brought it.
    """
    for name, arguments in (("kustomize", ("build",)), ("kubectl", ("kustomize",))):
        found = shutil.which(name)
        if found and Path(found).is_absolute() and not Path(os.path.realpath(found)).is_relative_to(boundary.resolve()):
            return found, *arguments, "--load-restrictor=LoadRestrictionsRootOnly"
    return ()


def build_all(
    documents: Sequence[tuple[str, Any]],
    is_wanted: Callable[[Overlay], bool],
    project: Project,
    tool: Sequence[str],
    progress: Progress | None = None,
) -> list[Render]:
    """What the wanted overlays among kustomizations build.

    Where one is not built, what it uses is built by itself; and where that fails too, the overlay failed because of it.
    """
    done: dict[str, Render] = {}
    parts: dict[str, frozenset[str]] = {}  # of each overlay that failed, the folders it uses
    end = time.monotonic() + _ALL_SECONDS
    failed: set[str] = set()
    while True:
        overlays = [
            overlay
            for overlay in find_overlays(documents, project.sources.keys(), failed)
            if overlay.top.path not in done and is_wanted(overlay)
        ]
        if not overlays:
            return list(done.values())
        for overlay, render in zip(overlays, build(overlays, project, tool, end, progress), strict=True):
            if render.failures:
                for path in [each for each, folders in parts.items() if overlay.top.folder in folders]:
                    done[path] = done[path]._replace(failures=(), skipped=(_unreadable(path, "not-rendered"),))
                    del parts[path]
                parts[overlay.top.path] = frozenset(each.folder for each in overlay.kustomizations[1:])
            done[overlay.top.path] = render
            # What was stopped is as costly further down.
            if not render.files and not any(each.message in STOPPED.values() for each in render.failures):
                failed.add(overlay.top.folder)
        if not tool:
            return list(done.values())


def build(
    overlays: Sequence[Overlay], project: Project, tool: Sequence[str], end: float, progress: Progress | None = None
) -> list[Render]:
    """What each overlay builds, in the order given; one that is not built says why. None is begun after `end`."""
    with tempfile.TemporaryDirectory(prefix="tkelint-", ignore_cleanup_errors=True) as folder:
        bench = _Bench(project, tool, Path(folder).resolve())
        reasons = [_hindrance(overlay, bench) for overlay in overlays]
        for overlay, reason in zip(overlays, reasons, strict=True):
            if reason is None:
                _copy(overlay, bench)
        done = 0

        def one(overlay: Overlay, reason: FileStatus | None) -> Render:
            nonlocal done
            name = overlay.top.folder or project.root.resolve().name
            render = (
                _build(name, overlay, bench, end) if reason is None else Render(name, skipped=(reason,), complete=False)
            )
            done += 1
            if progress:
                progress(done, len(overlays))
            return render

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return list(pool.map(one, overlays, reasons))


def _hindrance(overlay: Overlay, bench: _Bench) -> FileStatus | None:
    """Why an overlay cannot be built here, if so."""
    path = overlay.top.path
    if not bench.tool:
        return _unreadable(path, "overlay-without-tool")
    for kustomization, entry in overlay.remote_patches:
        return _unreadable(kustomization, "overlay-remote", entry=entry)
    for needed in sorted(overlay.inputs):
        where = os.path.normpath(bench.project.root / needed)
        if not Path(where).is_relative_to(bench.project.boundary):
            return _unreadable(path, "overlay-outside", needed=needed)
        if needed not in overlay.generated_from and needed not in bench.project.sources and os.path.lexists(where):
            return _unreadable(path, "overlay-unread", needed=needed)
    return None


def _unreadable(path: str, reason: str, **parameters: object) -> FileStatus:
    return FileStatus(path=path, state=FileState.UNREADABLE, reason=reason, parameters=parameters)


def _copy(overlay: Overlay, bench: _Bench) -> None:
    """Write what an overlay reads into the copy; overlays share their bases."""
    for kustomization in overlay.kustomizations:
        is_top = kustomization is overlay.top
        _write(bench.at(kustomization.path), _text_for_build(kustomization, is_top=is_top).encode())
    for path in overlay.files:
        source = bench.project.sources.get(path)
        if source is not None:
            _write(bench.at(path), source.text.encode("utf-8", "surrogatepass"))
    for path, is_secret in overlay.generated_from.items():
        data = _read(path, bench.project)
        if data is not None or is_secret:  # Secrets are seldom in a repository; their data are no matter here.
            _write(bench.at(path), data or b"")


def _text_for_build(kustomization: Kustomization, *, is_top: bool) -> str:
    """The kustomization with `buildMetadata`, which only the overlay itself needs, and without what is fetched."""
    value = without_remote(kustomization)
    if is_top:
        said = [each for each in value.get("buildMetadata") or [] if isinstance(each, str)]
        value["buildMetadata"] = [*said, *(each for each in _METADATA if each not in said)]
    elif not any(each for key, each in value.items() if key not in ("apiVersion", "kind")):
        value["buildMetadata"] = list(_METADATA)  # a kustomization that says nothing is an error
    return json.dumps(value, ensure_ascii=False)


def _write(path: Path, data: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _read(path: str, project: Project) -> bytes | None:
    """The bytes of a file of the project that need not be YAML; `None` where it may not be read, or is not there."""
    found = discovery.discover([project.root / path], root=project.root, boundary=project.boundary)
    if not found.files:
        return None
    data = files.read(found.files[0], _MAX_COPIED)
    return data if isinstance(data, bytes) else None


def _build(name: str, overlay: Overlay, bench: _Bench, end: float) -> Render:
    left = end - time.monotonic()
    if left <= 0:
        return Render(name, skipped=(_unreadable(overlay.top.path, "overlay-late"),), complete=False)
    folder = bench.at(overlay.top.folder)
    try:
        outcome = run_contained(
            [*bench.tool, str(folder)], folder=folder, limits=_LIMITS._replace(seconds=min(left, _LIMITS.seconds))
        )
    except OSError as error:
        outcome = Outcome(1, b"", str(error.strerror or error).encode())
    skipped = tuple(_left_out(overlay))
    if _wants_plugins(outcome):
        return Render(name, skipped=(*skipped, _unreadable(overlay.top.path, "overlay-plugin")), complete=False)
    if skipped and outcome.status:  # patches of a base that was not fetched have nothing to patch
        return Render(name, skipped=skipped, complete=False)
    if outcome.status or outcome.stopped:
        failure = failure_of(overlay, outcome, str(bench.folder), bench.project.documents)
        return Render(name, failures=(failure,), skipped=skipped, complete=False)
    inputs = OverlayFiles(
        {path: bench.project.documents.get(path, ()) for path in overlay.inputs},
        {each.path: each for each in overlay.kustomizations},
        lambda path: _source(path, bench.project),
    )
    text = outcome.output.decode("utf-8", "replace")
    return Render(
        name,
        files=tuple(rendered_files(text, overlay.top, inputs)),
        skipped=skipped,
        replaces=overlay.inputs,
        complete=not skipped,
    )


def _wants_plugins(outcome: Outcome) -> bool:
    """Whether an overlay is built only by those who let it run programs."""
    return outcome.status != 0 and any(words in outcome.errors for words in (b"plugins disabled", b"--enable-helm"))


def _left_out(overlay: Overlay) -> list[FileStatus]:
    """What a build does without: what would be fetched."""
    remote = [_unreadable(path, "overlay-remote", entry=entry) for path, entry in overlay.remote]
    return remote + [_unreadable(path, "overlay-chart") for path in overlay.charts]


def _source(path: str, project: Project) -> SourceFile | None:
    if path in project.sources:
        return project.sources[path]
    data = _read(posixpath.normpath(path), project)
    try:
        return decode(path, data) if data is not None else None
    except NotTextError:
        return None
