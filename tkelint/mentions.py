"""Where workloads mention hosts: environment, command, arguments, and the ConfigMaps they use.

A mention is a text that looks like an address a program will call. It is evidence, not proof: `likely` where the text
reads like a call, else `possible` (names of public addresses and server settings are weak). Comments, mail addresses,
file names and names with holes (`${ZONE}`) are no mentions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from tkelint.pods import Workload
    from tkelint.resource import Node
    from tkelint.workspace import Workspace

    Wanted = Callable[[object], bool]  # whether a look into a value is worth while
    Text = tuple[Node, str, tuple[Node, ...]]  # a text, the name of the setting, and the nodes that lead to it

# Every pattern reads a letter once, or no more letters than its bound: a hostile text costs no more than a long one.
_RUN = pattern(r"[A-Za-z0-9][A-Za-z0-9.-]*")  # letters of host names; what is no name is sorted out below
_PORT = pattern(r":(\d{1,5})(?![\d.])")
_USER_INFO_END = pattern(r"(?::[^\s/?#\"'@]{0,200})?@")
_USER_INFO_BREAK = pattern(r"[\s/@\"']")
_SCHEME_END = pattern(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_PREFIX_LENGTH = pattern(r"/\d{1,3}(?![\w.])")
_LINE = pattern(r"[^\r\n]+")
_COMMENT_LINE = pattern(r"\s*(?:#|//|/\*|\*\s|;|--\s|<!--)")
_COMMENT_AFTER_TEXT = pattern(r"\s#\s")

_LONGEST_NAME = 253
_LONGEST_LABEL = 63
_LONGEST_SCHEME = 32
_LONGEST_USER_INFO = 256

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}

# Settings that tell a program its own public name, or whom not to ask, not whom to call.
_OWN_NAME = pattern(
    r"PUBLIC|EXTERNAL|(?:BASE|ROOT|SITE)[_-]?URL|REDIRECT|CALLBACK|ALLOWED|ORIGIN|ISSUER|CORS|COOKIE|SERVER[_-]?NAME"
    r"|VIRTUAL[_-]?HOST|INGRESS|DOMAIN[_-]?NAME|LISTEN|NO[_-]?PROXY",
    re.IGNORECASE,
)


class Host(NamedTuple):
    """A host in a text, at `[start, end)` of it. `name` is in lower case without a final dot."""

    start: int
    end: int
    name: str
    port: int | None = None
    scheme: str = ""
    is_likely_call: bool = False

    @property
    def called_port(self) -> int | None:
        """The port that is called: the one in the text, else the one that the scheme stands for."""
        return self.port or _DEFAULT_PORTS.get(self.scheme)


class Line(NamedTuple):
    """A line `[start, end)` of a text. Names behind `weak_from` are likely the program's own and not called."""

    start: int
    end: int
    weak_from: int
    is_file: bool  # whether the text has more lines, such as a file of configuration


class User(NamedTuple):
    """A workload that is configured with a text. `links` leads from the workload to a ConfigMap the text stands in."""

    workload: Workload
    links: tuple[Node, ...] = ()


class Setting(NamedTuple):
    """A text that workloads are configured with: its node, the hosts in it, and who uses it."""

    node: Node
    hosts: tuple[Host, ...]
    users: tuple[User, ...]


class Mention(NamedTuple):
    """One host in the settings of one workload. `links` leads from the workload to a ConfigMap it stands in."""

    workload: Workload
    node: Node
    host: str  # lower case, without final dot
    port: int | None
    scheme: str
    is_likely_call: bool
    links: tuple[Node, ...] = ()


class _ConfigMapUse(NamedTuple):
    """A ConfigMap that a workload uses, all of it or some keys; `link` is the node that names it."""

    name: object
    keys: Collection[str] | None
    link: Node


def settings(workspace: Workspace) -> tuple[Setting, ...]:
    """Every text with hosts of two labels or more that a workload is configured with, each once.

    Workloads without replicas call nobody.
    """
    return workspace.once(_settings)


def mentions_of(setting: Setting, host: Host) -> Iterator[Mention]:
    """A host of a setting as each of the users mentions it."""
    node = setting.node.text(host.start, host.end)
    for user in setting.users:
        yield Mention(user.workload, node, host.name, host.port, host.scheme, host.is_likely_call, user.links)


