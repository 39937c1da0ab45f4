"""SARIF 2.1.0, made for GitHub code scanning and clean under Microsoft's validator with its GitHub rules.

One run with every rule, so that rules differ between versions of tkelint and not between repositories. Suppressed
findings are left out: GitHub would show them as open. Regions are cut to one line, since GitHub shows an alert in a
pull request only when all of its lines are in the diff. What was not looked at is said by notifications. Where a run
reports only what a change caused, the other findings are there as well, marked as unchanged: code scanning makes its
own comparison, and would take a missing finding for a repaired one.
"""

from __future__ import annotations

import itertools
import os
import urllib.parse
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sarif_om as om

from tkelint import __version__
from tkelint.language import DEFAULT, text
from tkelint.reporters.harmless import harmless
from tkelint.reporters.json_text import json_text
from tkelint.reporters.line_hash import line_hashes
from tkelint.reporters.notices import RULE_CRASHED, notices
from tkelint.reporters.places import first_line_of, path_in_repository, uri_in_repository
from tkelint.reporters.sarif_json import json_value
from tkelint.reporters.sarif_rules import descriptor
from tkelint.reporters.sarif_text import plain_text
from tkelint.reporters.snippet import MASK, masked_text
from tkelint.reporters.world_names import message_in_worlds
from tkelint.source import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.problem import Finding, RelatedPlace, Repair
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions
    from tkelint.source import Place, Region, SourceFile

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION: Final = "2.1.0"
INFORMATION_URI: Final = "https://cloud.tencent.com/document/product/457/80913"

# GitHub rejects a whole file beyond 25,000 results and keeps 100 locations of a result.
RESULTS_LIMIT: Final = 25_000
RELATED_LIMIT: Final = 100
_SNIPPET_LIMIT: Final = 200

_LANGUAGE_TAGS: Final = {"en": "en-US", "zh": "zh-CN"}


@dataclass(frozen=True, slots=True)
class _Log:
    """What everything about one report needs: which findings of it are written, and how."""

    report: Report
    options: ReporterOptions
    findings: Sequence[Finding]


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as one SARIF log, one result on a line."""
    run = _run(_Log(report, options, _worst(report.with_unchanged())))
    log = om.SarifLog(schema_uri=SCHEMA, version=VERSION, runs=[run])
    # Readers that sniff the format look for these two at the beginning.
    value = {"$schema": SCHEMA, "version": VERSION, **json_value(log)}
    return json_text(value, depth=4)


def _worst(findings: Sequence[Finding]) -> Sequence[Finding]:
    """All findings in their order, or the worst ones when there are more than GitHub takes."""
    if len(findings) <= RESULTS_LIMIT:
        return findings
    return sorted(findings, key=lambda finding: finding.severity.rank)[:RESULTS_LIMIT]


def _run(log: _Log) -> om.Run:
    driver = om.ToolComponent(
        name="tkelint",
        version=__version__,
        semantic_version=__version__,
        information_uri=INFORMATION_URI,
        rules=[descriptor(rule, log.options.language, log.options.docs_url) for rule in log.report.rules],
    )
    return om.Run(
        tool=om.Tool(driver=driver),
        automation_details=om.RunAutomationDetails(id=_category(log)),
        column_kind="unicodeCodePoints",
        invocations=[_invocation(log)],
        language=_LANGUAGE_TAGS[log.options.language],
        redaction_tokens=[MASK] if log.report.secrets else None,
        results=_results(log),
        properties=_comparison(log),
    )


def _comparison(log: _Log) -> dict[str, Any] | None:
    """What the results were compared with, for scripts."""
    comparison = log.report.comparison
    if comparison is None:
        return None
    told = {"old": harmless(comparison.old), "new": harmless(comparison.new), "gone": len(comparison.gone)}
    return {"comparison": {**told, "unrendered": [harmless(path) for path in comparison.unrendered]}}


def _category(log: _Log) -> str:
    """`tkelint/`, with the project's folder when that is not the checkout: each project of a repository is a category.

    GitHub takes what stands before the last slash, and a second run of a category replaces the alerts of the first.
    """
    folder = path_in_repository(".", log.report.root, log.options.repository)
    return "tkelint/" if folder == "." else f"tkelint/{urllib.parse.quote(os.fsencode(folder.lstrip('/')))}/"


def _results(log: _Log) -> list[om.Result]:
    """The results, each with its fingerprints: repeated semantic ones are counted, as GitHub counts repeated lines."""
    rule_indexes = {rule.id: index for index, rule in enumerate(log.report.rules)}
    comparison = log.report.comparison
    unchanged = {id(finding) for finding in comparison.unchanged} if comparison else ()
    hashes = _line_hashes(log.findings)
    seen: Counter[str] = Counter()
    results = []
    for finding in log.findings:
        seen[finding.fingerprint] += 1
        fingerprints = {"tkelint/v1": f"{finding.fingerprint}:{seen[finding.fingerprint]}"}
        line_hash = hashes[id(finding.place.source)].get(finding.place.region.start_line)
        if line_hash is not None:
            fingerprints["primaryLocationLineHash"] = line_hash
        result = _result(log, finding, rule_indexes.get(finding.rule_id, -1), fingerprints)
        if comparison:
            result.baseline_state = "unchanged" if id(finding) in unchanged else "new"
        results.append(result)
    return results


def _line_hashes(findings: Sequence[Finding]) -> dict[int, dict[int, str]]:
    """GitHub's hash of each line that a finding starts on, by the identity of the source."""
    lines: dict[int, set[int]] = defaultdict(set)
    sources: dict[int, SourceFile] = {}
    for finding in findings:
        sources[id(finding.place.source)] = finding.place.source
        lines[id(finding.place.source)].add(finding.place.region.start_line)
    return {key: line_hashes(source, lines[key]) for key, source in sources.items()}


