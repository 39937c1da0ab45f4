from __future__ import annotations

import pytest
from samples import SERVICE, backend_missing, finding, place, report, shop

from tkelint.problem import Severity
from tkelint.report import FileState, FileStatus, Report
from tkelint.reporters import ReporterOptions
from tkelint.reporters.summary import count_files, summary


def lines(report: Report, **options: object) -> list[str]:
    return list(summary(report, ReporterOptions(**options)))


def statuses(*entries: tuple[str, FileState, str]) -> tuple[FileStatus, ...]:
    return tuple(FileStatus(path=path, state=state, reason=why) for path, state, why in entries)


def test_files_are_counted_once() -> None:
    files = count_files(shop())

    assert (files.looked_at, files.affected, files.context) == (4, 2, 1)


def test_finding_in_an_unreadable_file_counts_as_looked_at() -> None:
    broken = report((finding("yaml-invalid", place(SERVICE, "htpp")),))._replace(
        files=statuses((SERVICE.path, FileState.UNREADABLE, "syntax-error")),
    )

    assert lines(broken)[-1] == "1 error in 1 of 1 file"


@pytest.mark.parametrize(
    ("levels", "english", "chinese"),
    [
        ((), "no problems in 1 file", "1 个文件均未发现问题"),
        ((Severity.ERROR,), "1 error in 1 of 1 file", "1 个错误，涉及 1 个文件中的 1 个"),
        (
            (Severity.NOTE, Severity.WARNING, Severity.NOTE),
            "1 warning, 2 notes in 1 of 1 file",
            "1 个警告、2 个提示，涉及 1 个文件中的 1 个",
        ),
    ],
)
def test_last_line_counts_what_there_is(levels: tuple[Severity, ...], english: str, chinese: str) -> None:
    found = tuple(finding("a-rule", place(SERVICE, "htpp"), severity=level) for level in levels)
    counted = report(found)._replace(files=statuses((SERVICE.path, FileState.LINTED, "")))

    assert lines(counted)[-1] == english
    assert lines(counted, language="zh")[-1] == chinese


def test_nothing_to_look_at_is_said() -> None:
    assert lines(report()) == ["no Kubernetes manifests found"]


def test_files_not_looked_at_are_grouped_by_reason_unreadable_first() -> None:
    many = statuses(
        *((f"values-{number}.yaml", FileState.NOT_RESOURCES, "values-file") for number in range(5)),
        ("broken.yaml", FileState.UNREADABLE, "syntax-error"),
        ("a.yaml", FileState.LINTED, ""),
    )

    assert lines(report()._replace(files=many))[:-2] == [
        "6 files not looked at:",
        "  1 × not valid YAML or JSON: broken.yaml",
        "  5 × Helm values: values-0.yaml, values-1.yaml and 3 more",
        "  --show-files lists every file",
    ]


def test_unreadable_files_are_named_up_to_ten() -> None:
    many = statuses(*((f"{number:02}.yaml", FileState.UNREADABLE, "syntax-error") for number in range(12)))

    text = " ".join(lines(report()._replace(files=many), width=200))

    assert "09.yaml and 2 more" in text
    assert "10.yaml" not in text


def test_show_files_lists_each_file_instead() -> None:
    text = "\n".join(lines(shop(), show_files=True))

    assert all(status.path in text for status in shop().files)
    assert "not looked at" not in text
    assert "  not read    deploy/part.yaml  2 objects; Helm template, not rendered" in text


def test_statistics_count_by_rule() -> None:
    found = (*map(backend_missing, "ab"), finding("z-rule", place(SERVICE, "htpp")))

    assert lines(report(found), statistics=True)[:3] == [
        "Findings by rule",
        "  2  ingress-backend-service-missing  Title of ingress-backend-service-missing",
        "  1  z-rule                           Title of z-rule",
    ]


def test_suppressed_and_context_are_said() -> None:
    last = lines(shop(), width=200)[-1]

    assert "1 suppressed" in last
    assert "1 file read for references only" in last
