"""The hosts and paths of an Ingress: what the controller, the CLB and the API server make of them.

The CLB's grammar is on https://cloud.tencent.com/document/product/214/9032; what the controller refuses stops the whole
Ingress: https://cloud.tencent.com/document/product/457/81004.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from typing import TYPE_CHECKING, Any

from tkelint import embedded_json, ingress_rules, ingresses, services
from tkelint.patterns import pattern
from tkelint.problem import Addition, Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# The expression that E4052 quotes.
_HOST = pattern(r"(?:\*|[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+\Z")
_LABEL = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
_LONGEST_HOST = 80
_NOT_IN_A_PATH = pattern(r"[^a-zA-Z0-9._/=?:-]")
_REGULAR_EXPRESSION = pattern(r"[()|*+^$\[\]\\]")
_LONGEST_PATH = 200
# The controller once said 1 to 120 and knew no colon; the CLB takes both.
_ONCE_LONGEST_PATH = 120
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_SHOWN = 60


def host_invalid(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host that the controller's expression does not take."""
    for host, node in _hosts(ingress, workspace):
        if not _HOST.match(host) or _is_address(host):
            lower = host.lower()
            kind = _fault_of_host(host)
            yield Problem(
                node=node,
                message=kind,
                parameters={"host": _shown(host), "lower": _shown(lower)},
                fix=_in_small_letters(ingress, host, node) if kind == "capitals" else None,
            )


def _in_small_letters(ingress: Resource, host: str, node: Node) -> Fix:
    """The host as it was meant, and its certificate's: the API server rejects capitals in both."""
    certified = [
        tls.child("hosts", index)
        for tls, entry in ingress.items("spec", "tls")
        for index, each in enumerate(entry["hosts"] if isinstance(entry.get("hosts"), list) else ())
        if each == host
    ]
    return Fix(tuple(Edit(each, each.source_text.lower()) for each in (node, *certified)), safe=True)


