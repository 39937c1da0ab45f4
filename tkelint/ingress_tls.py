"""The certificates of an Ingress: `spec.tls` and `ingress.cloud.tencent.com/certificate`, and the hosts they cover.

https://cloud.tencent.com/document/product/457/45738: an entry without hosts is the default for all HTTPS rules, a
wildcard covers one label, an exact host goes before a wildcard.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from tkelint import embedded_json, ingresses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tkelint.resource import Node, Resource


class TlsEntry(NamedTuple):
    """One entry of `spec.tls`. Without hosts it is the default; `secret` is "" where none is named."""

    node: Node
    hosts: tuple[tuple[str, Node], ...]
    secret: str

    @property
    def secret_node(self) -> Node:
        """Where the Secret is named, or the entry."""
        named = self.node.child("secretName")
        return named if named.exists else self.node


@functools.lru_cache(maxsize=64)  # the rules of one Ingress ask one after the other
def tls_entries(ingress: Resource) -> tuple[TlsEntry, ...]:
    """Each entry of `spec.tls`, its hosts in lower case."""
    return tuple(
        TlsEntry(node, tuple(_hosts(node, entry.get("hosts"))), secret if isinstance(secret, str) else "")
        for node, entry in ingress.items("spec", "tls")
        for secret in (entry.get("secretName"),)
    )


def _hosts(node: Node, hosts: object) -> Iterator[tuple[str, Node]]:
    for position, host in enumerate(hosts if isinstance(hosts, list) else []):
        if isinstance(host, str) and host:
            yield host.lower(), node.child("hosts", position)


def covered_hosts(ingress: Resource) -> tuple[frozenset[str], bool]:
    """The hosts that a certificate names, and whether there is a default one."""
    listed = [[host for host, _ in entry.hosts] for entry in tls_entries(ingress)]
    json = embedded_json.read(ingress.annotation(ingresses.CERTIFICATE))
    for entry in json.value if json is not None and isinstance(json.value, list) else []:
        hosts = entry.get("hosts") if isinstance(entry, dict) else None
        listed.append([host.lower() for host in hosts if isinstance(host, str)] if isinstance(hosts, list) else [])
    return frozenset(host for hosts in listed for host in hosts), not all(listed)


def covers(certificates: Collection[str], host: str) -> bool:
    """Whether a certificate names a host, itself or by a wildcard for its first label.

    >>> covers({"*.example.com"}, "shop.example.com"), covers({"*.example.com"}, "a.shop.example.com")
    (True, False)
    """
    return host in certificates or f"*.{host.partition('.')[2]}" in certificates