def _settings(workspace: Workspace) -> tuple[Setting, ...]:
    return settings_with(hosts_in, _may_hold_hosts, workspace)


def settings_with(
    read_hosts: Callable[[str, str], Iterable[Host]], is_wanted: Wanted, workspace: Workspace
) -> tuple[Setting, ...]:
    """Every wanted text that workloads are configured with and in which hosts are read, each once."""
    users: dict[tuple[Node, str], tuple[str, list[User]]] = {}
    for workload, text, (node, name, links) in workspace.once(all_texts):
        if is_wanted(text):
            users.setdefault((node, name), (text, []))[1].append(User(workload, links))
    known: dict[tuple[str, str], tuple[Host, ...]] = {}  # many workloads are configured alike
    found: list[Setting] = []
    for (node, name), (text, using) in users.items():
        hosts = known.get((text, name))
        if hosts is None:
            hosts = known[text, name] = tuple(read_hosts(text, name))
        if hosts:
            found.append(Setting(node, hosts, tuple(using)))
    return tuple(found)


def all_texts(workspace: Workspace) -> tuple[tuple[Workload, str, Text], ...]:
    """The texts of all workloads that run and that may name a host, each with its workload: looked for once."""
    return tuple(
        (workload, found[0].value, found)
        for workload in workspace.workloads
        if workload.runs
        for found in texts(workload, workspace, _may_name_any)
    )


def _may_name_any(text: object) -> bool:
    """Whether a text has what a host of any kind needs: a dot, a port or scheme, or no more than one label."""
    return isinstance(text, str) and ("." in text or ":" in text or len(text) <= _LONGEST_LABEL)


def texts(workload: Workload, workspace: Workspace, is_wanted: Wanted) -> Iterator[Text]:
    """Each text a workload is configured with that is wanted, with the name of the setting and what leads to it."""
    # On plain values: nodes are made for what is wanted only, since most settings are not.
    for container, value in workload.containers():
        for key in ("command", "args"):
            if key in value:
                yield from _words(container.child(key), is_wanted)
        for index, variable in _mappings(value.get("env")):
            name = variable.get("name")
            if is_wanted(variable.get("value")):
                yield container.child("env", index, "value"), name if isinstance(name, str) else "", ()
            reference = _mapping(_mapping(variable.get("valueFrom")).get("configMapKeyRef"))
            if reference:
                link = container.child("env", index, "valueFrom", "configMapKeyRef", "name")
                keys = _strings([reference.get("key")])
                yield from _config_map(_ConfigMapUse(reference.get("name"), keys, link), workspace, is_wanted)
        for index, variables in _mappings(value.get("envFrom")):
            name = _mapping(variables.get("configMapRef")).get("name")
            link = container.child("envFrom", index, "configMapRef", "name")
            yield from _config_map(_ConfigMapUse(name, None, link), workspace, is_wanted)
    for index, volume in _mappings(workload.spec.get("volumes")):
        node = workload.node("volumes", index)
        yield from _volume(node.child("configMap"), volume.get("configMap"), workspace, is_wanted)
        for number, source in _mappings(_mapping(volume.get("projected")).get("sources")):
            link = node.child("projected", "sources", number, "configMap")
            yield from _volume(link, source.get("configMap"), workspace, is_wanted)


def _words(node: Node, is_wanted: Wanted) -> Iterator[Text]:
    """The words of a command line. `--name=value` and `--name value` are settings with a name."""
    words = node.value if isinstance(node.value, list) else []
    previous = ""
    for index, word in enumerate(words):
        if isinstance(word, str):
            name = word.partition("=")[0] if word.startswith("-") else previous
            if is_wanted(word):
                yield node.child(index), name, ()
            previous = word if word.startswith("-") and "=" not in word else ""


def _volume(node: Node, source: object, workspace: Workspace, is_wanted: Wanted) -> Iterator[Text]:
    """The texts of a ConfigMap that is mounted: all of them, or the keys that `items` lists."""
    source = _mapping(source)
    items = source.get("items")
    keys = _strings(_mapping(item).get("key") for item in items) if isinstance(items, list) else None
    yield from _config_map(_ConfigMapUse(source.get("name"), keys, node.child("name")), workspace, is_wanted)


