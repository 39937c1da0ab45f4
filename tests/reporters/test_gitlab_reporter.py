"""GitLab's code quality report: the fields that GitLab reads, and fingerprints it can compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samples import INGRESS, SERVICE, finding, place, report, shop

from tkelint.problem import Severity
from tkelint.report import Comparison, Report
from tkelint.reporters import ReporterOptions, render

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def issues(report: Report, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads("".join(render("gitlab", report, ReporterOptions(**options))))
    return found


def test_every_issue_has_the_fields_that_gitlab_reads() -> None:
    found = issues(shop())

    assert len(found) == len(shop().findings) + 4
    for issue in found:
        assert all(isinstance(issue[key], str) and issue[key] for key in ("description", "check_name", "fingerprint"))
        assert issue["severity"] in SEVERITIES
        assert not issue["location"]["path"].startswith(("./", "/"))
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in found}) == len(found)


def test_severity_is_told_in_gitlabs_words() -> None:
    found = [
        finding("a-rule", place(SERVICE, "htpp"), severity=severity, fingerprint=severity) for severity in Severity
    ]

    assert [issue["severity"] for issue in issues(report(tuple(found)))] == ["critical", "major", "info"]


def test_paths_are_those_of_the_checkout() -> None:
    (issue,) = issues(report((finding("a-rule", place(SERVICE, "htpp")),)), repository=Path("/srv"))

    assert issue["location"] == {"path": "shop/deploy/orders/service.yaml", "lines": {"begin": 15, "end": 15}}


def test_fingerprint_does_not_depend_on_lines_and_files_of_other_findings() -> None:
    """The same object written twice: both are shown, and the first keeps the fingerprint it would have alone."""
    one = finding("a-rule", place(SERVICE, "htpp"))
    other = finding("a-rule", place(INGRESS, "api-a"))

    alone, both = issues(report((one,))), issues(report((one, other)))

    assert both[0]["fingerprint"] == alone[0]["fingerprint"] == one.fingerprint
    assert both[1]["fingerprint"] != both[0]["fingerprint"]
    assert both == issues(report((one, other)))


def test_what_a_comparison_leaves_out_stays() -> None:
    """GitLab compares the reports of two branches, and would call a missing finding repaired."""
    new, old = finding("a-rule", place(SERVICE, "htpp")), finding("a-rule", place(INGRESS, "api-a"), fingerprint="old")
    comparison = Comparison(old="main", new="index", unchanged=(old,), gone=(), unrendered=())

    found = issues(report((new,))._replace(comparison=comparison))

    assert [issue["location"]["path"] for issue in found] == ["deploy/ingress.yaml", "deploy/orders/service.yaml"]


def test_message_is_in_the_language_asked_for() -> None:
    assert "联通不稳定" in "".join(issue["description"] for issue in issues(shop(), language="zh"))
