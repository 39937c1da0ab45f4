"""The baseline: what it recognises, how it is written, and what the command line makes of it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.linting import lint_texts
from tkelint import baseline
from tkelint.baseline import BaselineError, Entry
from tkelint.cli import cli

SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: prod}\nspec: {ports: [{port: 80}, {port: 81}]}\n"
)
RULE = "service-port-name-missing"
ENTRIES = st.lists(
    st.builds(
        Entry, st.text(max_size=5), st.text(max_size=5), st.text("abc", min_size=1, max_size=3), st.integers(1, 3)
    ),
    unique_by=lambda entry: entry.fingerprint,
)


def found(*names: str, path: str = "a.yaml") -> tuple[object, ...]:
    text = "---\n".join(SERVICE % name for name in names)
    return lint_texts({path: text}, rules={RULE}).findings


@given(ENTRIES)
def test_file_says_what_was_written(entries: list[Entry]) -> None:
    assert baseline.parse("".join(baseline.text_of(entries))) == tuple(sorted(entries))


@given(ENTRIES, st.randoms())
def test_file_does_not_depend_on_the_order(entries: list[Entry], shuffle: random.Random) -> None:
    shuffled = list(entries)
    shuffle.shuffle(shuffled)

    assert list(baseline.text_of(shuffled)) == list(baseline.text_of(entries))


def test_findings_are_recognised_in_another_file_at_another_place() -> None:
    entries = baseline.entries_of(found("a", "b"))

    moved = found("b", "new", "a", path="other/place.yaml")
    compared = baseline.compare(moved, entries)

    assert [finding.subject for finding in compared.new] == ["Service prod/new", "Service prod/new"]
    assert len(compared.known) == 4
    assert compared.stale == ()


def test_equal_findings_count_each() -> None:
    (one, two) = found("a")
    known = (one, one, two)

    compared = baseline.compare([one, one, one, two], baseline.entries_of(known))

    assert compared.new == (one,)
    assert baseline.compare([one], baseline.entries_of(known)).stale == tuple(
        sorted(
            [
                Entry(RULE, "Service prod/a", one.fingerprint, 1),
                Entry(RULE, "Service prod/a", two.fingerprint, 1),
            ]
        )
    )


@given(ENTRIES, ENTRIES)
def test_taking_out_adds_nothing(entries: list[Entry], stale: list[Entry]) -> None:
    before = {entry.fingerprint: entry.times for entry in entries}
    gone = {entry.fingerprint: entry.times for entry in stale}

    after = {entry.fingerprint: entry.times for entry in baseline.without(entries, stale)}

    assert all(after.get(each, 0) == max(0, times - gone.get(each, 0)) for each, times in before.items())
    assert after.keys() <= before.keys()


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "no-baseline-file", 1),
        ("{}", "no-baseline-file", 1),
        ('{"tkelintBaseline": 2}', "no-baseline-file", 1),
        ("[" * 100_000, "no-baseline-file", 1),
        ('{"tkelintBaseline": 1}\n[]', "no-baseline-entry", 2),
        ('{"tkelintBaseline": 1}\n\n{"rule": "a", "object": "b"}', "no-baseline-entry", 3),
        (
            '{"tkelintBaseline": 1}\n{"rule": "a", "object": "b", "fingerprint": "c", "times": true}',
            "no-baseline-entry",
            2,
        ),
        ('{"tkelintBaseline": 1}\n<<<<<<< HEAD\n', "baseline-conflict", 2),
    ],
)
def test_what_is_no_baseline_is_refused_at_its_line(text: str, key: str, line: int) -> None:
    with pytest.raises(BaselineError) as refused:
        baseline.parse(text)

    assert (refused.value.key, refused.value.line) == (key, line)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.joinpath(".tkelint.yaml").write_text("{}\n", "utf-8")
    tmp_path.joinpath("a.yaml").write_text(SERVICE % "a", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tkelint(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env={"LC_ALL": "C", "COLUMNS": "100", "NO_COLOR": "1"})


def test_what_was_there_is_no_longer_reported(project: Path) -> None:
    assert tkelint().exit_code == 1
    assert tkelint("baseline").exit_code == 0
    project.joinpath("a.yaml").rename(project / "b.yaml")

    again = tkelint()
    assert again.exit_code == 0, again.output
    assert "no problems in 1 file; 2 in the baseline" in again.output
    assert tkelint("--no-baseline").exit_code == 1
    project.joinpath("c.yaml").write_text(SERVICE % "c", "utf-8")
    assert "Service prod/c" in tkelint("--format", "concise").output
    assert "Service prod/a" not in tkelint("--format", "concise").output


def test_json_tells_of_the_baseline_and_sarif_leaves_it_out(project: Path) -> None:
    tkelint("baseline")
    value = json.loads(tkelint("--format", "json").stdout)

    assert value["summary"]["baselined"] == 2
    assert {finding["rule"] for finding in value["baseline"]["known"]} == {RULE}
    assert json.loads(tkelint("--format", "sarif").stdout)["runs"][0]["results"] == []


def test_entries_that_match_nothing_are_told_and_taken_out(project: Path) -> None:
    tkelint("baseline")
    project.joinpath("a.yaml").write_text(SERVICE % "other", "utf-8")
    project.joinpath("b.yaml").write_text(SERVICE % "a", "utf-8")
    tkelint("baseline")
    project.joinpath("b.yaml").unlink()

    assert "2 entries of the baseline match nothing any more" in tkelint().output
    assert "match nothing" not in tkelint("--select", RULE).output
    assert "match nothing" not in tkelint("a.yaml", "--ignore", "dns").output
    updated = tkelint("--update-baseline")
    assert updated.exit_code == 0, updated.output
    assert "match nothing" not in tkelint().output
    text = project.joinpath(".tkelint-baseline.jsonl").read_text("utf-8")
    assert "prod/other" in text
    assert "prod/a" not in text


def test_stale_entries_are_no_one_s_business_when_only_a_part_is_linted(project: Path) -> None:
    project.joinpath("b.yaml").write_text(SERVICE % "b", "utf-8")
    tkelint("baseline")

    assert "match nothing" not in tkelint("a.yaml").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--update-baseline",), "there is no baseline to update"),
        (("--baseline", "nothing.jsonl"), "cannot be read"),
        (("--baseline", ".tkelint.yaml"), "this is no baseline of tkelint"),
    ],
)
def test_baseline_that_cannot_be_had_is_a_usage_error(project: Path, arguments: tuple[str, ...], said: str) -> None:
    result = tkelint(*arguments)

    assert result.exit_code == 2
    assert said in result.output


def test_configuration_names_the_file(project: Path) -> None:
    project.joinpath(".tkelint.yaml").write_text("baseline: lint/known.jsonl\n", "utf-8")

    assert tkelint().exit_code == 2
    assert tkelint("baseline").exit_code == 0
    assert project.joinpath("lint/known.jsonl").is_file()
    assert tkelint().exit_code == 0


def test_configuration_cannot_lead_outside(project: Path) -> None:
    project.joinpath(".tkelint.yaml").write_text("baseline: /etc/passwd\n", "utf-8")

    result = tkelint()

    assert result.exit_code == 2
    assert "/etc/passwd" in result.output


def test_link_out_of_the_project_is_not_followed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "file"
    outside.write_text("".join(baseline.text_of(())), "utf-8")
    project.joinpath(".tkelint-baseline.jsonl").symlink_to(outside)

    assert tkelint().exit_code == 2


def test_first_run_ends_with_what_to_do_next(project: Path) -> None:
    project.joinpath("a.yaml").write_text("---\n".join(SERVICE % f"a{number}" for number in range(40)), "utf-8")

    output = tkelint().output

    assert f"80  {RULE}" in output
    assert "where to begin" in output
    assert "tkelint baseline" in output
    tkelint("baseline")
    assert "where to begin" not in tkelint().output
