"""Two processes for a large tree: the same findings as one, whatever becomes of the other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.linting import lint_texts
from tkelint import processes
from tkelint.problem import Finding
from tkelint.report import Report
from tkelint.source import Place, SourceFile, Span

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks safely")

BROKEN = "apiVersion: v1\nkind: Service\nmetadata: {name: s%d, namespace: prod}\nspec: {type: LoadBalancer, ports: [{port: 80, protocol: UCP}, {port: 80}]}\n"
FILES = {f"{number}.yaml": BROKEN % number + ("---\n{" if number % 7 == 0 else "") for number in range(40)}
FILE = SourceFile("a.yaml", "text")


def lint(*, forks: bool, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setattr(processes, "pay_off", lambda _: forks)
    return lint_texts(FILES)


def test_findings_are_the_same_as_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    two, one = lint(forks=True, monkeypatch=monkeypatch), lint(forks=False, monkeypatch=monkeypatch)

    assert len(one.findings) > 80
    assert [shown(each) for each in two.findings] == [shown(each) for each in one.findings]
    assert two.crashes == one.crashes == ()


def shown(finding: Finding) -> tuple[object, ...]:
    """A finding with its places as numbers: the texts are other objects in another run."""
    places = [(place.source.path, place.span) for place in finding.places()]
    return (*places, finding.rule_id, finding.severity, finding.message, finding.fingerprint, finding.repair is None)


def test_places_are_in_the_files_that_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {
        finding.place.source.path: finding.place.source
        for finding in lint(forks=True, monkeypatch=monkeypatch).findings
    }

    assert all(source.text == FILES[path] for path, source in sources.items())


def test_files_go_by_number() -> None:
    first, second = processes.in_two(lambda part: [Place(FILE, Span(part, 4))], [FILE])

    assert (first[0].span, second[0].span) == (Span(0, 4), Span(1, 4))
    assert second[0].source is FILE


@pytest.mark.parametrize("end", [lambda: os._exit(3), lambda: os.kill(os.getpid(), 9), lambda: 1 / 0])
def test_part_of_a_process_that_dies_is_done_here(end: object) -> None:
    here = os.getpid()

    def work(part: int) -> str:
        if os.getpid() != here:
            end()  # type: ignore[operator]
        return f"part {part}"

    assert processes.in_two(work, []) == ("part 0", "part 1")


def test_what_cannot_be_sent_is_made_here() -> None:
    first, second = processes.in_two(lambda part: (part, lambda: part), [])

    assert (first[0], second[0]) == (0, 1)


def test_much_is_sent() -> None:
    first, second = processes.in_two(lambda part: [str(part)] * 200_000, [])

    assert (len(first), len(second), second[-1]) == (200_000, 200_000, "1")


def test_exception_here_ends_the_other_one() -> None:
    here = os.getpid()

    def work(part: int) -> Sequence[int]:
        if os.getpid() == here:
            raise KeyboardInterrupt
        import time  # noqa: PLC0415

        time.sleep(60)
        return [part]

    with pytest.raises(KeyboardInterrupt):
        processes.in_two(work, [])


def test_small_tree_needs_one_process() -> None:
    assert not processes.pay_off(999)


def test_large_tree_is_linted_alike_on_one_core(tmp_path: Path) -> None:
    for number in range(1100):
        tmp_path.joinpath(f"{number}.yaml").write_text(BROKEN % number, "utf-8")
    outputs = []
    for cores in ({0}, os.sched_getaffinity(0)):
        command = [sys.executable, "-m", "tkelint", "--no-config", "--format", "concise", str(tmp_path)]
        code = f"import os, sys; os.sched_setaffinity(0, {cores}); os.execv(sys.executable, {command!r})"
        outputs.append(subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stdout)

    assert outputs[0].count(b"\n") > 2000
    assert outputs[0] == outputs[1]