def _result(log: _Log, finding: Finding, rule_index: int, fingerprints: Mapping[str, str]) -> om.Result:
    related = [_location(log, place, index) for index, place in enumerate(finding.related[:RELATED_LIMIT], start=1)]
    return om.Result(
        message=om.Message(text=_message(finding, log.options.language)),
        rule_id=harmless(finding.rule_id),
        rule_index=rule_index,
        level=finding.severity.value,
        locations=[om.Location(physical_location=_physical_location(log, finding.place))],
        related_locations=related or None,
        code_flows=[_code_flow(log, finding.flow)] if finding.flow else None,
        partial_fingerprints=fingerprints,
        fixes=[_fix(log, finding.repair)] if finding.repair else None,
        properties=_properties(finding),
    )


def _fix(log: _Log, repair: Repair) -> om.Fix:
    """What an editor can apply. GitHub ignores it."""
    changes = []
    for path, replacements in itertools.groupby(repair.replacements, key=lambda each: each.place.source.path):
        edits = [
            om.Replacement(
                deleted_region=_region(each.place.region),
                inserted_content=om.ArtifactContent(text=each.text) if each.text else None,
            )
            for each in replacements
        ]
        changes.append(om.ArtifactChange(artifact_location=_artifact_location(log, path), replacements=edits))
    key = "safe-fix" if repair.safe else "unsafe-fix"
    return om.Fix(description=om.Message(text=text(key, log.options.language)), artifact_changes=changes)


def _region(region: Region, snippet: str = "") -> om.Region:
    return om.Region(
        start_line=region.start_line,
        start_column=region.start_column,
        end_line=region.end_line,
        end_column=region.end_column,
        snippet=om.ArtifactContent(text=snippet) if snippet else None,
    )


def _message(finding: Finding, language: str) -> str:
    """The message in the language, and below it in English when that is another, for other tools and readers."""
    languages = dict.fromkeys((language, DEFAULT))
    return "\n".join(_message_in(finding, each) for each in languages)


def _message_in(finding: Finding, language: str) -> str:
    message = plain_text(message_in_worlds(finding, language), language)
    if not finding.assumed:
        return message
    facts = text("separator", language).join(finding.assumed)
    space = "" if message.endswith("。") else " "
    return message + space + plain_text(text("assumed-sentence", language, facts=facts), language)


def _properties(finding: Finding) -> dict[str, Any]:
    """What has no place in SARIF, for other viewers and scripts."""
    properties: dict[str, Any] = {"object": finding.subject, "field": finding.field, "confidence": finding.confidence}
    if finding.assumed:
        properties["assumed"] = list(finding.assumed)
    if finding.worlds:
        properties["worlds"] = list(finding.worlds)
    if finding.template is not None:
        properties["template"] = finding.template
    return {**properties, **_precision(finding.place)}


def _precision(place: Place) -> dict[str, str]:
    """How well a place is known, where that is not exactly."""
    return {} if place.precision is Precision.EXACT else {"precision": place.precision.value}


def _location(log: _Log, related: RelatedPlace, identifier: int = -1) -> om.Location:
    language = log.options.language
    message = text("label", language, name=related.label, text=related.text[language])
    return om.Location(
        id=identifier,
        message=om.Message(text=plain_text(message, language)),
        physical_location=_physical_location(log, related.place),
        properties=_precision(related.place) or None,
    )


def _code_flow(log: _Log, hops: Sequence[RelatedPlace]) -> om.CodeFlow:
    """The way of a request, in order. Locations are inline, since GitHub reads no other (GH1002)."""
    locations = [om.ThreadFlowLocation(location=_location(log, hop)) for hop in hops]
    return om.CodeFlow(thread_flows=[om.ThreadFlow(locations=locations)])


def _physical_location(log: _Log, place: Place) -> om.PhysicalLocation:
    region = first_line_of(place)
    snippet = masked_text(place, log.report.secrets.get(place.source.path, ()), _SNIPPET_LIMIT)
    return om.PhysicalLocation(
        artifact_location=_artifact_location(log, place.source.path),
        region=_region(region, snippet),
    )


def _artifact_location(log: _Log, path: str) -> om.ArtifactLocation:
    return om.ArtifactLocation(uri=uri_in_repository(path, log.report.root, log.options.repository))


def _invocation(log: _Log) -> om.Invocation:
    """What a reader must know to trust the results: failed rules, files that were not looked at, results left out."""
    told = [*_told_notices(log), *_limit_notices(log)]
    return om.Invocation(execution_successful=not log.report.crashes, tool_execution_notifications=told or None)


def _told_notices(log: _Log) -> Iterator[om.Notification]:
    for notice in notices(log.report, log.options.language):
        level = "error" if notice.key == RULE_CRASHED else "warning"
        yield _notice(log, notice.message, level, notice.path)


def _limit_notices(log: _Log) -> Iterator[om.Notification]:
    count = len(log.report.with_unchanged())
    if count > len(log.findings):
        yield _notice(log, text("results-cut", log.options.language, limit=RESULTS_LIMIT, count=count), "warning")
    cut = sum(len(finding.related) > RELATED_LIMIT for finding in log.findings)
    if cut:
        yield _notice(log, text("related-cut", log.options.language, limit=RELATED_LIMIT, count=cut), "warning")


def _notice(log: _Log, message: str, level: str, path: str | None = None) -> om.Notification:
    location = None
    if path is not None:
        location = om.Location(physical_location=om.PhysicalLocation(artifact_location=_artifact_location(log, path)))
    return om.Notification(
        message=om.Message(text=plain_text(message, log.options.language)),
        level=level,
        locations=[location] if location else None,
    )
