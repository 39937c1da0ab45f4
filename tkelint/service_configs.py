"""TkeServiceConfigs as the controllers see them: entries that address a listener, a domain and a path.

https://cloud.tencent.com/document/product/457/45490 (Services), https://cloud.tencent.com/document/product/457/45700
(Ingresses). What is not readable (a null, a placeholder, another type) addresses nothing and is `None` here.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource

    Listener = tuple[str, int]

L4 = "l4Listeners"
L7 = "l7Listeners"

# How the names of generated objects end, with the kind they are generated for.
GENERATED_FOR = {"-auto-ingress-config": "Ingress", "-auto-service-config": "Service"}


class Entry(NamedTuple):
    """What a TkeServiceConfig says of one listener: `layer` is the list it stands in, `L4` or `L7`."""

    node: Node
    value: dict[str, Any]
    layer: str
    protocol: str | None
    port: int | None

    @property
    def listener(self) -> Listener | None:
        """Protocol and port; `None` when either is not known."""
        return None if self.protocol is None or self.port is None else (self.protocol, self.port)


class Domain(NamedTuple):
    """What it says of one domain of a layer-7 listener; "" stands for rules without host."""

    entry: Entry
    node: Node
    value: dict[str, Any]
    name: str | None


class Setting(NamedTuple):
    """What may have a session, a health check and a scheduler: a layer-4 entry, or a rule of a domain."""

    entry: Entry
    node: Node
    value: dict[str, Any]
    domain: Domain | None = None
    url: str | None = None

    def block(self, name: str) -> dict[str, Any]:
        """`session` or `healthCheck`; empty when there is none."""
        block = self.value.get(name)
        return block if isinstance(block, dict) else {}


def is_generated(config: Resource) -> bool:
    """Whether a controller wrote it, or at least its defaults: by its name, or since it was read out of a cluster."""
    return config.is_exported or config.name.endswith(tuple(GENERATED_FOR))


@functools.lru_cache(maxsize=256)  # the rules of one object, and those of each user, ask one after the other
def entries(config: Resource) -> tuple[Entry, ...]:
    """Each entry of both lists, in their order."""
    return tuple(
        Entry(node, value, layer, _text(value.get("protocol")), _number(value.get("port")))
        for layer in (L4, L7)
        for node, value in config.items("spec", "loadBalancer", layer)
    )


@functools.lru_cache(maxsize=64)
def domains(config: Resource) -> tuple[Domain, ...]:
    """Each domain of each layer-7 entry."""
    return tuple(
        Domain(entry, node, value, _text(value.get("domain")))
        for entry in entries(config)
        if entry.layer == L7
        for node, value in config.items(*entry.node.path, "domains")
    )


@functools.lru_cache(maxsize=64)
def settings(config: Resource) -> tuple[Setting, ...]:
    """Each layer-4 entry and each rule of each domain."""
    return (
        *(Setting(entry, entry.node, entry.value) for entry in entries(config) if entry.layer == L4),
        *_rules(config),
    )


def _rules(config: Resource) -> Iterator[Setting]:
    for domain in domains(config):
        for node, value in config.items(*domain.node.path, "rules"):
            yield Setting(domain.entry, node, value, domain, _text(value.get("url")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and not services.is_placeholder(value) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
