"""Names of one label that mean a Service of the same namespace: `http://payments`, `redis:6379`, `REDIS_HOST=redis`.

A word is no proof, so a name counts only where the text reads like an address: a scheme, a port, or a setting called a
host whose whole value it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tkelint.mentions import Host, lines_of, settings_with
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.mentions import Line, Setting
    from tkelint.workspace import Workspace

# A Service's name begins with a letter (RFC 1035), so that times and addresses are none.
_LABEL = r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SCHEME_BEFORE = pattern(r"(?<![\w.+-])[A-Za-z][A-Za-z0-9+-]{0,31}\Z")
_AUTHORITY = pattern(rf"(?:[^\s/@\"']{{0,256}}@)?({_LABEL})(?::(\d{{1,5}}))?(?![\w.:@$%{{<*-])")
_PORT = pattern(r":(\d{1,5})(?![\w.:-])")
_LABEL_BEFORE = pattern(rf"(?<![\w./@:$%}})>*-]){_LABEL}\Z")
_HOST_SETTING = pattern(r"HOST|ADDR|SERVER|SERVICE|URL|URI|ENDPOINT|UPSTREAM|BACKEND|TARGET", re.IGNORECASE)
_WHOLE = pattern(rf"{_LABEL}\Z")
_LONGEST_SCHEME = 32
_LONGEST_LABEL = 63
_LONGEST_TEXT = 200_000  # characters: what is longer is no setting but data


def short_hosts(text: str, setting: str = "") -> Iterator[Host]:
    """The names of one label in a text; `setting` is what the text is called.

    >>> [(host.name, host.port, host.scheme) for host in short_hosts("http://payments:80/v1")]
    [('payments', 80, 'http')]
    >>> [host.name for host in short_hosts("redis", "CACHE_HOST")], list(short_hosts("redis", "CACHE"))
    (['redis'], [])
    """
    if ":" in text:
        for line in lines_of(text, setting):
            if text.find(":", line.start, line.end) >= 0:
                yield from _in_urls(text, line)
                yield from _with_ports(text, line)
    elif may_name_host(text, setting):
        yield Host(0, len(text), text)


def may_name_host(text: str, setting: str) -> bool:
    """Whether a text is a single label and the whole value of a setting that is called a host."""
    return len(text) <= _LONGEST_LABEL and bool(_WHOLE.match(text) and _HOST_SETTING.search(setting))


def short_settings(workspace: Workspace) -> tuple[Setting, ...]:
    """Every text with names of one label that a workload is configured with, each once."""
    return workspace.once(_settings)


def _settings(workspace: Workspace) -> tuple[Setting, ...]:
    return settings_with(short_hosts, may_hold_short_hosts, workspace)


def may_hold_short_hosts(text: object) -> bool:
    """Whether a look into a text is worth while."""
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        return False
    return ":" in text or (len(text) <= _LONGEST_LABEL and _WHOLE.match(text) is not None)


def _in_urls(text: str, line: Line) -> Iterator[Host]:
    """The hosts of URLs. Each look begins at what is rare, so that a long text costs no more than its length."""
    position = text.find("://", line.start, line.end)
    while position >= 0:
        scheme = _SCHEME_BEFORE.search(text[max(line.start, position - _LONGEST_SCHEME - 1) : position])
        match = _AUTHORITY.match(text, position + len("://"), line.end) if scheme else None
        if scheme and match:
            port = int(match[2]) if match[2] else None
            is_likely = match.start(1) <= line.weak_from
            yield Host(match.start(1), match.end(1), match[1], port, scheme[0].lower(), is_likely)
        position = text.find("://", position + 1, line.end)


def _with_ports(text: str, line: Line) -> Iterator[Host]:
    for port in _PORT.finditer(text, line.start, line.end):
        first = max(line.start, port.start() - _LONGEST_LABEL - 1)
        label = _LABEL_BEFORE.search(text[first : port.start()])
        if label:
            start = first + label.start()
            yield Host(start, port.start(), label[0], int(port[1]), "", start <= line.weak_from)
