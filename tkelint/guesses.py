"""What a misspelt word was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_MOST_GUESSES = 100
_LONGEST_WORD = 100


class Guesses:
    """The nearest of some names. Each guess takes about a millisecond, so there is a limit to how many are made."""

    def __init__(self, names: Collection[str], cutoff: float = 0.6) -> None:
        self._names = sorted(names)
        self._cutoff = cutoff
        self._made: dict[str, str] = {}

    def nearest(self, word: str) -> str:
        """The name that is most like a word; "" when there is none, or too many other words were asked for.

        >>> Guesses(["errors", "forward"]).nearest("fowrard")
        'forward'
        """
        if word not in self._made:
            if len(self._made) >= _MOST_GUESSES or len(word) > _LONGEST_WORD:
                return ""
            self._made[word] = next(iter(close_matches(word, self._names, most=1, cutoff=self._cutoff)), "")
        return self._made[word]


def close_matches(word: str, names: Sequence[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """The names that are most like a word, best first."""
    import difflib  # noqa: PLC0415 - only a mistake asks

    return difflib.get_close_matches(word, names, n=most, cutoff=cutoff)


def similarity(one: str, other: str) -> float:
    """How much two texts are alike, from 0 to 1."""
    import difflib  # noqa: PLC0415 - as above

    return difflib.SequenceMatcher(None, one, other).ratio()


def distance(one: str, other: str, most: int) -> int:
    """How many letters must be put in, taken out or changed to make one word of another; `most + 1` if more.

    >>> distance("existLBId", "existLbId", 2), distance("annotation", "anotations", 2), distance("a", "abcde", 2)
    (1, 2, 3)
    """
    if abs(len(one) - len(other)) > most or max(len(one), len(other)) > _LONGEST_WORD:
        return most + 1
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, 1):
        before, row = row, [line]
        for column, wanted in enumerate(other, 1):
            changed = before[column - 1] + (letter != wanted)
            row.append(min(before[column] + 1, row[-1] + 1, changed))
    return min(row[-1], most + 1)
