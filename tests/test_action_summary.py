"""The job's summary: what it says of a log, and what no log can make of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from action.code_scanning import Log
from action.summary import LIMIT, summary
from tkelint.reporters.harmless import one_line
from tkelint.reporters.markdown_text import flowchart, label, plain

FIXTURES = Path(__file__).parent / "fixtures" / "reporters"
AT_GITHUB = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "shop/manifests",
    "GITHUB_SHA": "c" * 40,
}

HOSTILE = (
    """<img src=x onerror=alert(1)> ![](https://evil/p.png) [a](javascript:x) | `code` ```\n## **b** @ada &lt; \u202e"""
)


def place(uri: str, line: int) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": 5, "endLine": line, "endColumn": 9}
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def result(
    text: str, *, level: str = "error", uri: str = "a.yaml", line: int = 3, flow: list[str] | None = None
) -> Any:
    value = {
        "ruleId": "service-loopback",
        "ruleIndex": 0,
        "level": level,
        "message": {"text": text},
        "locations": [place(uri, line)],
    }
    if flow is not None:
        hops = [{"location": {**place(uri, line), "message": {"text": hop}}} for hop in flow]
        value["codeFlows"] = [{"threadFlows": [{"locations": hops}]}]
    return value


def log_of(
    *results: Any, language: str = "en-US", notices: tuple[str, ...] = (), help_uri: str = "https://a.b/c"
) -> Log:
    """A log such as tkelint writes."""
    notifications = [{"level": "warning", "message": {"text": text}, "locations": [place("x", 1)]} for text in notices]
    run = {
        "tool": {"driver": {"rules": [{"id": "service-loopback", "helpUri": help_uri}]}},
        "language": language,
        "invocations": [{"toolExecutionNotifications": notifications}],
        "results": list(results),
    }
    return Log({"runs": [run]})


def html(markdown: str) -> str:
    """As a reader of GitHub's Markdown sees it, with HTML allowed so that none can hide."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_summary_of_the_shop_reads_as_expected(language: str, check_expected: Any) -> None:
    log = Log(json.loads(FIXTURES.joinpath(f"shop.{language}.sarif").read_text(encoding="utf-8")))

    check_expected(f"action/summary.{language}.md", summary(log, AT_GITHUB))


def test_worst_findings_come_first() -> None:
    text = summary(log_of(result("one", level="note"), result("two"), result("three", level="warning")), {})

    assert text.index("two") < text.index("three") < text.index("one")


def test_text_of_manifests_is_never_markup() -> None:
    page = html(summary(log_of(result(HOSTILE, uri="a%3Cb%3E%7C%60.yaml"), notices=(HOSTILE,)), {}))

    assert "<img" not in page
    assert "<h2>" in page
    assert page.count("<h2>") == 1
    assert "<strong>" not in page
    assert "<code>" not in page
    assert "evil" in page
    assert page.count("<a ") == 1  # the rule's own page
    assert page.count("<tr>") == 2


@given(st.text())
def test_plain_text_shows_as_it_is(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parseInline(plain(text))
    children = tokens[0].children or []

    assert {token.type for token in children} <= {"text", "text_special"}
    shown = "".join(token.content for token in children)
    assert shown.strip() == one_line(text).strip()


@given(st.text())
def test_labels_cannot_leave_their_node(text: str) -> None:
    written = label(text)

    assert not set('"`%{}[]()<>&\\|@\n') & set(written)
    assert written.count("#") == written.count(";")
    assert written != ""


def test_flow_is_drawn_step_by_step() -> None:
    assert flowchart(["Deployment a: calls", "Service b", '"]; click n0 href "x"']) == (
        "```mermaid\n"
        "flowchart TD\n"
        '  n0["Deployment a: calls"]\n'
        '  n1["Service b"]\n'
        '  n2["#34;#93;#59; click n0 href #34;x#34;"]\n'
        "  n0 --> n1\n"
        "  n1 --> n2\n"
        "```"
    )


def test_first_path_is_that_of_the_worst_finding() -> None:
    log = log_of(result("mild", level="note", flow=["one", "two"]), result("bad", flow=["three", "four"]))

    text = summary(log, {})

    assert 'n0["three"]' in text
    assert "one" not in text


def test_message_is_told_in_one_language() -> None:
    text = summary(log_of(result("中文。\nEnglish."), language="zh-CN"), {})

    assert "中文" in text
    assert "English" not in text


def test_addresses_that_are_no_https_are_not_linked() -> None:
    page = html(summary(log_of(result("x"), help_uri="javascript:alert(1)"), {}))

    assert "<a " not in page


def test_files_outside_of_the_repository_are_not_linked() -> None:
    page = html(summary(log_of(result("x", uri="file:///etc/hosts"), help_uri="none"), AT_GITHUB))

    assert "<a " not in page
    assert "/etc/hosts:3:5" in page


def test_link_goes_to_the_encoded_path() -> None:
    page = html(summary(log_of(result("x", uri="a%20%28b%29/%E6%B8%85%E5%8D%95.yaml"), help_uri="none"), AT_GITHUB))

    address = f"https://github.com/shop/manifests/blob/{'c' * 40}/a%20%28b%29/%E6%B8%85%E5%8D%95.yaml#L3"
    assert f'href="{address}"' in page
    assert "a (b)/清单.yaml:3:5" in page


def test_long_summary_stays_below_the_limit_and_counts_the_rest() -> None:
    log = log_of(
        *[result(f"{number} 这是一个很长的问题描述" * 40) for number in range(5000)], notices=("x" * 3000,) * 200
    )

    text = summary(log, AT_GITHUB)

    rows = text.count("service\\-loopback")
    assert LIMIT - 20_000 < len(text.encode()) <= LIMIT
    assert f"{5000 - rows} more are in the log" in text
    assert text.rstrip().endswith("</details>")


def test_summary_takes_what_earlier_text_leaves() -> None:
    log = log_of(*[result("x" * 100) for _ in range(500)])

    assert len(summary(log, {}, limit=20_000).encode()) <= 20_000


def test_a_huge_flow_is_cut() -> None:
    text = summary(log_of(result("x", flow=["very long " * 1000] * 1000)), {})

    assert len(text) < 20_000
