"""What is known of the cluster, in three values: each fact is declared, read off a manifest, or unknown.

`ClusterFacts` is what rules ask. The configuration makes one of what the user declared; `merge` adds what the manifests
show and keeps where the two disagree. A fact's name is its key under `cluster` in `.tkelint.yaml`, its value
plain data as written there: texts for versions, so that they can be printed; `at_least` compares them.
"""

from __future__ import annotations

import fnmatch
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from tkelint.kubernetes import parse_tke_revision, parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tkelint.resource import Node
    from tkelint.security_group import SecurityGroup

# Every fact there is, in the order in which they are listed. Their values are defined in `config.schema.json`.
FACTS: Final = (
    "kubernetesVersion",
    "kubeProxyMode",
    "kubeProxyVersion",
    "corednsVersion",
    "networkMode",
    "clusterKind",
    "accountType",
    "controllerVersion",
    "defaultIngressClass",
    "nodeCount",
    "backendQuota",
    "nodeSecurityGroup",
    "securityGroups",
    "features",
    "ipStack",
    "clbReuse",
    "clbs",
    "inClusterClients",
)

_NAMES: Final = frozenset(FACTS)

DECLARED: Final = "declared"
Origin = Literal["declared"]


class Fact(NamedTuple):
    """One fact. `value` is `None` when it is unknown; `origin` says who said so: the user, or a node of a manifest."""

    name: str
    value: Any = None
    origin: Origin | Node | None = None

    @property
    def is_known(self) -> bool:
        """Whether anyone said something."""
        return self.value is not None

    def agrees_with(self, other: Fact) -> bool:
        """Whether two known values of one fact can both be true: `1.28` and `1.28.3` can."""
        mine, others = self._comparable(), other._comparable()
        if isinstance(mine, tuple) and isinstance(others, tuple):
            return all(one == another for one, another in zip(mine, others, strict=False))
        return bool(mine == others)

    def is_more_exact_than(self, other: Fact) -> bool:
        """Whether it says more than one that it agrees with, as `1.28.3` says more than `1.28`."""
        return len(parse_version(self.value) or ()) > len(parse_version(other.value) or ())

    def _comparable(self) -> object:
        if self.name in ("kubernetesVersion", "controllerVersion", "corednsVersion"):
            return parse_version(self.value) or self.value
        return parse_tke_revision(self.value) or self.value if self.name == "kubeProxyVersion" else self.value


class Contradiction(NamedTuple):
    """Two places that say different things of one fact. `fact` is the declared one, or else the one read first."""

    fact: Fact
    other: Fact


class Clb(NamedTuple):
    """An existing CLB, as far as it is declared. `None` and "" are unknown."""

    network: Literal["internal", "public"] | None = None
    address: str = ""
    created_by: Literal["user", "tke"] | None = None
    pass_to_target: bool | None = None
    type: Literal["application", "classic"] | None = None
    used_by_other_cluster: bool | None = None
    listener_quota: int | None = None


class External(NamedTuple):
    """An object that manifests refer to and that exists elsewhere. `kind` is a type as `Resource.type` is.

    Without `namespace` it may be in any; `ports` and `hosts` are empty where they are not declared.
    """

    kind: str
    name: str
    namespace: str | None = None
    ports: tuple[int | str, ...] = ()
    hosts: tuple[str, ...] = ()
    reason: str = ""

    def covers(self, type_: str, namespace: str | None, name: str) -> bool:
        """Whether an object is this one. Where it is not known in which namespace it is looked for, it may be."""
        if type_ != self.kind or not fnmatch.fnmatchcase(name, self.name):
            return False
        return self.may_be_in(namespace)

    def may_be_in(self, namespace: str | None) -> bool:
        """Whether it may be in a namespace; `None` stands for one that is not known."""
        return namespace is None or self.namespace is None or fnmatch.fnmatchcase(namespace, self.namespace)

    def has_port(self, port: int | str) -> bool | None:
        """Whether it has a port of this number or name; `None` when its ports are not declared."""
        return port in self.ports if self.ports else None

    def answers_to(self, host: str) -> bool:
        """Whether a domain name or address is one of its own."""
        return any(fnmatch.fnmatchcase(host.lower(), pattern.lower()) for pattern in self.hosts)


