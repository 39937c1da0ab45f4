"""Only what a change caused: the tree before it and the tree after it are linted, and what both have is left out.

So a finding is reported in a file that the change did not touch, if the change is its cause: a Service is deleted, and
the Ingress elsewhere that names it breaks. Each side is linted with its own configuration, read from Git's objects; the
working tree is read as ever.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from tkelint.caused import difference
from tkelint.files import FoundFile, SkippedFile, read
from tkelint.git_objects import GitError, Repository
from tkelint.gitignore import is_within, relative_path
from tkelint.report import Comparison, FileState
from tkelint.run import STDIN, Settings, run, settle
from tkelint.snapshot import Wanted, chosen, submodules_of, temporary_folder, write_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tkelint.config import Config
    from tkelint.git_objects import Entry
    from tkelint.report import Report
    from tkelint.run import Progress

_MAGIC: Final = frozenset("*?[")
# What stands for something else as long as it is not rendered.
_UNRENDERED: Final = frozenset({"helm-template", "kustomization", "kustomize-patch"})
_ID_SHOWN: Final = 9


class _Side(NamedTuple):
    """One of the two trees. `entries` are the files of a tree or of the index; without them it is the working tree."""

    name: str
    entries: tuple[Entry, ...] | None


class _Linted(NamedTuple):
    """What came of linting a side, and the folder that stands for the root of the repository."""

    report: Report
    config: Config
    boundary: Path


def needs_git(settings: Settings, config: Config) -> bool:
    """Whether a run is about anything but the files as they lie there. A hook outside of Git takes what it is given."""
    if settings.since is not None or settings.staged:
        return True
    return settings.hook and (config.boundary / ".git").exists() and STDIN not in settings.paths


def run_with_git(
    settings: Settings,
    config: Config,
    stdin: BinaryIO,
    environment: Mapping[str, str],
    progress: Progress | None = None,
) -> tuple[Report, Config]:
    """The report on the new side without what the old one had, and the configuration of the new side.

    `config` is that of the working tree. Raises `GitError`, and `ConfigError` for the configuration of the new side.
    """
    if STDIN in settings.paths:
        raise GitError("no-standard-input")
    repository = Repository(config.boundary, environment)
    old, new = _sides(settings, repository, environment)
    this = _Run(settings, config, repository, stdin, environment)
    with this.linted(new, progress) as after:
        root = config.boundary / after.config.root.relative_to(after.boundary)
        settled = after.config._replace(root=root, boundary=config.boundary)
        known = repository.index if new.entries is None else new.entries
        report = _without_submodules(after.report._replace(root=root), settled, submodules_of(known))
        if old is None:
            return report, settled
        # Before a commit speed counts: where nothing is wrong, nothing can have been caused.
        if this.is_unchanged(old, new) or (settings.hook and not report.findings):
            return _compared(report, report, old, new), settled
        with this.linted(old, fallback=after.config) as before:
            return _compared(before.report, report, old, new, _unrendered(before, after)), settled


def _sides(settings: Settings, repository: Repository, environment: Mapping[str, str]) -> tuple[_Side | None, _Side]:
    """The tree to compare with, if there is one, and the tree to report on."""
    since, head = settings.since, repository.head()
    target = environment.get("PRE_COMMIT_TO_REF") if settings.hook else None
    if target:
        # A hook about commits that are there, before a push or in CI.
        head = repository.commit(target)
        new = _Side(_shown(target, head), repository.tree(head))
        if since is None and settings.staged:
            since = environment.get("PRE_COMMIT_FROM_REF")
    elif settings.staged or settings.hook:
        new = _Side("index", repository.index)
    else:
        new = _Side("working-tree", None)
    if since is not None:
        name = since.removesuffix("...").removesuffix("..") or "HEAD"
        commit = _base(since, name, head, repository)
        return _Side(_shown(name, commit), repository.tree(commit)), new
    if not settings.staged:
        return None, new
    old = _Side(_shown("HEAD", head), repository.tree(head)) if head else _Side("", ())
    # `pre-commit run --all-files`: nothing is about to be committed, so the question is about everything.
    is_about_everything = settings.hook and set(old.entries or ()) == set(new.entries or ())
    return (None if is_about_everything else old), new


def _base(since: str, name: str, head: str | None, repository: Repository) -> str:
    """The commit to compare with: `REV` and `REV...` mean the common ancestor, `REV..` the commit itself."""
    commit = repository.commit(name)
    is_exact = since.endswith("..") and not since.endswith("...")
    return commit if is_exact or head is None else repository.merge_base(commit, head, name)


def _shown(name: str, commit: str) -> str:
    """What a commit is called, and its id, since a name moves on."""
    return commit[:_ID_SHOWN] if commit.startswith(name) else f"{name} ({commit[:_ID_SHOWN]})"


@dataclass(frozen=True)
class _Run:
    """What the two sides have in common. `config` is that of the working tree."""

    settings: Settings
    config: Config
    repository: Repository
    stdin: BinaryIO
    environment: Mapping[str, str]

    @contextmanager
    def linted(
        self, side: _Side, progress: Progress | None = None, fallback: Config | None = None
    ) -> Iterator[_Linted]:
        """Lint a side; as long as this lasts, its files can be read.

        `fallback` is the configuration to use where that of the side is faulty.
        """
        if side.entries is None:
            report = run(self.settings, self.config, self.stdin, progress)
            yield _Linted(report, self.config, self.config.boundary)
            return
        with temporary_folder(self.environment) as folder:
            write_snapshot(self.repository, side.entries, folder, self._wanted())
            self._write_own_config(folder)
            here = folder / self._relative(Path.cwd())
            here.mkdir(parents=True, exist_ok=True)
            moved = self._moved(folder)
            config = _settled(moved._replace(paths=moved.paths or (str(here),)), folder, fallback)
            if not moved.paths and not config.paths:
                moved = moved._replace(paths=(str(here),))
            yield _Linted(run(moved, config, self.stdin, progress), config, folder)

    def is_unchanged(self, old: _Side, new: _Side) -> bool:
        """Whether two sides that Git has differ in nothing that a run looks at."""
        if old.entries is None or new.entries is None:
            return False
        wanted = self._wanted()
        submodules = set(submodules_of(old.entries)) == set(submodules_of(new.entries))
        return submodules and set(chosen(old.entries, wanted)) == set(chosen(new.entries, wanted))

    def _wanted(self) -> Wanted:
        """Named files are wanted whatever they are called, and so is everything that a glob may stand for."""
        files = [self._relative(path) for path in self.settings.paths]
        for chart in self.config.charts:
            named = (self.config.root / path for path in (chart.path, *chart.values))
            files += [self._relative(path) for path in named if self._is_inside(path)]
        starts = [min(path.index(each) for each in _MAGIC if each in path) for path in files if _MAGIC & set(path)]
        globs = [path for path in files if _MAGIC & set(path)]
        bases = [path[:start].rpartition("/")[0] or "." for path, start in zip(globs, starts, strict=True)]
        return Wanted(files=files, folders=bases)

    def _moved(self, folder: Path) -> Settings:
        """The settings with their paths below another folder instead of the root of the repository."""
        paths = tuple(str(folder / self._relative(path)) for path in self.settings.paths)
        own = self.settings.config
        if own is not None and self._is_inside(own):
            own = folder / self._relative(own)
        return self.settings._replace(paths=paths, config=own)

    def _write_own_config(self, folder: Path) -> None:
        """A configuration that Git does not know holds for every tree, and so does one that was named, where missing.

        Others come from the objects of each tree.
        """
        path = self.config.path
        if path is None or not self._is_inside(path):
            return
        name = self._relative(path)
        is_known = any(entry.path == name for entry in self.repository.index)
        target = folder / name
        data = read(FoundFile(os.path.realpath(path), name))
        if isinstance(data, SkippedFile) or target.exists() or (is_known and self.settings.config is None):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _is_inside(self, path: str | Path) -> bool:
        boundary = str(self.config.boundary)
        return any(is_within(spelling, boundary) for spelling in (os.path.abspath(path), os.path.realpath(path)))

    def _relative(self, path: str | Path) -> str:
        """A path from the root of the repository."""
        boundary = str(self.config.boundary)
        for spelling in (os.path.abspath(path), os.path.realpath(path)):
            if is_within(spelling, boundary):
                return relative_path(spelling, boundary) or "."
        raise GitError("outside-of-repository", path=path)


def _settled(settings: Settings, folder: Path, fallback: Config | None) -> Config:
    """The configuration of a tree in a folder. Raises `ConfigError` unless there is another to fall back on."""
    from tkelint.config.problems import ConfigError  # noqa: PLC0415 - few configurations are faulty

    try:
        return settle(settings)
    except ConfigError as error:
        if fallback is not None:
            return fallback._replace(root=folder, boundary=folder)
        problems = [replace(each, path=each.path.removeprefix(f"{folder}{os.sep}")) for each in error.problems]
        raise ConfigError(problems) from None


def _compared(before: Report, after: Report, old: _Side, new: _Side, unrendered: Iterable[str] = ()) -> Report:
    """The report after a change with what the change caused."""
    found = difference(before.findings, after.findings)
    comparison = Comparison(old.name, new.name, found.unchanged, found.gone, tuple(unrendered))
    suppressed = difference(before.suppressed, after.suppressed).caused
    return after._replace(findings=found.caused, suppressed=suppressed, comparison=comparison)


def _without_submodules(report: Report, config: Config, submodules: Iterable[str]) -> Report:
    """A report without the findings in submodules: they are no files of this repository, only known."""
    roots = tuple(
        os.path.relpath(config.boundary / each, config.root).replace(os.sep, "/") + "/" for each in submodules
    )
    if not roots:
        return report
    return report._replace(
        findings=tuple(each for each in report.findings if not each.place.source.path.startswith(roots)),
        suppressed=tuple(each for each in report.suppressed if not each.place.source.path.startswith(roots)),
        files=tuple(
            each._replace(state=FileState.CONTEXT, reason="")
            if each.path.startswith(roots) and each.state is FileState.LINTED
            else each
            for each in report.files
        ),
    )


def _unrendered(before: _Linted, after: _Linted) -> list[str]:
    """The paths of what differs between the sides and was only compared as it stands, not rendered."""
    statuses = [status for each in (before, after) for status in each.report.files if status.reason in _UNRENDERED]
    paths = sorted({status.path for status in statuses})
    return [path for path in paths if _text(before, path) != _text(after, path)]


def _text(side: _Linted, path: str) -> bytes | None:
    """The bytes of a file without the line ends of Windows, which a checkout may add; `None` where there is none."""
    data = read(FoundFile(os.path.realpath(side.config.root / path), path))
    return None if isinstance(data, SkippedFile) else data.replace(b"\r\n", b"\n")
