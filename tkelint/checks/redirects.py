"""Redirects of an Ingress: automatic ones from HTTP to HTTPS, and those of `rewrite` in the two lists of rules.

https://cloud.tencent.com/document/product/457/59096
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tkelint import embedded_json, ingress_rules, ingresses, services
from tkelint.checks.patches import may_be_patched_in
from tkelint.clb_annotations import ENABLE_GROUP
from tkelint.compiled import table
from tkelint.ingress_rules import DEFAULT_PORTS
from tkelint.ingresses import Listener
from tkelint.problem import Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.ingress_rules import Entry, Redirect
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_MOST_SHOWN = 10  # listeners in a message
_NEEDED = (Listener("HTTP", 80), Listener("HTTPS", 443))


class _Address(NamedTuple):
    """What a forwarding rule of a CLB is known by."""

    port: int
    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}{self.path}"


def auto_without_https(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An automatic redirect, and no certificate: there is no HTTPS to lead to."""
    if not _is_automatic(ingress, workspace) or ingresses.has_certificate(ingress):
        return
    if not may_be_patched_in("tls", workspace):
        yield Problem(node=ingress.annotation(ingresses.AUTO_REWRITE), parameters={"ingress": ingress.label})


def auto_ports(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An automatic redirect without a listener HTTP:80 or HTTPS:443. In a group another Ingress may have it."""
    annotations = ingress.annotations
    if not annotations.get(ingresses.LISTEN_PORTS) or annotations.get(ENABLE_GROUP) == "true":
        return
    if not _is_automatic(ingress, workspace):
        return
    listeners = ingresses.listeners(ingress)
    lacking = [listener for listener in _NEEDED if listener not in listeners]
    if listeners and lacking and ingresses.has_certificate(ingress):
        yield Problem(
            node=ingress.annotation(ingresses.LISTEN_PORTS),
            parameters={"ingress": ingress.label, "listeners": [str(listener) for listener in lacking]},
            related=(Related(ingress.annotation(ingresses.AUTO_REWRITE), "auto"),),
            fix=_with_listeners(ingress, lacking),
        )


def _with_listeners(ingress: Resource, lacking: Sequence[Listener]) -> Fix | None:
    """Add listeners to `listen-ports`, where their ports are free."""
    taken = {listener.port for listener in ingresses.listeners(ingress)}
    json = embedded_json.read(ingress.annotation(ingresses.LISTEN_PORTS))
    if json is None or not isinstance(json.value, list) or any(listener.port in taken for listener in lacking):
        return None
    last = len(json.value) - 1
    entries = [json.spelt(last), *(f'{{"{listener.protocol}":{listener.port}}}' for listener in lacking)]
    return Fix((Edit(json.at(last), ",".join(entries)),))


def auto_conflict(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An automatic redirect, and an entry for HTTP that wants the same host and path, or redirects from the host."""
    if not _is_automatic(ingress, workspace) or not ingress_rules.is_mixed(ingress):
        return
    placed = ingress_rules.placement(ingress)
    if not placed.is_known:
        return
    redirected = {(rule.host, rule.path) for rule in placed.https}
    hosts = {rule.host for rule in placed.https}
    for entry in ingress_rules.entries(ingress):
        if entry.protocol == "HTTP" and entry.host in hosts and not services.is_placeholder(entry.host + entry.path):
            same = (entry.host, entry.path) in redirected
            if same or entry.redirect:
                yield Problem(
                    node=entry.node,
                    message="rule" if same else "host",
                    likelihood="certain" if same else "likely",
                    parameters={"ingress": ingress.label, "url": entry.host + entry.path, "host": entry.host or "VIP"},
                    related=(Related(ingress.annotation(ingresses.AUTO_REWRITE), "auto"),),
                )


def support_missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Redirects without `rewrite-support`; in a group of Ingresses the annotation is obsolete."""
    annotations = ingress.annotations
    if annotations.get(ingresses.REWRITE_SUPPORT, "false") != "false" or annotations.get(ENABLE_GROUP) == "true":
        return
    if not ingresses.is_served_by_tke(ingress, workspace) or may_be_patched_in(ingresses.REWRITE_SUPPORT, workspace):
        return
    entry = next((entry for entry in ingress_rules.entries(ingress) if entry.redirect), None)
    if entry is not None:
        yield Problem(
            node=entry.at("rewrite"), message="manual", likelihood="likely", parameters={"ingress": ingress.label}
        )
    elif annotations.get(ingresses.AUTO_REWRITE) == "true" and _may_redirect(ingress):
        yield Problem(
            node=ingress.annotation(ingresses.AUTO_REWRITE),
            message="automatic",
            likelihood="possible",
            parameters={"ingress": ingress.label},
        )


def _may_redirect(ingress: Resource) -> bool:
    """Whether nothing else keeps an automatic redirect from being made."""
    return ingresses.has_certificate(ingress) and ingresses.REWRITE_SUPPORT not in ingress.annotations


def loop(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A redirect to itself, two from one place, or one whose target is redirected on."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    ports = _ports(ingress)
    known = [
        (entry, tuple(_sources(entry, ports)), target)
        for entry in ingress_rules.entries(ingress)
        if (target := _target(entry)) is not None
    ]
    first: dict[_Address, tuple[Entry, _Address]] = {}
    for entry, sources, target in known:
        for source in sources:
            first.setdefault(source, (entry, target))
    for entry, sources, target in known:
        onward, _ = first.get(target, (entry, target))
        second = next((source for source in sources if first[source][1] != target), None)
        if target in sources:
            yield _looping(entry, "itself", target, target, None)
        elif second is not None:
            yield _looping(entry, "two", second, target, first[second][0])
        elif onward is not entry:
            yield _looping(entry, "on", sources[0], target, onward)


def _looping(entry: Entry, message: str, source: _Address, target: _Address, other: Entry | None) -> Problem:
    return Problem(
        node=entry.at("rewrite"),
        message=message,
        parameters={"source": str(source), "target": str(target)},
        related=(Related(other.node, "other"),) if other else (),
    )


def target_missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A redirect to what is no rule of the Ingress. A group may have the rule in another Ingress."""
    if ingress.annotations.get(ENABLE_GROUP) == "true" or not ingresses.is_served_by_tke(ingress, workspace):
        return
    listeners = {listener.port: listener for listener in ingresses.listeners(ingress)}
    rules = ingresses.forwarding_rules(ingress)
    is_open = any(services.is_placeholder(part) for rule in rules for part in (rule.host, rule.path))
    if not listeners or not rules or is_open or not ingress_rules.placement(ingress).is_known:
        return
    placed = ingress_rules.placement(ingress)
    http, https = ({(rule.host, rule.path) for rule in side} for side in (placed.http, placed.https))
    served = {port: https if listener.protocol == "HTTPS" else http for port, listener in listeners.items()}
    shown = [str(listener) for listener in islice(listeners.values(), _MOST_SHOWN)]
    ports = _ports(ingress)
    sources = {
        source for entry in ingress_rules.entries(ingress) if entry.redirect for source in _sources(entry, ports)
    }
    for entry in ingress_rules.entries(ingress):
        redirect = entry.redirect
        if redirect is None or redirect.port is None or _is_unsettled(redirect):
            continue
        if _leads_to_a_rule(entry, redirect, served) or not sources.isdisjoint(_addresses(entry, redirect)):
            continue
        is_closed = redirect.port not in served
        yield Problem(
            node=entry.at("rewrite", "port") if is_closed else entry.at("rewrite"),
            message="port" if is_closed else "rule",
            parameters={
                "ingress": ingress.label,
                "port": redirect.port,
                "url": (redirect.host or entry.host) + redirect.path,
                "listeners": shown,
            },
        )


def _leads_to_a_rule(entry: Entry, redirect: Redirect, served: Mapping[int, set[tuple[str, str]]]) -> bool:
    there = served.get(redirect.port or 0, set())
    hosts = {address.host for address in _addresses(entry, redirect)}
    return any(
        (candidate, redirect.path) in there for host in hosts for candidate in (host, f"*.{host.partition('.')[2]}")
    )


def _is_unsettled(redirect: Redirect) -> bool:
    return services.is_placeholder(redirect.host + redirect.path)


def _addresses(entry: Entry, redirect: Redirect) -> set[_Address]:
    """Where a redirect may lead: without a host of its own to the VIP, or else to the host it comes from."""
    hosts = {redirect.host} if redirect.host else {"", entry.host}
    return {_Address(redirect.port or 0, host, redirect.path) for host in hosts}


def _target(entry: Entry) -> _Address | None:
    """Where a redirect leads, if that is certain."""
    redirect = entry.redirect
    if redirect is None or redirect.port is None or _is_unsettled(redirect):
        return None
    addresses = _addresses(entry, redirect)
    return next(iter(addresses)) if len(addresses) == 1 else None


def _ports(ingress: Resource) -> Mapping[str, Sequence[int]]:
    """The ports of the listeners of each protocol, or the port it has without any."""
    listeners = ingresses.listeners(ingress)[: table("ingress-listeners")["quotas"]["listeners"]]
    return {
        protocol: [listener.port for listener in listeners if listener.protocol == protocol] or [port]
        for protocol, port in DEFAULT_PORTS.items()
    }


def _sources(entry: Entry, ports: Mapping[str, Sequence[int]]) -> Iterator[_Address]:
    """What an entry stands for: its host and path on each listener of its protocol."""
    for port in ports[entry.protocol]:
        yield _Address(port, entry.host, entry.path)


def _is_automatic(ingress: Resource, workspace: Workspace) -> bool:
    return ingress.annotations.get(ingresses.AUTO_REWRITE) == "true" and ingresses.is_served_by_tke(ingress, workspace)
