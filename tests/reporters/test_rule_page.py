from __future__ import annotations

import pytest
from samples import LOOPBACK, LOOPBACK_RULE, PAGE, report, rule

from tkelint.reporters import ReporterOptions
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


def test_sarif_and_terminals_lead_to_the_page() -> None:
    options = ReporterOptions(language="zh", hyperlinks=True, docs_url=SITE)
    lint = report((LOOPBACK,), (LOOPBACK_RULE,))
    page = page_of(LOOPBACK_RULE, "zh", SITE)

    assert f'"helpUri": "{page}"' in "".join(render_sarif(lint, options))
    assert f"\x1b]8;;{page}\x1b" in "".join(render_text(lint, options))
