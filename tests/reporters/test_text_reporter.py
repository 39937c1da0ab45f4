from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from samples import INGRESS, SERVICE, backend_missing, finding, place, report, rule, shop

from tkelint.reporters import ReporterOptions, render
from tkelint.reporters.layout import width
from tkelint.rule import Reference
from tkelint.source import SourceFile, Span

CheckExpected = Callable[[str, str], None]


def text_of(*arguments: object, **options: object) -> str:
    return "".join(render("text", report(*arguments), ReporterOptions(**options)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_report_reads_as_expected(language: str, columns: int, check_expected: CheckExpected) -> None:
    output = "".join(render("text", shop(), ReporterOptions(language=language, width=columns)))

    check_expected(f"reporters/shop.{language}.{columns}.txt", output)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_that_can_be_shown(language: str, check_expected: CheckExpected) -> None:
    options = ReporterOptions(
        language=language, width=100, color=True, hyperlinks=True, show_files=True, statistics=True
    )

    check_expected(f"reporters/everything.{language}.ansi", "".join(render("text", shop(), options)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_lines_fit_the_terminal_unless_a_name_is_longer(language: str, columns: int) -> None:
    output = "".join(render("text", shop(), ReporterOptions(language=language, width=columns)))

    too_long = [line for line in output.splitlines() if width(line) > columns]

    assert all(" " not in line.strip() for line in too_long)


def test_colors_change_nothing_else() -> None:
    plain = "".join(render("text", shop(), ReporterOptions(width=80)))
    colored = "".join(render("text", shop(), ReporterOptions(width=80, color=True, hyperlinks=True)))

    without_sequences = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;;.*?\x1b\\", "", colored)

    assert without_sequences == plain
    assert colored != plain


def test_repeated_rule_is_told_in_full_then_with_frames_then_in_brief() -> None:
    output = text_of(tuple(map(backend_missing, "abcde")), (rule("ingress-backend-service-missing"),))

    found = output.split("\n\n")[:5]

    assert ["= help:" in each for each in found] == [True, False, False, False, False]
    assert ["^^^^^" in each for each in found] == [True, True, True, False, False]
    assert all("deploy/ingress.yaml:" in each and "backend names Service" in each for each in found)


def test_each_rule_is_counted_for_itself() -> None:
    findings = (*map(backend_missing, "abcd"), finding("other-rule", place(INGRESS, "shop.example.com")))

    assert "^^^^^^^^^^^^^^^^" in text_of(findings)


def test_nothing_found_is_one_line() -> None:
    clean = shop()._replace(findings=(), suppressed=(), crashes=(), files=shop().files[2:4])

    assert "".join(render("text", clean, ReporterOptions())) == "no problems in 2 files\n"


def test_quiet_is_silent_without_findings() -> None:
    assert text_of(quiet=True) == ""


def test_quiet_leaves_out_the_summary() -> None:
    output = text_of((backend_missing("a"),), quiet=True)

    assert "api-a" in output
    assert "1 warning" not in output


def test_finding_of_a_rule_outside_the_report_is_still_told() -> None:
    lonely = report((backend_missing("a"),))._replace(rules=())

    assert "api-a" in "".join(render("text", lonely, ReporterOptions()))


def test_hostile_names_and_messages_stay_on_their_lines() -> None:
    source = SourceFile("deploy/\x1b[2J\u202e::error::.yaml", "kind: \x1b]0;title\x07x\n")
    found = finding(
        "a-rule",
        place(source, "kind"),
        "value is `\n::error::pwned\n##[group]x\x1b[31m`",
        subject="Service \nprod/x\u2066",
        field="spec[\r::set-output]",
        template="\x9b31m",
        assumed=("a\x07=b",),
    )
    hostile_rule = rule(
        "a-rule", remedy={"en": "\x1b[31mred", "zh": "x"}, references=(Reference("https://a/\x1b[31m"),)
    )

    output = text_of((found,), (hostile_rule,))

    assert all(character.isprintable() or character == "\n" for character in output)
    assert not any(line.lstrip().startswith("::") for line in output.splitlines())
    assert "##[" not in output


def test_message_wrapped_before_two_colons_starts_no_command() -> None:
    found = finding("a-rule", place(SERVICE, "htpp"), "x" * 30 + " ::stop-commands::token")

    output = text_of((found,), width=40)

    assert "\n  \\::stop-commands::token" in output


def test_secret_data_is_masked_in_every_frame() -> None:
    secret = SourceFile("s.yaml", "a: 1\nkey: hunter2\nb: 2\n")
    found = finding("a-rule", place(secret, "b: 2"))
    masked = report((found,))._replace(secrets={"s.yaml": (Span(10, 17),)})

    output = "".join(render("text", masked, ReporterOptions()))

    assert "key: ***" in output
    assert "hunter2" not in output
