"""Suppression: comments and annotations in manifests, `ignore` entries of the configuration.

Each names rules and a reason. What suppresses nothing, names no known rule or gives no reason is itself reported.

- ``# tkelint: ignore[rule-id, ...] reason`` at the end of a line, or alone on the line above it; on the line of
  `kind:` it holds for the whole object. In a Corefile too.
- ``# tkelint: ignore-file[rule-id, ...] reason`` anywhere in a file.
- annotation ``tkelint.io/ignore: rule-id, ... -- reason`` on the object.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tkelint.corefiles import corefile_nodes
from tkelint.finding import finding_of
from tkelint.guesses import Guesses
from tkelint.patterns import pattern
from tkelint.problem import Problem
from tkelint.resource import FILE_KIND, PSEUDO_KINDS, text_resource
from tkelint.rule import load_rules, rule_named
from tkelint.source import Span
from tkelint.syntax.corefile_lexer import tokenize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tkelint.config import Config
    from tkelint.config.model import Ignore
    from tkelint.problem import Finding
    from tkelint.reader import Reading
    from tkelint.resource import Node, Resource
    from tkelint.rule import Rule
    from tkelint.source import SourceFile

ANNOTATION = "tkelint.io/ignore"

# The rules that speak of suppressions. They are reported here, not by a check, since only here is known what was used.
UNUSED = "suppression-unused"
EXPIRED = "suppression-expired"
UNKNOWN_RULE = "suppression-unknown-rule"
WITHOUT_REASON = "suppression-without-reason"

_COMMENT = pattern(
    r"#[ \t]*tkelint:[ \t]*(?P<scope>ignore-file|ignore)\[(?P<rules>[^\]\r\n]*)\]"
    r"(?P<reason>[^\r\n]*?)(?=[ \t]*\*/|[\r\n]|\Z)"  # up to the end of the line, or of a template's comment
)
_NOTHING = ("", "{{/*", "{{- /*")  # what may stand before a comment that stands alone: in a template, its beginning
_NAME = pattern(r"[^\s,，、]+")
_REASON_SEPARATOR = "--"
_BEFORE_REASON = " \t:：-–—，,"


@dataclass(frozen=True, eq=False, slots=True)
class RuleName:
    """A rule as a suppression names it: by its id or a former one. `rule` is `None` when there is none."""

    text: str
    node: Node
    rule: Rule | None


@dataclass(frozen=True, eq=False, slots=True)
class Suppression:
    """One statement that findings of some rules are not to be reported.

    It covers findings that start on `line`, or that lie inside `area`; without both, the whole file.
    """

    node: Node
    names: tuple[RuleName, ...]
    reason: str
    line: int | None = None
    area: Span | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """The suppressions of one file, to be found by place. Areas are those of objects, which do not overlap."""

    is_complete: bool  # whether all objects of the file could be read, so that what suppresses nothing is unused
    everywhere: list[Suppression] = field(default_factory=list)
    by_line: dict[int, list[Suppression]] = field(default_factory=lambda: defaultdict(list))
    by_area: dict[Span, list[Suppression]] = field(default_factory=lambda: defaultdict(list))
    areas: list[Span] = field(default_factory=list)

    def covering(self, finding: Finding) -> Iterator[Suppression]:
        """The suppressions that mean the place of a finding, whatever its rule."""
        yield from self.everywhere
        yield from self.by_line.get(finding.place.region.start_line, ())
        span = finding.place.span
        index = bisect.bisect_right(self.areas, span.start, key=lambda area: area.start) - 1
        if index >= 0 and span.end <= self.areas[index].end:
            yield from self.by_area[self.areas[index]]

    def all(self) -> Iterator[Suppression]:
        """Every suppression once."""
        yield from self.everywhere
        seen = {
            suppression: None for group in (*self.by_line.values(), *self.by_area.values()) for suppression in group
        }
        yield from seen


def suppress(
    findings: Iterable[Finding], readings: Sequence[Reading], config: Config, rules: Sequence[Rule]
) -> tuple[list[Finding], list[Finding]]:
    """Split findings into those to report and those suppressed, and report what is wrong with the suppressions."""
    files = {
        reading.source.path: _file(reading)
        for reading in readings
        if reading.targeted and "tkelint" in reading.source.text
    }
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    used: set[RuleName | Ignore] = set()

    def sort(finding: Finding) -> None:
        reason = _reason(finding, files, config, used)
        if reason is None:
            kept.append(finding)
        else:
            suppressed.append(finding._replace(suppressed=reason))

    for finding in findings:
        sort(finding)
    ran = {rule.id for rule in rules}
    complaints = (*_complaints(files.values(), used, ran), *_complaints_of_entries(config, readings, used, ran))
    for rule_id, problem in complaints:
        if rule_id in ran:
            sort(finding_of(load_rules()[rule_id], problem, config))
    return kept, suppressed


def _reason(finding: Finding, files: Mapping[str, _File], config: Config, used: set[RuleName | Ignore]) -> str | None:
    """Why a finding is suppressed; `None` when it is not. Everything that covers it counts as used."""
    file = files.get(finding.place.source.path)
    reasons = []
    for suppression in file.covering(finding) if file else ():
        for name in suppression.names:
            if name.rule is not None and name.rule.id == finding.rule_id:
                used.add(name)
                reasons.append(suppression.reason)
    for entry in config.ignores:
        if not entry.is_expired(config.day) and entry.covers(finding):
            used.add(entry)
            reasons.append(entry.reason)
    return max(reasons, key=bool, default=None)


def _complaints(
    files: Iterable[_File], used: Collection[RuleName | Ignore], ran: Collection[str]
) -> Iterator[tuple[str, Problem]]:
    """What is wrong with comments and annotations."""
    rules = Guesses(load_rules())
    for file in files:
        for suppression in file.all():
            if not suppression.reason:
                names = [name.text for name in suppression.names]
                yield WITHOUT_REASON, Problem(node=suppression.node, parameters={"rules": names})
            for name in suppression.names:
                if name.rule is None:
                    near = rules.nearest(name.text)
                    parameters = {"rule": name.text, "near": near}
                    yield (
                        UNKNOWN_RULE,
                        Problem(node=name.node, message="near" if near else "far", parameters=parameters),
                    )
                elif name not in used and file.is_complete and _finds_at_once(name.rule.id, ran):
                    yield UNUSED, Problem(node=name.node, parameters={"rule": name.text})


def _complaints_of_entries(
    config: Config, readings: Sequence[Reading], used: Collection[RuleName | Ignore], ran: Collection[str]
) -> Iterator[tuple[str, Problem]]:
    """What is wrong with entries of the configuration. One may mean what is not linted in this run, or not readable."""
    sees_all = all(reading.targeted and not reading.unread for reading in readings)
    for entry in config.ignores:
        node = text_resource(entry.place.source, FILE_KIND, targeted=True).node("text")
        node = node.text(entry.place.span.start, entry.place.span.end)
        if entry.is_expired(config.day):
            yield EXPIRED, Problem(node=node, parameters={"rule": entry.rule, "date": str(entry.expires)})
        elif entry not in used and sees_all and _finds_at_once(entry.rule, ran):
            yield UNUSED, Problem(node=node, parameters={"rule": entry.rule})


def _finds_at_once(rule_id: str, ran: Collection[str]) -> bool:
    """Whether a rule ran and all it finds is known by now, which is not so of what is said of suppressions."""
    return rule_id in ran and not load_rules()[rule_id].reported_by


def _file(reading: Reading) -> _File:
    # In a template, what suppresses nothing may do so with other values.
    file = _File(bool(reading.resources) and not reading.unread and not reading.is_rendered)
    for suppression in (*_in_annotations(reading), *_in_comments(reading)):
        if suppression.line is not None:
            file.by_line[suppression.line].append(suppression)
        if suppression.area is not None:
            file.by_area[suppression.area].append(suppression)
        if suppression.line is None and suppression.area is None:
            file.everywhere.append(suppression)
    file.areas.extend(sorted(file.by_area))
    return file


def _in_annotations(reading: Reading) -> Iterator[Suppression]:
    for resource in reading.resources:
        value = resource.annotations.get(ANNOTATION)
        if isinstance(value, str):
            names, _, reason = value.partition(_REASON_SEPARATOR)
            node = resource.annotation(ANNOTATION)
            yield Suppression(node, _names(node, names, 0), reason.strip(_BEFORE_REASON), area=_area(resource))


def _in_comments(reading: Reading) -> Iterator[Suppression]:
    matches = list(_COMMENT.finditer(reading.source.text))
    if not matches:
        return
    comments = _comments(reading)
    # Outside of the documents that could be parsed nobody can tell what is a comment.
    documents = [document.span for document in reading.documents]
    is_corefile = not documents and not reading.unread
    objects = _objects_by_line(reading)
    text = text_resource(reading.source, FILE_KIND, targeted=True).node("text")
    for match in matches:
        if not _holds(comments, match.start()) and (_holds(documents, match.start()) or is_corefile):
            continue
        node = text.text(*match.span())
        names = _names(text, match["rules"], match.start("rules"))
        reason = match["reason"].strip(_BEFORE_REASON)
        if match["scope"] == "ignore-file":
            yield Suppression(node, names, reason)
            continue
        line = _line_meant(reading.source, match.start())
        subject = objects.get(line)
        yield Suppression(node, names, reason, line, _area(subject) if subject is not None else None)


def _objects_by_line(reading: Reading) -> dict[int, Resource]:
    """The objects by the line of their `kind:`."""
    return {
        resource.node("kind").place.region.start_line: resource
        for resource in reading.resources
        if resource.kind not in PSEUDO_KINDS
    }


def _area(resource: Resource) -> Span:
    return resource.node().place.span


def _names(node: Node, text: str, offset: int) -> tuple[RuleName, ...]:
    """The rules that a list names; `offset` is where the list begins in the text of the node."""
    return tuple(
        RuleName(match[0], node.text(offset + match.start(), offset + match.end()), rule_named(match[0]))
        for match in _NAME.finditer(text)
    )


def _comments(reading: Reading) -> list[Span]:
    """The places of all comments: `#` inside a quoted scalar starts none, in a Corefile's block scalar it does."""
    spans = [span for document in reading.documents for span, _ in document.comments()]
    for resource in reading.resources:
        for node in corefile_nodes(resource):
            spans += [node.text(*part).place.span for part in _comments_of_corefile(node.value)]
    return sorted(spans)


def _comments_of_corefile(text: str) -> Iterator[tuple[int, int]]:
    """The suppressions in a Corefile that CoreDNS takes for comments: no word begins or ends inside of them."""
    tokens, _ = tokenize(text)
    ends = [token.end for token in tokens]
    for match in _COMMENT.finditer(text):
        index = bisect.bisect_right(ends, match.start())
        if index == len(tokens) or tokens[index].start >= match.end():
            yield match.span()


def _holds(spans: Sequence[Span], offset: int) -> bool:
    """Whether an offset lies in one of the spans, which are sorted and do not overlap."""
    index = bisect.bisect_right(spans, offset, key=lambda span: span.start) - 1
    return index >= 0 and offset < spans[index].end


def _line_meant(source: SourceFile, offset: int) -> int:
    """The line of a comment, or the next line that is not only a comment when the comment stands alone."""
    line, column = source.position(offset)
    if source.line(line)[: column - 1].strip() not in _NOTHING:
        return line
    last = len(source.line_starts)
    line += 1
    while line < last and source.line(line).lstrip().startswith("#"):
        line += 1
    return line
