"""Who uses a TkeServiceConfig, and with which listeners, hosts and paths. One index over all Services and Ingresses.

https://cloud.tencent.com/document/product/457/45490 (Services), https://cloud.tencent.com/document/product/457/45700
(Ingresses). What cannot be told (an annotation that is no JSON, a placeholder, a patch) is `None`.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tkelint import embedded_json, ingress_rules, ingresses, services
from tkelint.checks.nearby import belong_together
from tkelint.checks.patches import may_be_patched_in
from tkelint.clb_uses import gets_clb
from tkelint.service_configs import GENERATED_FOR, L4, L7

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.service_configs import Listener
    from tkelint.workspace import Workspace

# How many objects of one name a user is compared with, since that takes quadratic time.
MOST_ALTERNATIVES = 100

_GENERATED = {kind: suffix for suffix, kind in GENERATED_FOR.items()}


class User(NamedTuple):
    """A Service or Ingress that uses a TkeServiceConfig. `listeners` are `None` where they cannot be told."""

    target: Resource
    annotation: Node
    listeners: frozenset[Listener] | None


@dataclass(frozen=True, eq=False)
class Places:
    """The paths of each host ("" for none) of the Ingresses behind an entry: on its listener, and on all listeners."""

    here: Mapping[str, frozenset[str]]
    anywhere: Mapping[str, frozenset[str]]
    users: tuple[User, ...]

    @functools.cached_property
    def hosts(self) -> tuple[str, ...]:
        """The hosts on the listener, in order."""
        return tuple(sorted(self.here))


@dataclass(frozen=True, eq=False)  # by identity: usage_of keeps one for each object
class Usage:
    """How a TkeServiceConfig is used, as far as it shows here: more users may be elsewhere.

    `known` has for each layer the listeners to which entries may apply; none where nobody has one, or somebody's cannot
    be told. `makers` has for each listener those who make it.
    """

    users: tuple[User, ...]
    known: Mapping[str, tuple[Listener, ...]]
    makers: Mapping[Listener, tuple[User, ...]]


@functools.lru_cache(maxsize=64)  # the rules of one object ask one after the other
def usage_of(config: Resource, workspace: Workspace) -> Usage:
    """The Services and Ingresses here that use a TkeServiceConfig, with their listeners."""
    users = tuple(workspace.once(_index).get(config, ()))
    makers: dict[Listener, list[User]] = defaultdict(list)
    for user in users:
        for listener in user.listeners or ():
            makers[listener].append(user)
    of_l4 = (user for user in users if user.target.type == "Service")
    return Usage(
        users,
        {L4: _known(L4, of_l4), L7: _known(L7, users)},
        {listener: tuple(found) for listener, found in makers.items()},
    )


@functools.lru_cache(maxsize=256)
def places_of(usage: Usage, listener: Listener | None) -> Places | None:
    """The hosts and paths on a layer-7 listener; `None` where nobody makes it, or nobody can tell."""
    if listener is None or listener not in usage.known[L7]:
        return None
    makers = usage.makers[listener]
    if any(user.target.type != "Ingress" or not _has_plain_rules(user.target) for user in makers):
        return None
    here = _paths(
        rule for user in makers for rule in ingress_rules.rules_of(user.target, ingresses.Listener(*listener))
    )
    return Places(here, _paths(rule for user in makers for rule in ingresses.forwarding_rules(user.target)), makers)


def _known(layer: str, users: Iterable[User]) -> tuple[Listener, ...]:
    found: set[Listener] = set()
    for user in users:
        if user.listeners is None:
            return ()
        found |= {listener for listener in user.listeners if (listener[0] in ("HTTP", "HTTPS")) == (layer == L7)}
    return tuple(sorted(found))


def _index(workspace: Workspace) -> Mapping[Resource, list[User]]:
    """The users of each TkeServiceConfig."""
    found: dict[Resource, list[User]] = defaultdict(list)
    for target in (*workspace.of_type("Service"), *workspace.of_type("Ingress")):
        annotation, name = _used(target)
        if not name or not gets_clb(target, workspace):
            continue
        candidates = workspace.find("TkeServiceConfig", name, target).candidates
        for config in candidates if len(candidates) <= MOST_ALTERNATIVES else ():
            if belong_together(config, target):
                found[config].append(User(target, annotation, _listeners(target, workspace)))
    return found


def _used(target: Resource) -> tuple[Node, str]:
    """The annotation that applies a configuration, and the name of that; "" for none."""
    source = ingresses if target.type == "Ingress" else services
    name = target.annotations.get(source.SERVICE_CONFIG)
    if isinstance(name, str) and name:
        return target.annotation(source.SERVICE_CONFIG), name
    is_generated = target.annotations.get(source.SERVICE_CONFIG_AUTO) == "true"
    return target.annotation(source.SERVICE_CONFIG_AUTO), target.name + _GENERATED[target.type] if is_generated else ""


def _listeners(target: Resource, workspace: Workspace) -> frozenset[Listener] | None:
    """The listeners of a Service or Ingress; `None` where they cannot be read, or a patch may change them."""
    if _is_patched(target.type, workspace):
        return None
    if target.type == "Ingress":
        has_rules = target.get("spec", "rules") or target.get("spec", "defaultBackend") or target.get("spec", "backend")
        if not has_rules or target.annotations.get(ingresses.MODE) == "skip":
            return None
        return frozenset((each.protocol, each.port) for each in ingresses.listeners(target)) or None
    specified = embedded_json.read(target.annotation(services.SPECIFY_PROTOCOL))
    found = frozenset((each.protocol, each.port) for each in services.listeners(target))
    ports = [entry.get("port") for _, entry in services.ports(target)]
    is_whole = ports and all(type(port) is int for port in ports) and {port for _, port in found} == set(ports)
    return found if is_whole and (specified is None or isinstance(specified.value, dict)) else None


def _has_plain_rules(ingress: Resource) -> bool:
    """Whether every host and path of an Ingress is known, and each has a rule of its own."""
    if ingress.get("spec", "defaultBackend") or ingress.get("spec", "backend"):
        return False
    rules = ingresses.forwarding_rules(ingress)
    return bool(rules) and not any(
        services.is_placeholder(rule.host) or services.is_placeholder(rule.path) for rule in rules
    )


def _paths(rules: Iterable[ingresses.ForwardingRule]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        found[rule.host].add(rule.path)
    return {host: frozenset(paths) for host, paths in found.items()}


def _is_patched(kind: str, workspace: Workspace) -> bool:
    return kind in workspace.once(_patched_kinds)


def _patched_kinds(workspace: Workspace) -> frozenset[str]:
    """The kinds that a kustomization may change beyond what is written here."""
    return frozenset(kind for kind in _GENERATED if may_be_patched_in(kind, workspace))
