"""The diff of fixes, which Git applies, and the summary, in both languages."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from git_command import git

from tests.linting import lint_texts
from tkelint.fixing import model
from tkelint.fixing.model import Fault, FileChange, Outcome, Refusal
from tkelint.language import LANGUAGES
from tkelint.reporters import ReporterOptions
from tkelint.reporters.diff import render_diff
from tkelint.reporters.fixes import _FAULTS, render_summary
from tkelint.source import SourceFile, Span

LINES = [f"k{number}: v" for number in range(30)]
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {a.example.com/b: true}}\n"


def diff_of(before: str, after: str, *, secrets: tuple[Span, ...] = ()) -> str:
    change = FileChange(SourceFile("deploy/清单.yaml", before), SourceFile("deploy/清单.yaml", after), secrets, secrets)
    return "".join(render_diff([change], Path(), ReporterOptions()))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", None])
@pytest.mark.parametrize("changed", [[0], [29], [5, 6, 20], list(range(30))])
def test_git_applies_the_diff(tmp_path: Path, end: str, last: str | None, changed: list[int]) -> None:
    tail = end if last is None else last
    before = end.join(LINES) + tail
    after = end.join(f"{line}\tnew" if number in changed else line for number, line in enumerate(LINES)) + tail
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "core.autocrlf", "false")
    file = tmp_path / "deploy/清单.yaml"
    file.parent.mkdir()
    file.write_bytes(before.encode())
    (tmp_path / "fix.diff").write_bytes(diff_of(before, after).encode())

    git(tmp_path, "apply", "fix.diff")

    assert file.read_bytes() == after.encode()


def test_added_and_removed_lines_are_applied(tmp_path: Path) -> None:
    before, after = "a: 1\nb: 2\n", "b: 2\nc: 3\nd: 4\n"
    git(tmp_path, "init", "--quiet")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/清单.yaml").write_bytes(before.encode())
    (tmp_path / "fix.diff").write_bytes(diff_of(before, after).encode())

    git(tmp_path, "apply", "fix.diff")

    assert (tmp_path / "deploy/清单.yaml").read_text(encoding="utf-8") == after


def test_secret_data_is_masked_and_terminals_are_not_steered() -> None:
    before = "password: |\n  hunter2\n  more\na: 1\nb: \x1b[31m\n"
    start = before.index("|")

    shown = diff_of(before, before.replace("a: 1", "a: 2"), secrets=(Span(start, before.index("a:") - 1),))

    assert "hunter2" not in shown
    assert "more" not in shown
    assert "\x1b" not in shown
    assert " password: ***\n ***\n ***\n-a: 1\n+a: 2\n b: ␛[31m\n" in shown


def outcome_of(*faults: Fault) -> Outcome:
    report = lint_texts(SERVICE)
    (finding,) = report.findings
    refused = tuple(Refusal(finding, fault) for fault in faults)
    return Outcome((), (finding, finding), refused, 3, report)


def summary_of(outcome: Outcome, language: str, *, only_planned: bool = False) -> str:
    return "".join(render_summary(outcome, ReporterOptions(language=language, width=1000), only_planned=only_planned))


def test_summary_counts_and_says_why() -> None:
    outcome = outcome_of(
        Fault(model.CONTEXT, {"path": "a.yaml"}), Fault(model.RENDERED, {"template": "x/templates/a.yaml"})
    )

    assert summary_of(outcome, "en") == (
        "2 fixes not applied:\n"
        "  manifests.yaml:3:54 annotation-value-not-string: it would change a.yaml, which is read for references only\n"
        "  manifests.yaml:3:54 annotation-value-not-string: what was rendered is not edited; change x/templates/a.yaml\n"
        "2 fixes applied in 0 files; 3 more fixes change what has an effect today: --unsafe-fixes applies them\n"
    )
    assert summary_of(outcome, "zh", only_planned=True).splitlines()[-1] == (
        "将应用 2 个修复，涉及 0 个文件；另有 3 个修复会改变现有行为，使用 --unsafe-fixes 应用"
    )


def test_every_reason_has_a_text_with_the_same_parameters() -> None:
    reasons = {value for name, value in vars(model).items() if name.isupper() and isinstance(value, str)}

    assert set(_FAULTS) == reasons
    for texts in _FAULTS.values():
        fields = [{name for _, name, _, _ in string.Formatter().parse(texts[language])} for language in LANGUAGES]
        assert fields[0] - {None} == fields[1] - {None}
