"""The documentation: both languages alike, links that lead somewhere, rules that exist, tables that are current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.docs import ROOT, graph_files, localised, loopback_files, rule_files
from tests.pages import PATHS, blocks, code_spans, heading_levels, links, soft_breaks
from tkelint.rule import LANGUAGES, load_rules, rule_named

# The changelog is in English alone, as its format is.
TRANSLATED = [path for path in PATHS if ".zh." not in path.name and path.name != "CHANGELOG.md"]

# Names of objects that look like ids of rules.
OBJECTS = {"tke-service-controller-config"}

_HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.name)
def test_page_exists_in_both_languages_with_the_same_structure(path: Path) -> None:
    chinese = path.with_name(localised(path.name, "zh"))

    assert heading_levels(chinese) == heading_levels(path)
    assert [block.language for block in blocks(chinese)] == [block.language for block in blocks(path)]
    assert _HAN.search(chinese.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in PATHS if ".zh." in path.name], ids=lambda path: path.name)
def test_chinese_paragraphs_are_one_line_since_a_line_end_is_shown_as_a_blank(path: Path) -> None:
    assert soft_breaks(path) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_relative_links_lead_to_files(path: Path) -> None:
    relative = [link.partition("#")[0] for link in links(path) if not re.match(r"https?:|#", link)]

    assert [link for link in relative if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_rules_that_a_page_names_exist(path: Path) -> None:
    subjects = tuple(f"{rule_id.split('-')[0]}-" for rule_id in load_rules())
    slugs = {code for code in code_spans(path) if re.fullmatch(r"[a-z]+(-[a-z]+){2,}", code)} - OBJECTS

    assert [slug for slug in slugs if slug.startswith(subjects) and rule_named(slug) is None] == []


def test_tables_of_rules_are_current() -> None:
    for path, content in rule_files().items():
        assert path.read_text(encoding="utf-8") == content, "run: python scripts/docs.py rules"


def test_pictures_of_the_graph_are_current() -> None:
    for path, content in (graph_files() | loopback_files()).items():
        assert path.read_text(encoding="utf-8") == content, "run: python scripts/docs.py graph loopback"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_in_the_list(language: str) -> None:
    page = (ROOT / "docs" / localised("rule-list.md", language)).read_text(encoding="utf-8")

    assert [rule_id for rule_id in load_rules() if f"[`{rule_id}`]" not in page] == []
