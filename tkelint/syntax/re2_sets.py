"""Sets of ASCII characters as masks of 128 bits: what RE2's classes, ranges and case folding stand for.

The texts that are matched are DNS names, so what lies beyond ASCII is in no set.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ASCII = (1 << 128) - 1

_CATEGORIES = frozenset(
    f"{major}{minor}"
    for major, minors in {
        "C": "cfos",
        "L": "lmotu",
        "M": "cen",
        "N": "dlo",
        "P": "cdefios",
        "S": "ckmo",
        "Z": "lps",
    }.items()
    for minor in ("", *minors)
)


def mask_of(characters: str) -> int:
    """The set of some ASCII characters."""
    return sum(1 << ord(character) for character in set(characters))


def _range(low: int, high: int) -> int:
    high = min(high, 127)
    return ((1 << (high + 1)) - 1) & ~((1 << low) - 1) if low <= high else 0


_LOWER, _UPPER, _DIGIT = _range(97, 122), _range(65, 90), _range(48, 57)
PERL = {"d": _DIGIT, "s": mask_of("\t\n\f\r "), "w": _DIGIT | _LOWER | _UPPER | mask_of("_")}
POSIX = {
    "alnum": _DIGIT | _LOWER | _UPPER,
    "alpha": _LOWER | _UPPER,
    "ascii": ASCII,
    "blank": mask_of("\t "),
    "cntrl": _range(0, 31) | _range(127, 127),
    "digit": _DIGIT,
    "graph": _range(33, 126),
    "lower": _LOWER,
    "print": _range(32, 126),
    "punct": _range(33, 126) & ~(_DIGIT | _LOWER | _UPPER),
    "space": mask_of("\t\n\v\f\r "),
    "upper": _UPPER,
    "word": PERL["w"],
    "xdigit": _DIGIT | mask_of("abcdefABCDEF"),
}
WORD = PERL["w"]


def range_mask(low: int, high: int, *, fold: bool) -> int:
    """The ASCII characters of a range of code points; with `fold` those that equal one of them in any case."""
    mask = _range(low, high)
    if not fold:
        return mask
    # U+017F and U+212A are the two characters beyond ASCII that fold to ASCII ones.
    if low <= 0x17F <= high:
        mask |= mask_of("s")
    if low <= 0x212A <= high:
        mask |= mask_of("k")
    return folded(mask)


def folded(mask: int) -> int:
    """The set with both cases of each of its letters."""
    return mask | ((mask & _LOWER) >> 32) | ((mask & _UPPER) << 32)


@lru_cache(maxsize=64)
def category_mask(name: str) -> int | None:
    """The set of a general category such as `Lu`; `None` for what is none, such as the name of a script."""
    if name in {"Any", "Assigned", "ASCII"}:
        return ASCII
    if name not in _CATEGORIES:
        return None
    return mask_of("".join(chr(code) for code in range(128) if unicodedata.category(chr(code)).startswith(name)))
