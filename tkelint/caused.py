"""What a change caused: the findings of a tree that the tree before it does not have."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tkelint.problem import Finding


class Difference(NamedTuple):
    """The findings of two trees, each in the order of reports."""

    caused: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]  # as they are after the change
    gone: tuple[Finding, ...]


def difference(old: Iterable[Finding], new: Iterable[Finding]) -> Difference:
    """Compare by fingerprint: what has moved, to another line or another file, is the same finding.

    Several findings may have one fingerprint (an object in two files). Then those of the same file belong together
    first, and as many as are left over are caused or gone. A finding that has become worse, or that holds for more
    worlds than before, is caused.
    """
    old, new = tuple(old), tuple(new)
    partners = _partners(old, new)
    caused: list[Finding] = []
    unchanged: list[Finding] = []
    for index, finding in enumerate(new):
        partner = partners.get(index)
        is_caused = partner is None or _is_worse(finding, old[partner])
        (caused if is_caused else unchanged).append(finding)
    taken = set(partners.values())
    gone = tuple(finding for index, finding in enumerate(old) if index not in taken)
    return Difference(tuple(caused), tuple(unchanged), gone)


def _is_worse(finding: Finding, before: Finding) -> bool:
    """Worlds are counted, since those of a render are called as its folder is, and folders are renamed."""
    return finding.severity.rank < before.severity.rank or len(finding.worlds) > len(before.worlds)


def _partners(old: Sequence[Finding], new: Sequence[Finding]) -> dict[int, int]:
    """Which of the old findings each new one is, both by their index."""
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for key in (_in_file, _anywhere):
        waiting: dict[tuple[str, ...], deque[int]] = defaultdict(deque)
        for index, finding in enumerate(old):
            if index not in taken:
                waiting[key(finding)].append(index)
        for index, finding in enumerate(new):
            candidates = waiting.get(key(finding)) if index not in partners else None
            if candidates:
                partners[index] = candidates.popleft()
                taken.add(partners[index])
    return partners


def _in_file(finding: Finding) -> tuple[str, ...]:
    return finding.fingerprint, finding.place.source.path


def _anywhere(finding: Finding) -> tuple[str, ...]:
    return (finding.fingerprint,)
