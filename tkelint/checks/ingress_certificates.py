"""Certificates of an Ingress: the Secrets that `spec.tls` names, and the hosts that each of them is for.

https://cloud.tencent.com/document/product/457/45738. An Ingress that states no class is TKE's only on TKE, and what is
wrong here may be right for another controller: it is said as a note then.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint import ingress_rules, ingresses, services
from tkelint.checks import certificate_secrets
from tkelint.checks.patches import may_be_patched_in
from tkelint.ingress_tls import TlsEntry, covered_hosts, covers, tls_entries
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme")
_MOST_SHOWN = 5  # hosts, and other Ingresses that share a Secret, in one message


def secret_name_missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An entry of `spec.tls` without a Secret."""
    for entry in _entries(ingress, workspace):
        is_empty = entry.node.child("secretName").value in (None, "")
        if is_empty and not may_be_patched_in("secretName", workspace):
            parameters = {"ingress": ingress.label}
            yield Problem(node=entry.secret_node, likelihood=_certain(ingress), parameters=parameters)


def secret_missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Secret that is not in the namespace of the Ingress."""
    if not any(key in ingress.annotations for key in _ISSUERS):
        for entry in _named_once(_entries(ingress, workspace)):
            problem = certificate_secrets.missing(entry.secret_node, entry.secret, ingress, workspace)
            if problem is not None:
                yield problem if ingresses.states_tke(ingress) else problem._replace(likelihood="possible")


def secret_unusable(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Secret without an id of Tencent Cloud's certificate service. One with a CA alone has a rule of its own."""
    for entry in _named_once(_entries(ingress, workspace)):
        problem = certificate_secrets.unusable(entry.secret_node, entry.secret, ingress, workspace)
        if problem is not None and problem.message != "client-only":
            yield problem._replace(likelihood=_certain(ingress))


def issued_by_cert_manager(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An annotation by which cert-manager writes the Secret of `spec.tls`: PEM texts, which no CLB can use."""
    key = next((key for key in _ISSUERS if key in ingress.annotations), None)
    if key is None or not ingresses.states_tke(ingress):
        return
    entry = next((entry for entry in _entries(ingress, workspace) if entry.secret), None)
    if entry is not None and not workspace.named("Secret", entry.secret, ingress):
        yield Problem(
            node=ingress.annotation(key),
            parameters={"ingress": ingress.label, "secret": entry.secret, "issuer": key},
            related=(Related(entry.secret_node, "secret"),),
        )


def host_uncovered(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host served by HTTPS that no certificate is for."""
    if not ingresses.has_certificate(ingress) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    placed = ingress_rules.placement(ingress)
    if not placed.is_known or not placed.https:
        return
    named, has_default = covered_hosts(ingress)
    if has_default or not named or any(services.is_placeholder(host) for host in named):
        return
    by_secret = bool(ingress.get("spec", "tls"))
    tls = ingress.node("spec", "tls") if by_secret else ingress.annotation(ingresses.CERTIFICATE)
    shown = [*sorted(named)[:_MOST_SHOWN], *(("…",) if len(named) > _MOST_SHOWN else ())]
    first = {rule.host.lower(): rule for rule in reversed(placed.https)}
    for host, rule in first.items():
        if (host and covers(named, host)) or services.is_placeholder(host):
            continue
        yield Problem(
            node=ingress.node(*rule.node.path[:3], "host") if host else rule.node.child("path"),
            message="host" if host else "no-host",
            likelihood=_certain(ingress) if by_secret else "likely",
            parameters={"ingress": ingress.label, "host": host, "path": rule.path, "covered": shown},
            related=(Related(tls.key(), "certificates"),),
        )


def several_defaults(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """More than one entry for all hosts."""
    defaults = [entry for entry in _entries(ingress, workspace) if not entry.hosts and entry.secret]
    for entry in defaults[1:]:
        same = entry.secret == defaults[0].secret
        yield Problem(
            node=entry.secret_node,
            message="same" if same else "conflict",
            likelihood="possible" if same else _certain(ingress),
            parameters={"ingress": ingress.label, "secret": entry.secret, "earlier": defaults[0].secret},
            related=(Related(defaults[0].secret_node, "earlier"),),
        )


def host_twice(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """One host in two entries; the exact host and a wildcard for it may stand side by side."""
    first: dict[str, tuple[Node, str]] = {}
    for entry in _entries(ingress, workspace):
        for host, node in entry.hosts:
            if services.is_placeholder(host):
                continue
            earlier, secret = first.setdefault(host, (node, entry.secret))
            if earlier is not node:
                same = secret == entry.secret
                yield Problem(
                    node=node,
                    message="same" if same else "conflict",
                    likelihood="possible" if same else _certain(ingress),
                    parameters={"ingress": ingress.label, "host": host, "secret": entry.secret, "earlier": secret},
                    related=(Related(earlier, "earlier"),),
                )


def host_unused(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host with a certificate that no rule has. A rule without host answers for any."""
    entries = _entries(ingress, workspace)
    hosts = {rule.host.lower() for rule in ingresses.forwarding_rules(ingress)} if entries else set()
    if not hosts or "" in hosts or any(services.is_placeholder(host) for host in hosts):
        return
    suffixes = {f"*.{host.partition('.')[2]}" for host in hosts}
    for entry in entries:
        for host, node in entry.hosts:
            if host not in hosts and host not in suffixes and not services.is_placeholder(host):
                yield Problem(node=node, parameters={"ingress": ingress.label, "host": host})


def beside_annotation(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Certificates in `spec.tls` and in the annotation at once."""
    node = ingress.annotation(ingresses.CERTIFICATE)
    if node.value and ingress.get("spec", "tls") and ingresses.is_served_by_tke(ingress, workspace):
        yield Problem(
            node=node.key(),
            parameters={"ingress": ingress.label},
            related=(Related(ingress.node("spec", "tls").key(), "tls"),),
        )


def secret_shared(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Secret that other Ingresses name, too: a new certificate in it is for all of them."""
    users = workspace.once(_users)
    for entry in _named_once(_entries(ingress, workspace)):
        by_label = users[ingress.namespace, entry.secret]
        if len(by_label) > 1:
            few = itertools.islice(by_label.items(), _MOST_SHOWN + 1)
            others = {label: node for label, node in few if label != ingress.label}
            yield Problem(
                node=entry.secret_node,
                parameters={"secret": entry.secret, "others": list(others), "count": len(by_label) - 1},
                related=tuple(Related(node, "other") for node in others.values()),
            )


def _users(workspace: Workspace) -> Mapping[tuple[str | None, str], Mapping[str, Node]]:
    """Where each Secret of each namespace is named, by Ingress; one that stands here twice counts once."""
    users: dict[tuple[str | None, str], dict[str, Node]] = defaultdict(dict)
    for ingress in workspace.of_type("Ingress"):
        for entry in _named_once(_entries(ingress, workspace)):
            users[ingress.namespace, entry.secret].setdefault(ingress.label, entry.secret_node)
    return users


def _entries(ingress: Resource, workspace: Workspace) -> tuple[TlsEntry, ...]:
    """The entries of `spec.tls` of an Ingress to be judged."""
    if not ingress.get("spec", "tls") or not ingresses.is_served_by_tke(ingress, workspace):
        return ()
    return tls_entries(ingress)


def _named_once(entries: tuple[TlsEntry, ...]) -> Iterator[TlsEntry]:
    """The first entry for each Secret."""
    return iter({entry.secret: entry for entry in reversed(entries) if entry.secret}.values())


def _certain(ingress: Resource) -> str:
    return "certain" if ingresses.states_tke(ingress) else "possible"
