"""JUnit's XML, which every CI shows as test results: one suite for each file, one test for each finding.

There is no standard; this is the shape that Jenkins' schema allows
(https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd).
Errors and warnings are failed tests. A note is one that passed, with its text as output; a file without problems is a
test that passed, one that could not be read was skipped, and a rule that crashed is an error.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint.language import text
from tkelint.problem import Severity
from tkelint.report import FileState
from tkelint.reporters.harmless import one_line
from tkelint.reporters.notices import RULE_CRASHED, notices
from tkelint.reporters.places import path_in_repository
from tkelint.reporters.world_names import message_in_worlds
from tkelint.reporters.xml_text import content, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions
    from tkelint.rule import Rule


class _Test(NamedTuple):
    """A test of a suite. `outcome` is the element that tells it: `failure`, `error`, `skipped`, or `""` when passed."""

    name: str
    outcome: str = ""
    kind: str = ""  # of a failure: the rule
    message: str = ""
    lines: tuple[str, ...] = ()


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as XML."""
    return (f"{line}\n" for line in _lines(report, options))


def _lines(report: Report, options: ReporterOptions) -> Iterator[str]:
    suites = _suites(report, options)
    everything = [test for tests in suites.values() for test in tests]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    counts = _counts(everything)
    del counts["skipped"]  # the schema knows it of suites only
    yield tag("testsuites", {"name": "tkelint", **counts})
    for path, tests in sorted(suites.items()):
        name = path_in_repository(path, report.root, options.repository)
        yield tag("testsuite", {"name": name, **_counts(tests)})
        for test in _told_apart(tests):
            yield from _testcase(test, name)
        yield "</testsuite>"
    yield "</testsuites>"


def _suites(report: Report, options: ReporterOptions) -> dict[str, list[_Test]]:
    """The tests of each file that was linted, or might have been."""
    rules = {rule.id: rule for rule in report.rules}
    found: dict[str, list[_Test]] = defaultdict(list)
    for notice in notices(report, options.language):
        outcome = "error" if notice.key == RULE_CRASHED else "skipped"
        found[notice.path].append(_Test(notice.key, outcome, notice.key, notice.message))
    for finding in report.findings:
        path = path_in_repository(finding.place.source.path, report.root, options.repository)
        test = _test_of(finding, rules.get(finding.rule_id), path, options.language)
        found[finding.place.source.path].append(test)
    for status in report.files:
        if status.state is FileState.LINTED and status.path not in found:
            found[status.path].append(_Test(text("found-nothing", options.language, count=1)))
    return found


def _test_of(finding: Finding, rule: Rule | None, path: str, language: str) -> _Test:
    """A finding as a test, named by what stays the same when its line moves: a CI compares the names of two runs."""
    region = finding.place.region
    name = " ".join(part for part in (f"{finding.rule_id}:", finding.subject, finding.field) if part)
    message = message_in_worlds(finding, language)
    lines = [f"{path}:{region.start_line}:{region.start_column}: {message}"]
    lines += [one_line(hop.text[language]) for hop in finding.flow]
    if rule:
        lines += [text("label", language, name=text("remedy", language), text=one_line(rule.remedy[language]))]
        lines += [text("label", language, name=text("reference", language), text=each.url) for each in rule.references]
    outcome = "" if finding.severity is Severity.NOTE else "failure"
    return _Test(name, outcome, finding.rule_id, message, tuple(lines))


def _counts(tests: Sequence[_Test]) -> dict[str, int]:
    outcomes = Counter(test.outcome for test in tests)
    return {
        "tests": len(tests),
        "failures": outcomes["failure"],
        "errors": outcomes["error"],
        "skipped": outcomes["skipped"],
    }


def _told_apart(tests: Sequence[_Test]) -> Iterator[_Test]:
    """The tests with different names: readers take two of one name for one."""
    seen: Counter[str] = Counter()
    for test in tests:
        seen[test.name] += 1
        yield test if seen[test.name] == 1 else test._replace(name=f"{test.name} ({seen[test.name]})")


def _testcase(test: _Test, path: str) -> Iterator[str]:
    attributes = {"name": one_line(test.name), "classname": path}
    body = "\n".join(map(content, map(one_line, test.lines)))
    if not test.outcome and not body:
        yield tag("testcase", attributes, end="/")
        return
    yield tag("testcase", attributes)
    if test.outcome:
        yield tag(test.outcome, {"type": test.kind, "message": one_line(test.message)}) + f"{body}</{test.outcome}>"
    else:
        yield f"<system-out>{body}</system-out>"
    yield "</testcase>"
