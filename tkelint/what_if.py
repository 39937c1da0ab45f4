"""What would be found if a fact of the cluster were another, and which rules wait for which fact."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint.engine import lint_workspace, with_facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tkelint.config import Config
    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.rule import Rule
    from tkelint.workspace import Workspace

# That an assumption contradicts what is known is the point of assuming it, and no finding.
_CONTRADICTION = "cluster-fact-contradiction"


class Changes(NamedTuple):
    """What an assumption changes, each in the order of reports; `changed` has the finding before and after."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    changed: tuple[tuple[Finding, Finding], ...]


def what_if(workspace: Workspace, config: Config, assumed: Config) -> Changes:
    """Compare what is found with a configuration to what would be found with another, in the same files."""
    before = lint_workspace(workspace, config)
    after = lint_workspace(with_facts_of(workspace, assumed), assumed)
    return changes(before, after)


def changes(before: Report, after: Report) -> Changes:
    """What differs between two reports. Findings are the same if rule, place and object are."""
    old, new = _by_place(before.findings), _by_place(after.findings)
    pairs = [pair for key, found in old.items() for pair in zip(found, new.get(key, ()), strict=False)]
    return Changes(
        new=tuple(each for key, found in new.items() for each in found[len(old.get(key, ())) :]),
        gone=tuple(each for key, found in old.items() for each in found[len(new.get(key, ())) :]),
        changed=tuple((one, other) for one, other in pairs if _said(one) != _said(other)),
    )


def waiting_rules(rules: Iterable[Rule]) -> Mapping[str, Sequence[str]]:
    """The ids of the rules that need each fact, or whose answer it changes, by the name of the fact."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        for fact in rule.facts:
            found[fact].append(rule.id)
    return found


def _by_place(findings: Iterable[Finding]) -> dict[tuple[object, ...], list[Finding]]:
    found: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.rule_id != _CONTRADICTION:
            key = finding.rule_id, finding.place.source.path, finding.place.span, finding.subject
            found[key].append(finding)
    return dict(found)


def _said(finding: Finding) -> tuple[object, ...]:
    return finding.severity, finding.message["en"]
