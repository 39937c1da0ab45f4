from __future__ import annotations

from collections.abc import Callable

import pytest
from samples import BACKEND_RULE, LOOPBACK_RULE, PORT_RULE, rule

from tkelint.reporters import ReporterOptions
from tkelint.reporters.explain import explain, rules_json, rules_table
from tkelint.reporters.layout import width
from tkelint.rule import Reference

CheckExpected = Callable[[str, str], None]
RULES = [BACKEND_RULE, LOOPBACK_RULE, PORT_RULE._replace(enabled=False)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 120])
def test_explanation_reads_as_expected(language: str, columns: int, check_expected: CheckExpected) -> None:
    output = explain(LOOPBACK_RULE, ReporterOptions(language=language, width=columns))

    check_expected(f"reporters/explain.{language}.{columns}.txt", output)
    assert all(width(line) <= columns for line in output.splitlines())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_table_reads_as_expected(language: str, check_expected: CheckExpected) -> None:
    output = rules_table(RULES, ReporterOptions(language=language, width=80))

    check_expected(f"reporters/rules.{language}.txt", output)
    assert all(width(line) <= 80 for line in output.splitlines())


def test_limits_are_told_where_the_rule_has_any() -> None:
    assert "What it does not say\n  A client whose calls no manifest shows" in explain(LOOPBACK_RULE, ReporterOptions())
    assert "What it does not say" not in explain(PORT_RULE, ReporterOptions())


def test_rule_off_by_default_says_so() -> None:
    off = PORT_RULE._replace(enabled=False)

    assert "off; enable it under `rules`" in explain(off, ReporterOptions())
    assert "default" not in explain(PORT_RULE, ReporterOptions())


def test_empty_table_is_no_special_case() -> None:
    assert rules_table([], ReporterOptions()) == "0 rules\n"


def test_table_wider_than_the_terminal_keeps_room_for_titles() -> None:
    output = rules_table(RULES, ReporterOptions(width=40))

    assert "ingress-backend-service-missing" in output


def test_rule_of_a_pull_request_cannot_bring_escape_sequences() -> None:
    hostile = rule(
        "a-rule",
        title={"en": "\x1b[2J", "zh": "x"},
        why={"en": "a\n\n::error::b\x07", "zh": "x"},
        remedy={"en": "##[group]\u202e", "zh": "x"},
        references=(Reference("https://a/\x1b]8;;", "\x9b", "\r"),),
        kinds=("Ser\x1bvice",),
    )

    for output in (
        explain(hostile, ReporterOptions()),
        rules_table([hostile], ReporterOptions()),
        rules_json([hostile]),
    ):
        assert all(character.isprintable() or character == "\n" for character in output)
        assert "##[" not in output
        assert not any(line.lstrip().startswith("::") for line in output.splitlines())


def test_color_and_links_change_nothing_else() -> None:
    output = explain(LOOPBACK_RULE, ReporterOptions(color=True, hyperlinks=True))

    assert "\x1b]8;;https://cloud.tencent.com/document/product/457/9315\x1b\\" in output
    assert "\x1b[1;31mservice-loopback\x1b[0m" in output
