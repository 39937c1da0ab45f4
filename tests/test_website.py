"""The site: its menus, the pages of the rules, where links lead, and what becomes of dead ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.dead_links import dead_links
from scripts.docs import FOLDERS, ROOT
from scripts.rule_page import rule_page
from scripts.website import PARTS, adapted, guides, navigation, rule_index, split_search
from tkelint.language import text
from tkelint.rule import LANGUAGES, load_rules, rule_named

PAGE = ROOT / "docs" / "page.md"


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_has_every_page_once(language: str) -> None:
    pages = sorted(f"{name}.md" for name in guides(language))
    rules = sorted(f"rules/{rule_id}.md" for rule_id in load_rules())

    assert sorted(_leaves(navigation(language))) == sorted([*pages, *rules, "rules/index.md"])
    assert [name for _, names in PARTS for name in names if name not in guides(language)] == []


def test_every_folder_of_rules_has_a_title() -> None:
    assert {rule.folder for rule in load_rules().values()} <= FOLDERS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_index_links_to_every_rule(language: str) -> None:
    page = rule_index(language)

    assert [rule_id for rule_id in load_rules() if f"[`{rule_id}`]({rule_id}.md)" not in page] == []


@pytest.mark.parametrize("rule_id", load_rules())
def test_page_of_a_rule_shows_what_tkelint_prints(rule_id: str) -> None:
    rule = load_rules()[rule_id]

    for language in LANGUAGES:
        page = rule_page(rule, language)
        assert f"[{rule_id}]" in page
        assert "# expect:" not in page
        for heading in ("why-heading", "remedy-heading", "suppress-heading", "references-heading"):
            assert f"\n## {text(heading, language)}\n" in page
        assert (text("limits-heading", language) in page) is bool(rule.limits)
        assert [code for code in rule.codes if code not in page] == []


def test_page_of_a_rule_without_limits_has_no_heading_for_them() -> None:
    rule = rule_named("service-loopback")
    assert rule is not None
    said = rule.read_texts()

    page = rule_page(rule._replace(read_texts=lambda: said._replace(limits=None)), "en")

    assert text("limits-heading", "en") not in page


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("../rules/loopback/service-loopback.yaml", "rules/service-loopback.md"),
        ("configuration.zh.md#cluster", "configuration.md#cluster"),
        ("../CONTRIBUTING.md", "contributing.md"),
        ("../tkelint/config.schema.json", "files/tkelint/config.schema.json"),
        ("../bench/README.md", "files/bench/README.md.txt"),
        ("report.schema.json", "report.schema.json"),
        ("https://example.com/docs/x.md", "https://example.com/docs/x.md"),
        ("#anchor", "#anchor"),
        ("missing.png", "missing.png"),
    ],
)
def test_links_lead_to_the_site(link: str, expected: str) -> None:
    assert adapted(f"a [link]({link}).\n", PAGE) == f"a [link]({expected}).\n"


def test_code_is_left_alone_and_the_site_switches_languages() -> None:
    code = "`[a](b.zh.md)`\n\n```text\n[a](b.zh.md)\n```\n"

    assert adapted(f"# Title\n\n[中文](page.zh.md)\n\n{code}", PAGE) == f"# Title\n\n{code}"


def test_dead_links_are_found(tmp_path: Path) -> None:
    _write(tmp_path / "index.html", '<a href="a/#there">x</a><a href="a/#not">x</a><a href="b/">x</a><img src="c.png">')
    _write(
        tmp_path / "a" / "index.html",
        '<h1 id="there"><a href="../">x</a><a href="?x">x</a><a href="https://example.com/a?b#c">x</a>'
        '<a href="http://example.com/">x</a><a href="https://example.com/<name>">x</a><a href="https://localhost/">x</a>',
    )

    assert list(dead_links(tmp_path)) == [
        "a/index.html: http://example.com/",
        "a/index.html: https://example.com/<name>",
        "a/index.html: https://localhost/",
        "index.html: a/#not",
        "index.html: b/",
        "index.html: c.png",
    ]


def test_absolute_links_lead_to_the_place_where_the_site_is_published(tmp_path: Path) -> None:
    _write(tmp_path / "404.html", '<a href="/tkelint/">x</a><a href="/tkelint/404.html">x</a><a href="/other/">x</a>')
    _write(tmp_path / "index.html", "")

    assert list(dead_links(tmp_path, "/tkelint/")) == ["404.html: /other/"]


def test_each_language_searches_its_own_pages(tmp_path: Path) -> None:
    docs = [{"location": "rules/x/"}, {"location": ""}, {"location": "zh/rules/x/"}, {"location": "zh/"}]
    _write(tmp_path / "search" / "search_index.json", json.dumps({"config": {}, "docs": docs}))
    _write(tmp_path / "zh" / "index.html", '{"base": "..", "x": ".."}')
    _write(tmp_path / "zh" / "rules" / "x" / "index.html", '{"base": "../../.."}')

    split_search(tmp_path)

    assert _locations(tmp_path / "search") == ["rules/x/", ""]
    assert _locations(tmp_path / "zh" / "search") == ["rules/x/", ""]
    assert (tmp_path / "zh" / "index.html").read_text(encoding="utf-8") == '{"base": ".", "x": ".."}'
    assert (tmp_path / "zh" / "rules" / "x" / "index.html").read_text(encoding="utf-8") == '{"base": "../.."}'


def _locations(folder: Path) -> list[str]:
    return [each["location"] for each in json.loads((folder / "search_index.json").read_text(encoding="utf-8"))["docs"]]


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _leaves(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for value in entry.values():
                yield from _leaves(value if isinstance(value, list) else [value])
