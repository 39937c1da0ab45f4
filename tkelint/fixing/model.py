"""What became of the fixes of a run."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.source import SourceFile, Span

    # Each source with whether it is a target.
    Sources = Sequence[tuple[SourceFile, bool]]
    Lint: TypeAlias = Callable[[Sources], Report]

# Why a fix was not applied. `reporters.fixes` has the texts.
CHANGES_MORE = "changes-more"  # read again, the text does not say what it should
UNREAD = "unread"  # ruamel.yaml does not read the document, so that nothing confirms what it says
LOSES_COMMENT = "loses-comment"
STILL_THERE = "still-there"  # the finding is, in {path}
NEW_FINDING = "new-finding"  # {rule, message}, in {path}
CRASH = "crash"  # a rule raises then
CONTEXT = "context"  # {path}: the file is only known, not a target
RENDERED = "rendered"  # {template}, where its places in that are not known: change what it was made from
UNSOUND = "unsound"  # it cannot be written without changing something else
UNSETTLED = "unsettled"  # other fixes came first in each round
UNPROVEN = "unproven"  # too many failed before it
CHANGED_MEANWHILE = "changed-meanwhile"  # {path}
NOT_WRITTEN = "not-written"  # {path, detail}


class Fault(NamedTuple):
    """What is wrong with a fix."""

    reason: str
    parameters: Mapping[str, object] = MappingProxyType({})


class Refusal(NamedTuple):
    """A finding whose fix was not applied, and why."""

    finding: Finding
    fault: Fault


class FileChange(NamedTuple):
    """A file before and after, with the spans of Secret data in it: no output may show them."""

    before: SourceFile
    after: SourceFile
    secrets_before: tuple[Span, ...] = ()
    secrets_after: tuple[Span, ...] = ()


class Outcome(NamedTuple):
    """What fixes make of a run.

    `report` is that of the fixed files, `waiting` counts its fixes that are not safe and were not asked for.
    """

    changes: tuple[FileChange, ...]
    applied: tuple[Finding, ...]
    refused: tuple[Refusal, ...]
    waiting: int
    report: Report

    def without(self, faults: Mapping[str, Fault]) -> Outcome:
        """The outcome when some files were not written, for these reasons by path. The report is then out of date."""
        failed = [(finding, fault) for finding in self.applied for fault in [_fault(finding, faults)] if fault]
        return self._replace(
            changes=tuple(change for change in self.changes if change.before.path not in faults),
            applied=tuple(finding for finding in self.applied if _fault(finding, faults) is None),
            refused=(*self.refused, *(Refusal(finding, fault) for finding, fault in failed)),
        )


def key_of(finding: Finding) -> tuple[str, str, str]:
    """What a finding is known by from one state of its file to the next. Two may share it; compare as a multiset."""
    return finding.rule_id, finding.place.source.path, finding.fingerprint


def _fault(finding: Finding, faults: Mapping[str, Fault]) -> Fault | None:
    paths = {each.place.source.path for each in finding.repair.replacements} if finding.repair else set()
    return next((fault for path, fault in faults.items() if path in paths), None)
