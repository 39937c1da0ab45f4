from __future__ import annotations

from pathlib import Path

import pytest
from samples import SERVICE, TARGET_PORT, backend_missing, finding, place, report

from tkelint.problem import Severity
from tkelint.reporters import ReporterOptions, render
from tkelint.source import SourceFile


def commands(*findings: object, **options: object) -> list[str]:
    output = "".join(render("github", report(findings), ReporterOptions(quiet=True, **options)))
    return output.splitlines()


def test_finding_is_an_annotation() -> None:
    [line] = commands(TARGET_PORT)

    properties, _, message = line.removeprefix("::error ").partition("::")
    assert properties.split(",") == [
        "file=deploy/orders/service.yaml",
        "line=15",
        "endLine=15",
        "col=19",
        "endColumn=23",
        "title=service-target-port-missing",
    ]
    assert message == "Service `prod/orders` sends port 80 to `htpp`, which no container of Deployment `worker` names"


@pytest.mark.parametrize(("severity", "command"), [("error", "error"), ("warning", "warning"), ("note", "notice")])
def test_severity_is_the_command(severity: str, command: str) -> None:
    [line] = commands(finding("a-rule", place(SERVICE, "htpp"), severity=Severity(severity)))

    assert line.startswith(f"::{command} ")


def test_properties_and_message_are_escaped() -> None:
    source = SourceFile("a,b:c%/x.yaml", "kind: x\n")

    [line] = commands(finding("a-rule", place(source, "kind"), "100% :: a,b"))

    assert "file=a%2Cb%3Ac%25/x.yaml," in line
    assert line.endswith("::100%25 :: a,b")


def test_span_of_several_lines_is_cut_to_its_first() -> None:
    [line] = commands(finding("a-rule", place(SERVICE, "spec:\n  type: LoadBalancer")))

    assert "line=9,endLine=9,col=1,endColumn=6," in line


def test_worst_come_first_and_each_kind_has_ten() -> None:
    notes = [finding("n", place(SERVICE, "port: 80"), f"note {number}", severity=Severity.NOTE) for number in range(12)]
    errors = [finding("e", place(SERVICE, "htpp"), f"error {number}") for number in range(11)]

    lines = commands(*notes, *errors)

    assert [line.partition(" ")[0] for line in lines[:20]] == ["::error"] * 10 + ["::notice"] * 10
    assert lines[20:] == [
        "3 more that GitHub does not annotate:",
        "deploy/orders/service.yaml:15:19: error e: error 10",
        "deploy/orders/service.yaml:14:7: note n: note 10",
        "deploy/orders/service.yaml:14:7: note n: note 11",
    ]


def test_path_is_relative_to_the_checkout() -> None:
    [line] = commands(TARGET_PORT, repository=Path("/srv"))

    assert "file=shop/deploy/orders/service.yaml," in line


def test_summary_is_plain_text_at_the_end() -> None:
    output = "".join(render("github", report((backend_missing("a"),)), ReporterOptions()))

    assert output.splitlines()[-1] == "1 warning in 1 of 1 file"
