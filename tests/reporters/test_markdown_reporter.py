"""Markdown for job summaries: what it shows, that it fits, and that nothing of a manifest is markup."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from samples import SERVICE, finding, place, related, report, shop

from tkelint.report import FileState, FileStatus, Report
from tkelint.reporters import ReporterOptions, render
from tkelint.reporters.markdown import LIMIT

HOSTILE = (
    "<img src=x> ![](https://evil/p.png) [a](javascript:x) | `code` ```\n## **b** @ada www.evil.example &lt; \u202e"
)


def said(report: Report, language: str = "en") -> str:
    return "".join(render("markdown", report, ReporterOptions(language=language)))


def page(report: Report, language: str = "en") -> str:
    return str(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(said(report, language)))


def test_worst_findings_come_first() -> None:
    rows = [line for line in said(shop()).splitlines() if line.startswith(("| error", "| warning"))]

    assert len(rows) == 7
    assert rows[0].startswith("| error | Service \\`prod\\/orders\\` sends port 80")
    assert all(row.startswith("| warning") for row in rows[1:])


@pytest.mark.parametrize(("language", "heading"), [("en", "How to repair it"), ("zh", "如何修复")])
def test_remedies_and_what_was_not_read_are_folded(language: str, heading: str) -> None:
    shown = page(shop(), language)

    assert shown.count("<details>") == 2
    assert f"<summary>{heading}</summary>" in shown
    assert shown.count("<table>") == 1
    assert 'class="language-mermaid"' in shown
    assert "dump.bin" in shown


def test_nothing_of_a_manifest_is_markup() -> None:
    flow = (related(place(SERVICE, "htpp"), HOSTILE, HOSTILE),)
    found = finding("a-rule", place(SERVICE, "htpp"), HOSTILE, subject=HOSTILE, flow=flow)
    status = FileStatus(path=HOSTILE, state=FileState.UNREADABLE, reason="not-text", parameters={"detail": HOSTILE})

    shown = page(report((found,))._replace(files=(status,)))

    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert shown.count("<a ") == shown.count('<a href="https://cloud.tencent.com/') == 2
    assert shown.count("<h2>") == 1
    assert shown.count("<tr>") == 2


def test_summary_that_would_be_too_large_counts_what_it_leaves_out() -> None:
    found = tuple(finding("a-rule", place(SERVICE, "htpp"), f"{number} " + "端口" * 500) for number in range(1000))

    shown = said(report(found))

    assert LIMIT - 8192 < len(shown.encode()) <= LIMIT
    assert "more findings do not fit here." in shown
    assert "</details>" in shown[-20:]


def test_empty_report_says_so() -> None:
    clean = report()._replace(files=(FileStatus(path="a.yaml", state=FileState.LINTED, resources=1),))

    assert said(clean) == "## tkelint\n\nno problems in 1 file\n"
