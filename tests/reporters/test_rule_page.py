from __future__ import annotations

import pytest
from samples import LOOPBACK, LOOPBACK_RULE, PAGE, report, rule

from tkelint.reporters import ReporterOptions
from tkelint.reporters.html.values import page_value
from tkelint.reporters.rule_page import page_of
from tkelint.reporters.sarif import render as render_sarif
from tkelint.reporters.text import render as render_text

SITE = "https://docs.example.com/tkelint/"


@pytest.mark.parametrize(("language", "folder"), [("en", ""), ("zh", "zh/")])
def test_rule_has_a_page_in_each_language(language: str, folder: str) -> None:
    expected = f"https://docs.example.com/tkelint/{folder}rules/service-loopback/"

    assert page_of(LOOPBACK_RULE, language, SITE) == expected
    assert page_of(LOOPBACK_RULE, language, SITE.rstrip("/")) == expected


def test_rule_leads_to_the_official_page_without_a_site() -> None:
    assert page_of(LOOPBACK_RULE, "zh") == PAGE
    assert page_of(rule("a-rule", references=()), "en") == ""


def test_html_report_tells_limits_and_leads_to_the_page_where_there_is_one() -> None:
    lint = report((LOOPBACK,), (LOOPBACK_RULE,))

    (with_site,) = page_value(lint, ReporterOptions(docs_url=SITE))["rules"]
    (without,) = page_value(lint, ReporterOptions())["rules"]

    assert with_site["page"] == {language: page_of(LOOPBACK_RULE, language, SITE) for language in ("en", "zh")}
    assert without["page"] is None
    assert without["limits"]["en"] == [[{"item": False, "text": "A client whose calls no manifest shows is not seen."}]]


def test_sarif_and_terminals_lead_to_the_page() -> None:
    options = ReporterOptions(language="zh", hyperlinks=True, docs_url=SITE)
    lint = report((LOOPBACK,), (LOOPBACK_RULE,))
    page = page_of(LOOPBACK_RULE, "zh", SITE)

    assert f'"helpUri": "{page}"' in "".join(render_sarif(lint, options))
    assert f"\x1b]8;;{page}\x1b" in "".join(render_text(lint, options))
