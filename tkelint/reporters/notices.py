"""What a report says besides findings: rules that crashed and files that were not looked at.

Formats made of findings only take each as an entry of its own, so that nothing is dropped in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkelint.language import reason, text
from tkelint.report import FileState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.report import Report

RULE_CRASHED = "rule-crashed"
FILE_NOT_READ = "file-not-read"


class Notice(NamedTuple):
    """One thing to tell; `key` is `RULE_CRASHED` or `FILE_NOT_READ`."""

    key: str
    path: str
    message: str


def notices(report: Report, language: str) -> Iterator[Notice]:
    """The notices of a report in a language, crashes first."""
    for crash in report.crashes:
        message = text(
            "crash",
            language,
            rule=crash.rule_id,
            subject=crash.subject,
            path=crash.path,
            detail=crash.error,
            count=crash.times,
        )
        yield Notice(RULE_CRASHED, crash.path, message)
    for status in report.files:
        if status.state is FileState.UNREADABLE:
            why = reason(status.reason, language, **status.parameters)
            message = text("file-notice", language, path=status.path, reason=why)
            yield Notice(FILE_NOT_READ, status.path, message)