class ClusterFacts:
    """The facts by name. `contradictions` are those that a merge met. Never changed."""

    __slots__ = ("contradictions", "known")

    def __init__(
        self, known: Mapping[str, Fact] = MappingProxyType({}), contradictions: tuple[Contradiction, ...] = ()
    ) -> None:
        self.known = known
        self.contradictions = contradictions

    @classmethod
    def declare(cls, values: Mapping[str, Any]) -> ClusterFacts:
        """Facts that the user declared, from their values; `None` stands for unknown."""
        return cls({name: Fact(name, value, DECLARED) for name, value in values.items() if value is not None})

    def __iter__(self) -> Iterator[Fact]:
        """Every fact, known or not, in the order of `FACTS`."""
        return (self.fact(name) for name in FACTS)

    def fact(self, name: str) -> Fact:
        """The fact of this name, with where it comes from."""
        known = self.known.get(name)
        if known is None and name not in FACTS:
            raise KeyError(name)
        return known or Fact(name)

    def value(self, name: str) -> Any:
        """The value of a fact; `None` when it is unknown."""
        known = self.known.get(name)
        if known is None and name not in _NAMES:
            raise KeyError(name)
        return known.value if known is not None else None

    def equals(self, name: str, value: object) -> bool | None:
        """Whether a fact has this value; `None` when it is unknown."""
        known = self.value(name)
        return None if known is None else bool(known == value)

    def at_least(self, name: str, version: tuple[int, ...]) -> bool | None:
        """Whether a version is this one or a later one; `None` when it is unknown or not said exactly enough."""
        numbers = parse_version(self.value(name))
        if numbers is None:
            return None
        length = min(len(numbers), len(version))
        if numbers[:length] == version[:length] and len(numbers) < len(version) and any(version[length:]):
            return None  # 1.28 may be 1.28.2 or 1.28.4
        return numbers >= version[: len(numbers)]

    def has_feature(self, name: str) -> bool | None:
        """Whether an allow-list was granted; `None` when nothing is declared of allow-lists."""
        features = self.value("features")
        return None if features is None else name in features

    @property
    def node_security_group(self) -> SecurityGroup | None:
        """What the nodes let in, if it is declared."""
        group: SecurityGroup | None = self.value("nodeSecurityGroup")
        return group

    def security_group(self, identity: object) -> SecurityGroup | None:
        """What a security group lets in, if it is declared."""
        group: SecurityGroup | None = (self.value("securityGroups") or {}).get(identity)
        return group

    def clb(self, identity: object) -> Clb:
        """What is declared of an existing CLB."""
        clb: Clb = (self.value("clbs") or {}).get(identity, _UNDECLARED) if isinstance(identity, str) else _UNDECLARED
        return clb

    def clb_network(self, identity: object) -> Literal["internal", "public", "unknown"]:
        """The network of an existing CLB, as `services.network` says it."""
        return self.clb(identity).network or "unknown"

    def clb_address(self, identity: object) -> str | None:
        """The address of an existing CLB, if it is declared."""
        return self.clb(identity).address or None

    def merge(self, observed: Iterable[Fact]) -> ClusterFacts:
        """These facts and those read off manifests.

        What was declared stands, and so does the more exact of two that agree. Where only manifests speak and do not
        agree, the fact is unknown: they may describe several clusters.
        """
        known = dict(self.known)
        contradictions = list(self.contradictions)
        for name, facts in _by_name(observed).items():
            current, *others = [known[name], *facts] if name in known else facts
            before = len(contradictions)
            for other in others:
                if not current.agrees_with(other):
                    contradictions.append(Contradiction(current, other))
                elif other.is_more_exact_than(current):
                    current = other
            is_certain = len(contradictions) == before or name in self.known
            known[name] = current if is_certain else Fact(name)
        return ClusterFacts(known, tuple(contradictions))


_UNDECLARED: Final = Clb()


def _by_name(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    grouped: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.is_known:
            grouped.setdefault(fact.name, []).append(fact)
    return grouped
