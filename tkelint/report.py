"""The result of a run: what was found, what was suppressed, what was looked at and what was not.

Everything is sorted and independent of the order in which files were read. Reporters print it; nothing here does.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tkelint.problem import Finding, Severity
from tkelint.reader import FileState, FileStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from tkelint.baseline import Entry
    from tkelint.cluster import ClusterFacts
    from tkelint.graph.model import Graph
    from tkelint.rule import Rule
    from tkelint.source import Span

__all__ = ["Comparison", "FileState", "FileStatus", "Report", "RuleCrash"]


class RuleCrash(NamedTuple):
    """A rule that raised: a bug in tkelint. The other rules ran all the same, and so did this one on other objects.

    `subject` and `path` are where it first happened, `times` is how often. `error` is the class of the exception and
    `traceback` its frames; its message is left out, since it may hold Secret data.
    """

    rule_id: str
    subject: str
    path: str
    error: str
    traceback: str
    times: int = 1


class Comparison(NamedTuple):
    """What a report was compared with: its findings are then those that the change caused.

    `old` is the tree before the change, empty before the first commit; `new` is `working-tree`, `index` or a commit.
    `unchanged` are the findings of both, `gone` those that only the old tree has. `unrendered` are the files that
    differ and that were compared as they stand, since nothing rendered them.
    """

    old: str
    new: str
    unchanged: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    unrendered: tuple[str, ...]


class Report(NamedTuple):
    """Everything that a run has to say.

    `secrets` are the spans of Secret data by file path: no reporter may print them. `root` is the project root, from
    which the paths of findings are relative. `read_graphs` gives the traffic graphs of everything that was read, each
    built when it is asked for; `None` where a report was made without.
    `baselined` are the findings that the baseline has, `stale` its entries that match nothing any more.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    files: tuple[FileStatus, ...]
    crashes: tuple[RuleCrash, ...]
    rules: tuple[Rule, ...]
    facts: ClusterFacts
    root: Path
    secrets: Mapping[str, tuple[Span, ...]] = MappingProxyType({})
    comparison: Comparison | None = None
    baselined: tuple[Finding, ...] = ()
    stale: tuple[Entry, ...] = ()
    read_graphs: Callable[[], Iterable[Graph]] | None = None

    def with_unchanged(self) -> tuple[Finding, ...]:
        """The findings and those that a comparison left out: for readers that compare reports themselves."""
        if self.comparison is None:
            return self.findings
        both = (*self.findings, *self.comparison.unchanged)
        return tuple(sorted(both, key=lambda each: (each.place.source.path, each.place.span, each.rule_id)))

    def count_of(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def worst(self) -> Severity | None:
        """The worst severity found."""
        return min((finding.severity for finding in self.findings), key=lambda level: level.rank, default=None)

    @property
    def is_of_everything(self) -> bool:
        """Whether all of the project was linted, so that what was not found is not there."""
        states = (FileState.CONTEXT, FileState.UNREADABLE)
        return self.comparison is None and not any(status.state in states for status in self.files)

    def count_files(self, state: FileState) -> int:
        """How many files ended in this state."""
        return sum(status.state is state for status in self.files)
