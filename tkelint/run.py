"""A run: from paths on the command line to a report. What touches the disk before the report does so here."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tkelint import discovery, files
from tkelint.config import Config, load_config
from tkelint.engine import Selection, Worlds, build_workspace, lint_worlds, one_world
from tkelint.reader import FileState, FileStatus, kustomizations_in
from tkelint.source import NotTextError, SourceFile, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from tkelint.overlays.find import Overlay
    from tkelint.reader import Reading
    from tkelint.rendered import Render
    from tkelint.report import Report
    from tkelint.workspace import Workspace

    Progress = Callable[[int, int], None]

STDIN = "-"

# Left out because someone said so; everything else that could not be brought might have been linted.
_ON_PURPOSE = frozenset({"ignored-by-git", "excluded", "third-party"})


class Settings(NamedTuple):
    """What the command line says of a run."""

    paths: tuple[str, ...]
    config: Path | None = None
    use_config: bool = True
    selection: Selection = Selection()
    assumptions: tuple[str, ...] = ()
    stdin_name: str = "stdin.yaml"
    suppressions: bool = True
    hook: bool = False  # what Git has is linted; paths are changed files: those excluded or deleted are no mistake
    since: str | None = None  # compare with this revision
    staged: bool = False  # the index is what is linted
    only_corefiles: bool = False  # files are Corefiles whatever they are called, and nothing beside them is read


def settle(settings: Settings) -> Config:
    """The configuration of a run. Raises `ConfigError` with everything that is wrong with it."""
    start = discovery.common_folder([path for path in settings.paths if path != STDIN])
    return load_config(start, path=settings.config, use_file=settings.use_config, assumptions=settings.assumptions)


def run(settings: Settings, config: Config, stdin: BinaryIO, progress: Progress | None = None) -> Report:
    """Find and read the targets and what is known beside them, and lint."""
    sources, skipped = read_sources(settings, config, stdin, progress)
    return linter(settings, config, skipped, progress)(sources)


def linter(
    settings: Settings, config: Config, skipped: Sequence[FileStatus], progress: Progress | None = None
) -> Callable[[Sequence[tuple[SourceFile, bool]]], Report]:
    """What lints the sources that `read_sources` gave, or the same files with other texts.

    What charts and overlays make is asked for once, since nothing is changed in what they are made from.
    """
    known: list[list[Render]] = []

    def look(sources: Sequence[tuple[SourceFile, bool]]) -> Report:
        corefiles = {source.path for source, _ in sources if settings.only_corefiles and _is_no_manifest(source.path)}
        workspace = build_workspace(sources, config, corefiles)
        if not known:
            known.append([] if settings.only_corefiles else _renders(workspace, config, progress))
        return lint_worlds(
            one_world(workspace) if settings.only_corefiles else _worlds(workspace, config, known[0]),
            config,
            selection=settings.selection,
            skipped=skipped,
            suppressions=settings.suppressions,
        )

    return look


def read_worlds(settings: Settings, config: Config, stdin: BinaryIO, progress: Progress | None = None) -> Worlds:
    """The worlds that a run would lint, without linting them."""
    sources, _ = read_sources(settings, config, stdin, progress)
    workspace = build_workspace(sources, config)
    return _worlds(workspace, config, _renders(workspace, config, progress))


def _renders(workspace: Workspace, config: Config, progress: Progress | None) -> list[Render]:
    """What kustomize and Helm make of what was read."""
    return [*_overlays(workspace.readings, config, progress), *_charts(workspace.readings, config, progress)]


def _worlds(workspace: Workspace, config: Config, renders: Sequence[Render]) -> Worlds:
    """The worlds of what was read and rendered."""
    if not renders and not config.clusters:
        return one_world(workspace)
    from tkelint.worlds import worlds_of  # noqa: PLC0415 - most trees are one world

    return worlds_of(workspace.readings, renders, config)


def _overlays(readings: Sequence[Reading], config: Config, progress: Progress | None) -> list[Render]:
    """What the overlays make that a target is a part of, or that a cluster of the configuration has."""
    if not any(reading.status.reason == "kustomization" for reading in readings):
        return []
    from tkelint.overlays.build import Project, build_all, find_tool  # noqa: PLC0415 - as above

    project = Project(
        config.root,
        config.boundary,
        {reading.source.path: reading.source for reading in readings},
        {reading.source.path: reading.documents for reading in readings},
    )
    targets = {reading.source.path for reading in readings if reading.targeted}

    def is_wanted(overlay: Overlay) -> bool:
        return not targets.isdisjoint(overlay.inputs) or config.claims_overlay(overlay.top.folder)

    return build_all(tuple(kustomizations_in(readings)), is_wanted, project, find_tool(config.boundary), progress)


def _charts(readings: Sequence[Reading], config: Config, progress: Progress | None) -> list[Render]:
    """What the charts make that a target is a part of."""
    if not config.charts and not any(posixpath.basename(reading.source.path) == "Chart.yaml" for reading in readings):
        return []
    from tkelint.charts.render import render_charts  # noqa: PLC0415 - as above

    return render_charts(config, {reading.source.path: reading.targeted for reading in readings}, progress)


def _is_no_manifest(path: str) -> bool:
    """Whether a file that is named to hold Corefiles is one itself: YAML and JSON hold them in ConfigMaps."""
    return not path.lower().endswith(discovery.MANIFEST_SUFFIXES)


def read_sources(
    settings: Settings, config: Config, stdin: BinaryIO, progress: Progress | None = None
) -> tuple[list[tuple[SourceFile, bool]], list[FileStatus]]:
    """The files of a run, each with whether it is a target, and those that could not be brought.

    Targets are the paths of the command line, else those of the configuration. What is known is the whole project, if
    there is one (a configuration file or a git repository), and the `context` of the configuration: a reference may
    lead anywhere in it.
    """
    found = _discover(settings, config)
    known = discovery.Discovery((), ())
    if not settings.only_corefiles:
        known = _discover_context(settings, config, {file.location for file in found.files})
    sources: list[tuple[SourceFile, bool]] = []
    skipped = [_skipped(each, targeted=True) for each in found.skipped]
    everything = [*((file, True) for file in found.files), *((file, False) for file in known.files)]
    for number, (file, targeted) in enumerate(everything, 1):
        source = _source(file.display, files.read(file))
        if isinstance(source, SourceFile):
            sources.append((source, targeted))
        elif targeted:
            skipped.append(source)
        if progress:
            progress(number, len(everything))
    if STDIN in settings.paths:
        name = name_of_stdin(settings, config)
        source = _source(name, files.read_stream(stdin, name))
        sources = [each for each in sources if each[0].path != name]  # an editor's text stands for the saved file
        if isinstance(source, SourceFile):
            sources.append((source, True))
        else:
            skipped.append(source)
    return sources, skipped


def _discover(settings: Settings, config: Config) -> discovery.Discovery:
    paths: Sequence[str | Path] = [path for path in settings.paths if path != STDIN]
    if not settings.paths:
        paths = [config.root / path for path in config.paths] or [Path()]
    return discovery.discover(
        paths,
        root=config.root,
        boundary=config.boundary,
        exclude=config.exclude,
        exclude_named=settings.hook,
    )


def _discover_context(settings: Settings, config: Config, targets: set[str]) -> discovery.Discovery:
    """What is read only so that references can be followed: the project, and what the configuration adds."""
    everything = any(path != STDIN and Path(path).resolve() == config.root for path in settings.paths)
    paths = [config.root] if config.is_project and not everything else []
    paths += [config.root / path for path in config.all_context]
    found = discovery.discover(paths, root=config.root, boundary=config.boundary, exclude=config.exclude)
    return discovery.Discovery(tuple(file for file in found.files if file.location not in targets), found.skipped)


def _source(display: str, data: bytes | files.SkippedFile) -> SourceFile | FileStatus:
    if isinstance(data, files.SkippedFile):
        return _skipped(data, targeted=True)
    try:
        return decode(display, data)
    except NotTextError as error:
        parameters = {"detail": str(error)}
        return FileStatus(path=display, state=FileState.UNREADABLE, reason="not-text", parameters=parameters)


def name_of_stdin(settings: Settings, config: Config) -> str:
    """The name relative to the project root, as every other path is reported; it is given as seen from here."""
    path = Path.cwd() / settings.stdin_name
    return path.relative_to(config.root).as_posix() if path.is_relative_to(config.root) else settings.stdin_name


def _skipped(skipped: files.SkippedFile, *, targeted: bool) -> FileStatus:
    on_purpose = skipped.reason in _ON_PURPOSE or not targeted
    return FileStatus(
        path=skipped.path,
        state=FileState.NOT_RESOURCES if on_purpose else FileState.UNREADABLE,
        reason=skipped.reason,
        parameters=skipped.parameters,
    )