def _config_map(use: _ConfigMapUse, workspace: Workspace, is_wanted: Wanted) -> Iterator[Text]:
    """The texts of a ConfigMap a workload uses, or of some of its keys. A Corefile is no setting of a client."""
    if not isinstance(use.name, str):
        return
    for config_map in workspace.named("ConfigMap", use.name, use.link.resource):
        for key, text in config_map.mapping("data").items():
            if is_wanted(text) and (use.keys is None or key in use.keys) and not key.startswith("Corefile"):
                yield config_map.node("data", key), key, (use.link,)


def _may_hold_hosts(text: object) -> bool:
    """Whether a look into a text is worth while: a host of two labels has a dot, and most settings have none."""
    return isinstance(text, str) and "." in text


def hosts_in(text: str, setting: str = "") -> Iterator[Host]:
    """The hosts of two labels or more in a text; `setting` is what the text is called.

    >>> list(hosts_in("http://api.corp.example:8080/v1", "API"))
    [Host(start=7, end=23, name='api.corp.example', port=8080, scheme='http', is_likely_call=True)]
    """
    if "." not in text:
        return
    for line in lines_of(text, setting):
        if text.find(".", line.start, line.end) >= 0:
            yield from _hosts_of_line(text, line)


def lines_of(text: str, setting: str = "") -> Iterator[Line]:
    """The lines of a text without comments; `setting` is what the text is called."""
    is_file = "\n" in text.strip()
    own_name = _OWN_NAME.search(setting) is not None
    for line in _LINE.finditer(text):
        if is_file and _COMMENT_LINE.match(line[0]):
            continue
        start, end = line.span()
        comment = _COMMENT_AFTER_TEXT.search(text, start, end) if is_file else None
        end = comment.start() if comment else end
        weak = None if own_name else _OWN_NAME.search(text, start, end)
        yield Line(start, end, -1 if own_name else weak.start() if weak else end, is_file)


def _hosts_of_line(text: str, line: Line) -> Iterator[Host]:
    start, end, weak_from, is_file = line
    for run in _RUN.finditer(text, start, end):
        name = run[0].rstrip(".-")
        if not _is_name(name) or not _is_whole(text, run):
            continue
        scheme = _scheme(text, run.start())
        if not scheme and name.replace(".", "").isdigit() and _PREFIX_LENGTH.match(text, run.end()):
            continue
        port = _PORT.match(text, run.end())
        # `DNS:name` stands in certificates.
        is_weak = run.start() > weak_from or text.endswith("DNS:", 0, run.start())
        is_likely = not is_weak and bool(scheme or port or not is_file)
        number = int(port[1]) if port else None
        yield Host(run.start(), run.start() + len(name), name.lower(), number, scheme, is_likely)


def _is_name(run: str) -> bool:
    if "." not in run or len(run) > _LONGEST_NAME:
        return False
    return not any(hole in run for hole in ("..", "-.", ".-"))


def _is_whole(text: str, run: re.Match[str]) -> bool:
    """Whether a run is a host of its own: not a part of a longer word, a path, a mail address or a file name."""
    start, end = run.span()
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    if before in {"_", "-", ".", "%", "$", "*", "\\", "}", ")"} or after in {"_", "%", "*", "$", "{", "(", "="}:
        return False
    if after == "<" and text[end - 1] == ".":
        return False
    if _USER_INFO_END.match(text, end):
        return False
    if before == "@":
        return _authority_start(text, start) is not None
    return before != "/" or text[max(0, start - 2) : start] == "//"


def _scheme(text: str, start: int) -> str:
    """The scheme of the URL whose host starts here, in lower case."""
    authority = start if text.endswith("://", 0, start) else _authority_start(text, start)
    if authority is None:
        return ""
    end = authority - len("://")
    scheme = _SCHEME_END.search(text[max(0, end - _LONGEST_SCHEME) : end])
    return scheme[0].lower() if scheme else ""


def _authority_start(text: str, start: int) -> int | None:
    """Where `user:password@host` starts behind `://`, for a host that starts here behind `@`."""
    if not text.endswith("@", 0, start):
        return None
    found = text.rfind("://", max(0, start - _LONGEST_USER_INFO), start)
    if found < 0 or _USER_INFO_BREAK.search(text, found + len("://"), start - 1):
        return None
    return found + len("://")


def _mappings(value: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """The mappings of a list, with their indexes."""
    if isinstance(value, list):
        yield from ((index, item) for index, item in enumerate(value) if isinstance(item, dict))


def _strings(values: Iterable[object]) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