def _fault_of_host(host: str) -> str:
    if _is_address(host):
        return "address"  # The expression takes 10.0.0.1, the API server does not.
    if _HOST.match(host.lower()):
        return "capitals"
    if host.startswith("~") or host.endswith(".*"):
        return "clb-only"
    if "*" in host:
        return "wildcard"
    if "/" in host or re.search(r":\d+\Z", host):
        return "url"
    return "no-dot" if _LABEL.match(host) else "characters"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def host_too_long(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host beyond what a CLB takes."""
    for host, node in _hosts(ingress, workspace):
        if len(host) > _LONGEST_HOST:
            yield Problem(node=node, parameters={"host": _shown(host), "length": len(host), "most": _LONGEST_HOST})


def _hosts(ingress: Resource, workspace: Workspace) -> Iterator[tuple[str, Node]]:
    """The hosts to be judged."""
    if ingresses.is_served_by_tke(ingress, workspace):
        yield from ((host, node) for host, node in ingresses.hosts(ingress) if not services.is_placeholder(host))


def path_invalid(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A path that no CLB takes. One that is a regular expression has a rule of its own."""
    for _, path, node in _paths(ingress, workspace):
        parameters: dict[str, object] = {"path": _shown(path), "length": len(path), "character": ""}
        if not path.startswith("/"):
            message = "clb-form" if path.startswith(("~", "=", "^~")) else "no-slash"
            yield Problem(node=node, message=message, parameters=parameters)
        elif len(path) > _LONGEST_PATH:
            yield Problem(node=node, message="too-long", parameters=parameters)
        elif not _is_expression(path):
            wrong = _NOT_IN_A_PATH.search(path)
            if wrong and not _types_in_annotations(ingress).get(path):
                where = node.text(wrong.start(), wrong.end())
                yield Problem(node=where, message="character", parameters={**parameters, "character": wrong[0]})
            elif len(path) > _ONCE_LONGEST_PATH or ":" in path:
                message = "long" if len(path) > _ONCE_LONGEST_PATH else "colon"
                yield Problem(node=node, message=message, likelihood="possible", parameters=parameters)


def path_expression(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A regular expression outside of the annotations that alone can say so (page 457/122962)."""
    for _, path, node in _paths(ingress, workspace):
        if not path.startswith("/") or not _is_expression(path):
            continue
        mixes = ingress.annotations.get(ingresses.RULE_MIX) == "true"
        types = _types_in_annotations(ingress)
        if mixes and (types.get(path) or None in types):
            continue
        glob = path.endswith("/*") and not _is_expression(path[:-1])
        yield Problem(
            node=node,
            message="glob" if glob else "entry" if mixes else "no-mix",
            # Other clouds' controllers take such paths, and an Ingress without class may be theirs.
            likelihood="certain" if ingresses.states_tke(ingress) else "likely",
            parameters={"ingress": ingress.label, "path": _shown(path), "prefix": _shown(path[:-1])},
            fix=Fix((Edit(node, path[:-1]),)) if glob and not _NOT_IN_A_PATH.search(path[:-1]) else None,
        )


@functools.lru_cache(maxsize=64)  # asked for every path of an Ingress
def _types_in_annotations(ingress: Resource) -> Mapping[str | None, bool]:
    """The paths in http-rules and https-rules, and whether an entry has a pathType; `None` for what cannot be read."""
    found: dict[str | None, bool] = {}
    for key in (ingresses.HTTP_RULES, ingresses.HTTPS_RULES):
        text = embedded_json.read(ingress.annotation(key))
        if text is None or text.value is None:
            found.update({None: True} if text and text.fault else {})
            continue
        for entry in text.value if isinstance(text.value, list) else ():
            if isinstance(entry, dict) and isinstance(path := entry.get("path"), str):
                found[path] = found.get(path, False) or "pathType" in entry
    return found


def _paths(ingress: Resource, workspace: Workspace) -> Iterator[tuple[ForwardingRule, str, Node]]:
    """Each path that is written, with its node."""
    if ingresses.is_served_by_tke(ingress, workspace):
        for rule in ingresses.forwarding_rules(ingress):
            node = rule.node.child("path")
            if isinstance(node.value, str) and node.value and not services.is_placeholder(node.value):
                yield rule, node.value, node


def _is_expression(path: str) -> bool:
    return _REGULAR_EXPRESSION.search(path) is not None


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def trailing_slash(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`/x/`: the CLB answers a request for `/x` with a redirect, unless `/x` has a rule of its own."""
    paths = list(_paths(ingress, workspace))
    known = {(rule.host, path) for rule, path, _ in paths}
    for rule, path, node in paths:
        bare = path.rstrip("/")
        if bare and path.endswith("/") and not _is_expression(path) and (rule.host, bare) not in known:
            yield Problem(node=node, parameters={"path": _shown(path), "bare": _shown(bare)})


def path_type_exact(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`Exact`, where a CLB's plain URL matches whatever begins with it."""
    if ingresses.is_served_by_tke(ingress, workspace):
        for rule in ingresses.forwarding_rules(ingress):
            node = rule.node.child("pathType")
            if node.value == "Exact" and not _types_in_annotations(ingress).get(rule.path):
                yield Problem(node=node, parameters={"path": _shown(rule.path)})


def path_type_invalid(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A path of v1 without a type, or a type that there is not."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    for rule in ingresses.forwarding_rules(ingress):
        node = rule.node.child("pathType")
        value = node.value
        if value is None:
            if ingress.api_version == "networking.k8s.io/v1":
                where = rule.node.child("path") if rule.node.child("path").exists else rule.node.child("backend").key()
                fix = Fix((Addition(rule.node, "pathType", "ImplementationSpecific"),), safe=True)
                yield Problem(node=where, message="missing", parameters={"path": _shown(rule.path)}, fix=fix)
        elif value not in _PATH_TYPES and not services.is_placeholder(value):
            meant = next((each for each in _PATH_TYPES if each.lower() == str(value).lower()), "")
            yield Problem(
                node=node,
                message="misspelt" if meant else "unknown",
                parameters={"value": node.source_text, "meant": meant},
                fix=Fix((Edit(node, meant),), safe=True) if meant else None,
            )


def entry_path_type(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A `pathType` in an entry of http-rules or https-rules that is no list (page 457/122962)."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    for entry in ingress_rules.entries(ingress):
        value = entry.json.get(entry.position, "pathType", default=[])
        if not isinstance(value, list) and not services.is_placeholder(value):
            yield Problem(
                node=entry.at("pathType"),
                parameters={"value": entry.json.spelt(entry.position, "pathType"), "path": _shown(entry.path)},
            )


def host_without_root(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host none of whose paths is the root."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    rules = ingresses.forwarding_rules(ingress)
    with_root = {rule.host.lower() for rule in rules if rule.path == "/" or _is_expression(rule.path)}
    for host, node in ingresses.hosts(ingress):
        if host.lower() not in with_root and any(rule.host == host for rule in rules):
            yield Problem(node=node, parameters={"host": _shown(host)})


def hostless_and_hosts(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Rules with a host beside one without: that one is no catch-all."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    hosts = list(ingresses.hosts(ingress))
    hostless = next((node for node, rule in ingress.items("spec", "rules") if not rule.get("host")), None)
    if not hosts or hostless is None:
        return
    config = ingresses.service_config(ingress, workspace)
    if config and _may_choose_default(config[1].candidates):
        return
    host, node = hosts[0]
    where = hostless.child("http") if hostless.child("http").exists else hostless
    yield Problem(
        node=where.key() if where is not hostless else where,
        parameters={"ingress": ingress.label, "host": _shown(host)},
        related=(Related(node, "host", {"target": ingress.label, "host": _shown(host)}),),
    )


def _may_choose_default(configs: tuple[Resource, ...]) -> bool:
    """Whether a TkeServiceConfig chooses the default domain, or is not here to tell."""
    listeners = [entry for config in configs for _, entry in config.items("spec", "loadBalancer", "l7Listeners")]
    return not configs or any(entry.get("defaultServer") for entry in listeners)


def default_backend(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A default backend beside rules. Without rules it is another rule's."""
    if not ingress.get("spec", "rules") or not ingresses.is_served_by_tke(ingress, workspace):
        return
    for key in ("defaultBackend", "backend"):
        value: Any = ingress.get("spec", key)
        if isinstance(value, dict) and value:
            yield Problem(
                node=ingress.node("spec", key).key(),
                likelihood="likely" if ingresses.states_tke(ingress) else "possible",
                parameters={"ingress": ingress.label, "field": f"spec.{key}"},
            )
