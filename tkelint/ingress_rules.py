"""Which forwarding rules of an Ingress stand on which of its listeners, and where requests are redirected.

https://cloud.tencent.com/document/product/457/45693 (mixed protocols), https://cloud.tencent.com/document/product/457/59096
(redirects). What the entries of the two annotations say stands here; whether they say it well is for the rules.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import embedded_json, ingresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.embedded_json import EmbeddedJson
    from tkelint.ingresses import ForwardingRule, Listener
    from tkelint.resource import Node, Resource

RULES_OF = {"HTTP": ingresses.HTTP_RULES, "HTTPS": ingresses.HTTPS_RULES}
DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}

MatchKey = tuple[str, str, str, str]


class Redirect(NamedTuple):
    """Where an entry sends its requests. `host` is "" where the entry says none; `port` is `None` when unreadable."""

    port: int | None
    host: str
    path: str


class Entry(NamedTuple):
    """One entry of `http-rules` or `https-rules`. `host` is "" for the VIP; `port` is text, as it is compared."""

    json: EmbeddedJson
    position: int
    protocol: str
    host: str
    path: str
    service: str | None
    port: str | None
    redirect: Redirect | None

    @property
    def node(self) -> Node:
        """The whole entry inside the annotation."""
        return self.json.at(self.position)

    def at(self, *path: str | int) -> Node:
        """A part of the entry."""
        return self.json.at(self.position, *path)

    @property
    def key(self) -> MatchKey:
        """What tells which forwarding rule it selects: host, path, Service and port, to the letter."""
        return self.host, self.path, self.service or "", self.port or ""


class Placement(NamedTuple):
    """The forwarding rules on the HTTP and on the HTTPS listeners, and those that no entry selects.

    `is_known` is false where an annotation cannot be read: every rule then counts on both sides.
    """

    http: tuple[ForwardingRule, ...]
    https: tuple[ForwardingRule, ...]
    unselected: tuple[ForwardingRule, ...] = ()
    is_known: bool = True


def is_mixed(ingress: Resource) -> bool:
    """Whether entries put each rule on HTTP or HTTPS: without TLS the annotation has no effect."""
    return ingress.annotations.get(ingresses.RULE_MIX) == "true" and ingresses.has_certificate(ingress)


@functools.lru_cache(maxsize=64)  # the rules of one Ingress ask one after the other
def entries(ingress: Resource) -> tuple[Entry, ...]:
    """The entries of both annotations that are objects, those of `http-rules` first."""
    return tuple(entry for protocol in RULES_OF for entry in _entries(ingress, protocol))


def _entries(ingress: Resource, protocol: str) -> Iterator[Entry]:
    json = embedded_json.read(ingress.annotation(RULES_OF[protocol]))
    if json is None or not isinstance(json.value, list):
        return
    for position, item in enumerate(json.value):
        if isinstance(item, dict):
            backend = item.get("backend")
            backend = backend if isinstance(backend, dict) else {}
            yield Entry(
                json,
                position,
                protocol,
                host=_text(item.get("host")),
                path=_text(item.get("path")) or "/",
                service=_text(backend.get("serviceName")) or None,
                port=_port_text(backend.get("servicePort")),
                redirect=_redirect(item.get("rewrite")),
            )


def _redirect(value: object) -> Redirect | None:
    if not isinstance(value, dict):
        return None
    port = value.get("port")
    number = int(port) if isinstance(port, str) and port.isascii() and port.isdigit() and len(port) < 6 else port
    return Redirect(number if type(number) is int else None, _text(value.get("host")), _text(value.get("path")) or "/")


def match_key(rule: ForwardingRule) -> MatchKey:
    """What an entry must say to select a forwarding rule: see `Entry.key`."""
    return rule.host, rule.path, rule.service or "", "" if rule.port is None else str(rule.port)


@functools.lru_cache(maxsize=64)
def placement(ingress: Resource) -> Placement:
    """Which rules stand on which side.

    With `rule-mix` a rule goes where an entry selects it, on both sides if both do, and to HTTPS if none does. An
    automatic redirect gives every HTTPS rule a twin on HTTP. Otherwise all rules stand on each listener.
    """
    every = ingresses.forwarding_rules(ingress)
    if not is_mixed(ingress):
        protocols = {listener.protocol for listener in ingresses.listeners(ingress)}
        return Placement(
            every if "HTTP" in protocols else (), every if "HTTPS" in protocols else (), is_known=bool(protocols)
        )
    selected: dict[str, set[MatchKey]] = {protocol: set() for protocol in RULES_OF}
    for entry in entries(ingress):
        selected[entry.protocol].add(entry.key)
    by_key = [(rule, match_key(rule)) for rule in every]
    unselected = tuple(rule for rule, key in by_key if not any(key in keys for keys in selected.values()))
    https = tuple(rule for rule, key in by_key if key in selected["HTTPS"] or key not in selected["HTTP"])
    http = tuple(rule for rule, key in by_key if key in selected["HTTP"])
    if ingress.annotations.get(ingresses.AUTO_REWRITE) == "true":
        http = tuple(dict.fromkeys((*http, *https)))
    if not _are_readable(ingress):
        return Placement(every, every, is_known=False)
    return Placement(http, https, unselected)


def rules_of(ingress: Resource, listener: Listener) -> tuple[ForwardingRule, ...]:
    """The forwarding rules on one listener, as far as they are known; see `placement`."""
    placed = placement(ingress)
    return placed.https if listener.protocol == "HTTPS" else placed.http


def _are_readable(ingress: Resource) -> bool:
    """Whether both annotations are JSON arrays, `null` or not there."""
    for key in RULES_OF.values():
        json = embedded_json.read(ingress.annotation(key))
        if json is not None and (json.fault is not None or not isinstance(json.value, (list, type(None)))):
            return False
    return True


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _port_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int else None
