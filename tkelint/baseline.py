"""The baseline: what was there when a team began, so that only what is new is reported.

A finding is recognised by its semantic fingerprint, which survives renamed files, moved lines, another order and
another indentation. Two equal findings count twice. The file has one entry on a line, sorted, so that the changes of
two branches merge unless they are neighbours.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tkelint.problem import Finding

FILE_NAME: Final = ".tkelint-baseline.jsonl"
FORMAT_VERSION: Final = 1

_HEAD: Final = "tkelintBaseline"


class Entry(NamedTuple):
    """A finding that is known, `times` times. `rule` and `object` are for people: the fingerprint counts."""

    rule: str
    object: str
    fingerprint: str
    times: int = 1


class BaselineError(ValueError):
    """A file that is no baseline. `key` names a text of the command line, `line` is where (from 1)."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(f"{key} in line {line}")
        self.key = key
        self.line = line


class Compared(NamedTuple):
    """Findings against a baseline: the new ones, the known ones, and entries (with the surplus) that match nothing."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    stale: tuple[Entry, ...]


def entries_of(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    """The baseline of some findings, sorted."""
    counts = Counter((finding.rule_id, finding.subject, finding.fingerprint) for finding in findings)
    return tuple(sorted(Entry(*identity, count) for identity, count in counts.items()))


def text_of(entries: Iterable[Entry]) -> Iterator[str]:
    """The lines of a baseline file."""
    yield json.dumps({_HEAD: FORMAT_VERSION}) + "\n"
    for entry in sorted(entries):
        counted = {} if entry.times == 1 else {"times": entry.times}
        value = {"rule": entry.rule, "object": entry.object, "fingerprint": entry.fingerprint, **counted}
        yield json.dumps(value, ensure_ascii=True) + "\n"


def parse(text: str) -> tuple[Entry, ...]:
    """The entries of a baseline file. Raises `BaselineError`, also for what a merge left unresolved."""
    lines = text.splitlines()
    head = _value(lines[0], 1) if lines else None
    if head is None or head.get(_HEAD) != FORMAT_VERSION:
        raise BaselineError("no-baseline-file", 1)
    return tuple(_entry(line, number) for number, line in enumerate(lines[1:], 2) if line.strip())


def compare(findings: Sequence[Finding], baseline: Iterable[Entry]) -> Compared:
    """Tell what is new from what the baseline has: each of its entries covers as many findings as it counts."""
    entries = {entry.fingerprint: entry for entry in baseline}
    left = Counter({entry.fingerprint: entry.times for entry in entries.values()})
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        is_known = left[finding.fingerprint] > 0
        left[finding.fingerprint] -= is_known
        (known if is_known else new).append(finding)
    stale = tuple(entries[each]._replace(times=count) for each, count in left.items() if count > 0)
    return Compared(tuple(new), tuple(known), tuple(sorted(stale)))


def without(baseline: Iterable[Entry], stale: Iterable[Entry]) -> tuple[Entry, ...]:
    """A baseline without entries that match nothing any more; nothing is ever added."""
    surplus = Counter({entry.fingerprint: entry.times for entry in stale})
    rest = (entry._replace(times=entry.times - surplus[entry.fingerprint]) for entry in baseline)
    return tuple(entry for entry in rest if entry.times > 0)


def _value(line: str, number: int) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        key = "baseline-conflict" if line.startswith(("<<<<<<<", "=======", ">>>>>>>")) else "no-baseline-entry"
        raise BaselineError(key if number > 1 else "no-baseline-file", number) from None
    return value if isinstance(value, dict) else None


def _entry(line: str, number: int) -> Entry:
    match _value(line, number):
        case {"rule": str() as rule, "object": str() as subject, "fingerprint": str() as fingerprint, **rest}:
            count = rest.get("times", 1)
            if type(count) is int and count > 0:
                return Entry(rule, subject, fingerprint, count)
    raise BaselineError("no-baseline-entry", number)
