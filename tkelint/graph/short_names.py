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
_SCHEME_BEFORE = re.compile(r"(?<![\w.+-])[A-Za-z][A-Za-z0-9+-]{0,31}\Z")
_AUTHORITY = re.compile(rf"(?:[^\s/@\"']{{0,256}}@)?({_LABEL})(?::(\d{{1,5}}))?(?![\w.:@-])")
_PORT = re.compile(r":(\d{1,5})(?![\w.:-])")
_LABEL_BEFORE = re.compile(rf"(?<![\w./@:-]){_LABEL}\Z")
_LONGEST_SCHEME = 32
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
        yield from _in_urls(text)
        yield from _with_ports(text)
    elif len(text) <= _LONGEST_LABEL and _WHOLE.match(text) and _HOST_SETTING.search(setting):
        yield ShortName(0, text)


def _in_urls(text: str) -> Iterator[ShortName]:
    """The hosts of URLs. Each look begins at what is rare, so that a long text costs no more than its length."""
    position = text.find("://")
    while position >= 0:
        scheme = _SCHEME_BEFORE.search(text[max(0, position - _LONGEST_SCHEME - 1) : position])
        match = _AUTHORITY.match(text, position + len("://")) if scheme else None
        if scheme and match:
            yield ShortName(match.start(1), match[1], int(match[2]) if match[2] else None, scheme[0].lower())
        position = text.find("://", position + 1)


def _with_ports(text: str) -> Iterator[ShortName]:
    for port in _PORT.finditer(text):
        first = max(0, port.start() - _LONGEST_LABEL - 1)
        label = _LABEL_BEFORE.search(text[first : port.start()])
        if label:
            yield ShortName(first + label.start(), label[0], int(port[1]))
