"""Names of one label that mean a Service of the same namespace: `http://payments`, `redis:6379`, `REDIS_HOST=redis`.

A word is no proof, so a name counts only where such a Service is here and the text reads like an address: a scheme, a
port that the Service has, or a setting called a host whose whole value it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_URL = re.compile(
    rf"(?<![\w.+-])([A-Za-z][A-Za-z0-9+-]{{0,31}})://(?:[^\s/@\"']{{0,256}}@)?({_LABEL})(?::(\d{{1,5}}))?(?![\w.:@-])"
)
_WITH_PORT = re.compile(rf"(?<![\w./@:-])({_LABEL}):(\d{{1,5}})(?![\w.:-])")
_HOST_SETTING = re.compile(r"HOST|ADDR|SERVER|SERVICE|URL|URI|ENDPOINT|UPSTREAM|BACKEND|TARGET", re.IGNORECASE)
_LONGEST_LABEL = 63
_WHOLE = re.compile(rf"{_LABEL}\Z")


class ShortName(NamedTuple):
    """A word that may be the name of a Service, with where it begins in the text."""

    start: int
    name: str
    port: int | None = None
    scheme: str = ""


def names_in(text: str, setting: str = "") -> Iterator[ShortName]:
    """The names of one label in a text; `setting` is what the text is called.

    >>> list(names_in("http://payments:80/v1"))
    [ShortName(start=7, name='payments', port=80, scheme='http')]
    >>> list(names_in("redis", "CACHE_HOST")), list(names_in("redis", "CACHE"))
    ([ShortName(start=0, name='redis', port=None, scheme='')], [])
    """
    if ":" in text:
        for match in _URL.finditer(text):
            yield ShortName(match.start(2), match[2], int(match[3]) if match[3] else None, match[1].lower())
        for match in _WITH_PORT.finditer(text):
            yield ShortName(match.start(1), match[1], int(match[2]))
    elif len(text) <= _LONGEST_LABEL and _WHOLE.match(text) and _HOST_SETTING.search(setting):
        yield ShortName(0, text)
