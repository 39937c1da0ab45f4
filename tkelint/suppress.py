"""Suppression: comments and annotations in manifests, `ignore` entries of the configuration.

Each names rules and a reason. What suppresses nothing, names no known rule or gives no reason is itself reported.

- ``# tkelint: ignore[rule-id, ...] reason`` at the end of a line, or alone on the line above it; on the line of
  `kind:` it holds for the whole object. In a Corefile too.
- ``# tkelint: ignore-file[rule-id, ...] reason`` anywhere in a file.
- annotation ``tkelint.io/ignore: rule-id, ... -- reason`` on the object.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tkelint.corefiles import corefile_nodes
from tkelint.finding import finding_of
from tkelint.problem import Problem
from tkelint.resource import COREFILE_KIND, FILE_KIND, text_resource
from tkelint.rule import load_rules, rule_named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from tkelint.config import Config
    from tkelint.problem import Finding
    from tkelint.reader import Reading
    from tkelint.resource import Node
    from tkelint.rule import Rule
    from tkelint.source import SourceFile, Span
    from tkelint.workspace import Workspace

ANNOTATION = "tkelint.io/ignore"

# The rules that speak of suppressions. They are reported here, not by a check, since only here is known what was used.
UNUSED = "suppression-unused"
UNKNOWN_RULE = "suppression-unknown-rule"
WITHOUT_REASON = "suppression-without-reason"

_COMMENT = re.compile(r"#[ \t]*tkelint:[ \t]*(?P<scope>ignore-file|ignore)\[(?P<rules>[^\]\r\n]*)\](?P<reason>[^\r\n]*)")


@dataclass(frozen=True, eq=False)
class Suppression:
    """One statement that findings of some rules are not to be reported.

    It covers findings that start on `line`, or that lie inside `area`; without both, the whole file.
    """

    node: Node
    rules: tuple[str, ...]
    reason: str
    line: int | None = None
    area: Span | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether a finding of the same file is meant."""
        if self.line is None and self.area is None:
            return True
        span = finding.place.span
        inside = self.area is not None and self.area.start <= span.start and span.end <= self.area.end
        return inside or finding.place.region.start_line == self.line


def suppress(
    findings: Iterable[Finding], workspace: Workspace, config: Config, rules: Sequence[Rule]
) -> tuple[list[Finding], list[Finding]]:
    """Split findings into those to report and those suppressed, and report what is wrong with the suppressions."""
    by_path: dict[str, list[Suppression]] = defaultdict(list)
    for reading in workspace.readings:
        if reading.targeted and "tkelint" in reading.source.text:
            by_path[reading.source.path].extend(_suppressions(reading))
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    used: set[tuple[Suppression, str]] = set()
    for finding in findings:
        hits = [
            (suppression, name)
            for suppression in by_path.get(finding.place.source.path, ())
            for name in suppression.rules
            if _names_rule(name, finding.rule_id) and suppression.covers(finding)
        ]
        used.update(hits)
        reason = hits[0][0].reason if hits else config.ignore_reason(finding)
        if reason is None:
            kept.append(finding)
        else:
            suppressed.append(dataclasses.replace(finding, suppressed=reason))
    ran = {rule.id for rule in rules}
    everything = [suppression for suppressions in by_path.values() for suppression in suppressions]
    for rule_id, problem in _complaints(everything, used, ran):
        if rule_id in ran:
            kept.append(finding_of(load_rules()[rule_id], problem, config))
    return kept, suppressed


def _names_rule(name: str, rule_id: str) -> bool:
    rule = rule_named(name)
    return rule is not None and rule.id == rule_id


def _complaints(
    suppressions: Iterable[Suppression], used: Collection[tuple[Suppression, str]], ran: Collection[str]
) -> Iterator[tuple[str, Problem]]:
    for suppression in suppressions:
        if not suppression.reason:
            yield WITHOUT_REASON, Problem(node=suppression.node)
        for name in suppression.rules:
            rule = rule_named(name)
            if rule is None:
                near = difflib.get_close_matches(name, load_rules(), n=1)
                message = "near" if near else "far"
                yield UNKNOWN_RULE, Problem(
                    node=suppression.node, message=message, parameters={"name": name, "near": "".join(near)}
                )
            elif rule.id in ran and (suppression, name) not in used:
                yield UNUSED, Problem(node=suppression.node, parameters={"rule": name})


def _suppressions(reading: Reading) -> Iterator[Suppression]:
    yield from _annotations(reading)
    starts = _comment_starts(reading)
    objects = {resource.node("kind").place.region.start_line: resource for resource in reading.resources}
    file = text_resource(reading.source, FILE_KIND, targeted=True).node("text")
    for match in _COMMENT.finditer(reading.source.text):
        if match.start() not in starts:
            continue
        node, names, reason = file.text(*match.span()), _names(match["rules"]), match["reason"].strip()
        if match["scope"] == "ignore-file":
            yield Suppression(node, names, reason)
            continue
        line = _line_meant(reading.source, match.start())
        subject = objects.get(line)
        area = subject.node().place.span if subject is not None and subject.kind != COREFILE_KIND else None
        yield Suppression(node, names, reason, line, area)


def _annotations(reading: Reading) -> Iterator[Suppression]:
    for resource in reading.resources:
        value = resource.annotations.get(ANNOTATION)
        if isinstance(value, str):
            names, _, reason = value.partition("--")
            area = resource.node().place.span
            yield Suppression(resource.annotation(ANNOTATION), _names(names), reason.strip(), None, area)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _comment_starts(reading: Reading) -> set[int]:
    """Where comments really start: `#` inside a quoted scalar is no comment, in a Corefile's block scalar it is.

    In documents that could not be parsed every match counts, since nobody can tell.
    """
    starts = {span.start for document in reading.documents for span, _ in document.comments()}
    for resource in reading.resources:
        for node in corefile_nodes(resource):
            text = node.value
            starts.update(node.text(*match.span()).place.span.start for match in _COMMENT.finditer(text))
    if reading.unread:
        starts.update(match.start() for match in _COMMENT.finditer(reading.source.text))
    return starts


def _line_meant(source: SourceFile, offset: int) -> int:
    """The line of a comment, or the next line that is not only a comment when the comment stands alone."""
    line, column = source.position(offset)
    if source.line(line)[: column - 1].strip():
        return line
    last = len(source.line_starts)
    line += 1
    while line < last and source.line(line).lstrip().startswith("#"):
        line += 1
    return line
