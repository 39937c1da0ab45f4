"""Names of one label that mean a Service of the same namespace: `http://payments`, `redis:6379`, `REDIS_HOST=redis`.

A word is no proof, so a name counts only where such a Service is here and the text reads like an address: a scheme, a
port that the Service has, or a setting called a host whose whole value it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tkelint import services
from tkelint.mentions import Mention, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.pods import Workload
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_URL = re.compile(
    rf"(?<![\w.+-])([A-Za-z][A-Za-z0-9+-]{{0,31}})://(?:[^\s/@\"']{{0,256}}@)?({_LABEL})(?::(\d{{1,5}}))?(?![\w.:@-])"
)
_WITH_PORT = re.compile(rf"(?<![\w./@:-])({_LABEL}):(\d{{1,5}})(?![\w.:-])")
_HOST_SETTING = re.compile(r"HOST|ADDR|SERVER|SERVICE|URL|URI|ENDPOINT|UPSTREAM|BACKEND|TARGET", re.IGNORECASE)
_WHOLE = re.compile(rf"{_LABEL}\Z")
_LONGEST_TEXT = 200_000  # characters: a longer text is no setting but a file of data


class ShortMention(NamedTuple):
    """A mention of a Service by its name alone, with the Services it may be."""

    mention: Mention
    services: tuple[Resource, ...]


def short_mentions(workload: Workload, workspace: Workspace) -> Iterator[ShortMention]:
    """Each Service of its own namespace that a workload mentions by name alone."""
    for node, setting, links in texts(workload, workspace, _may_hold_names):
        for start, name, port, scheme in _names(node.value, setting):
            candidates = workspace.named("Service", name, workload.resource)
            is_open = scheme or port is None or any(services.may_serve(candidate, port) for candidate in candidates)
            if candidates and is_open:
                where = node.text(start, start + len(name))
                mention = Mention(workload, where, name, port, scheme, is_likely_call=True, links=links)
                yield ShortMention(mention, candidates)


def _may_hold_names(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_TEXT


def _names(text: str, setting: str) -> Iterator[tuple[int, str, int | None, str]]:
    """Where a name begins, the name, its port and its scheme."""
    if _HOST_SETTING.search(setting) and _WHOLE.match(text):
        yield 0, text, None, ""
        return
    if ":" not in text:
        return
    for match in _URL.finditer(text):
        yield match.start(2), match[2], int(match[3]) if match[3] else None, match[1].lower()
    for match in _WITH_PORT.finditer(text):
        yield match.start(1), match[1], int(match[2]), ""
