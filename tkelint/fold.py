"""One finding for what several worlds share: the same mistake in a base is found in each of its overlays."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tkelint.source import Precision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tkelint.problem import Finding

_BY_PLACE = frozenset({Precision.EXACT, Precision.KEY_PATH})


def fold(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, with the names of all worlds it was found in and its worst severity.

    At one place a rule says the same, even if it names an object differently (`prod-web`, `test-web`). Where the place
    is only an object or a file, the words must be the same too.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for finding in findings:
        place = finding.place
        words = "" if place.precision in _BY_PLACE else finding.message["en"]
        key = finding.rule_id, place.source.path, place.span, finding.field, words
        seen[key, finding.worlds] += 1  # a rule may say several things of one place
        groups.setdefault((key, seen[key, finding.worlds]), []).append(finding)
    return [_one(group) for group in groups.values()]


def _one(group: list[Finding]) -> Finding:
    worst = min(group, key=lambda finding: finding.severity.rank)
    return worst._replace(worlds=tuple(dict.fromkeys(name for finding in group for name in finding.worlds)))
