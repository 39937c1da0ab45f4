"""Services as TKE's service controller sees them: which CLB they get and what stands behind it."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.compiled import table
from tkelint.placeholders import placeholder_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.cluster import ClusterFacts
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Reference, Workspace

# https://cloud.tencent.com/document/product/457/51258
INTERNAL_SUBNET = "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid"
EXISTING_CLB = "service.kubernetes.io/tke-existed-lbid"
CLB_IN_USE = "service.kubernetes.io/loadbalance-id"  # written by the controller
EXTENSIVE_PARAMETERS = "service.kubernetes.io/service.extensiveParameters"
DIRECT_ACCESS = "service.cloud.tencent.com/direct-access"
SERVICE_CONFIG = "service.cloud.tencent.com/tke-service-config"
SERVICE_CONFIG_AUTO = "service.cloud.tencent.com/tke-service-config-auto"
PASS_TO_TARGET = "service.cloud.tencent.com/pass-to-target"
# https://cloud.tencent.com/document/product/457/45492
BACKENDS_LABEL = "service.kubernetes.io/qcloud-loadbalancer-backends-label"
LOCAL_BIND = "service.kubernetes.io/local-svc-only-bind-node-with-pod"
WEIGHTED_BALANCE = "service.cloud.tencent.com/local-svc-weighted-balance"
# https://cloud.tencent.com/document/product/457/51259
SPECIFY_PROTOCOL = "service.cloud.tencent.com/specify-protocol"
# https://cloud.tencent.com/document/product/457/80913
PREVENT_LOOPBACK = "service.cloud.tencent.com/prevent-loopback"


class Listener(NamedTuple):
    """A listener that a Service makes on its CLB. `node` is the port in `spec.ports`."""

    protocol: str  # TCP, UDP, TCP_SSL, QUIC, HTTP or HTTPS
    port: int
    node: Node

    @property
    def transport(self) -> str:
        """TCP or UDP: a CLB has each port once for either (page 457/45491)."""
        return str(table("clb-protocols")[self.protocol]["transport"])

    def __str__(self) -> str:
        return f"{self.protocol}:{self.port}"


def is_placeholder(value: object) -> bool:
    """Whether a value stands for one to be filled in: `lb-xxxxxxxx`, `<subnet>`, `${SUBNET}`."""
    return isinstance(value, str) and placeholder_in(value) is not None


@functools.lru_cache(maxsize=64)  # the rules of one Service ask one after the other
def has_clb(service: Resource) -> bool:
    """Whether TKE's service controller makes a CLB for it: type LoadBalancer, and no other controller's class."""
    return service.get("spec", "type") == "LoadBalancer" and not service.get("spec", "loadBalancerClass")


def network(service: Resource, facts: ClusterFacts) -> str:
    """`internal`, `public` or `unknown`: an existing CLB says nothing of its network unless it is declared."""
    annotations = service.annotations
    existing = annotations.get(EXISTING_CLB)
    if existing:
        return facts.clb_network(existing) if isinstance(existing, str) else "unknown"
    if annotations.get(INTERNAL_SUBNET):
        return "internal"
    # Without an annotation the CLB is public: https://cloud.tencent.com/document/product/457/45489
    kind = extensive_parameters(service).get("LoadBalancerType")
    return "internal" if kind == "INTERNAL" else "public"


def extensive_parameters(service: Resource) -> dict[str, Any]:
    """The parameters for CreateLoadBalancer; empty when there are none or they are no JSON object."""
    text = service.annotations.get(EXTENSIVE_PARAMETERS)
    return _json_object(text) if isinstance(text, str) else {}


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def service_config(service: Resource, workspace: Workspace) -> Reference | None:
    """The TkeServiceConfig that applies to a Service; `None` when no annotation names one.

    With `tke-service-config-auto: "true"` it is the generated `<ServiceName>-auto-service-config` (page 457/45490).
    """
    name = service.annotations.get(SERVICE_CONFIG)
    if isinstance(name, str) and name:
        return workspace.find("TkeServiceConfig", name, service)
    if service.annotations.get(SERVICE_CONFIG_AUTO) == "true" and service.name:
        return workspace.find("TkeServiceConfig", f"{service.name}-auto-service-config", service)
    return None


def only_local_nodes(service: Resource) -> bool:
    """Whether the CLB only reaches nodes that run a Pod of the Service."""
    return bool(service.get("spec", "externalTrafficPolicy") == "Local")


def clb_addresses(service: Resource, facts: ClusterFacts) -> Iterator[tuple[str, Node]]:
    """The addresses (IPs or host names) under which the CLB of a Service or Ingress is known, each with its node."""
    for node, entry in service.items("status", "loadBalancer", "ingress"):
        for key in ("ip", "hostname"):
            if isinstance(entry.get(key), str) and entry[key]:
                yield entry[key], node.child(key)
    address = service.get("spec", "loadBalancerIP")
    if isinstance(address, str) and address:
        yield address, service.node("spec", "loadBalancerIP")
    vip = extensive_parameters(service).get("Vip")
    if isinstance(vip, str) and vip:
        yield vip, service.annotation(EXTENSIVE_PARAMETERS)
    for key in (
        EXISTING_CLB,
        "kubernetes.io/ingress.existLbId",
        CLB_IN_USE,
        "kubernetes.io/ingress.qcloud-loadbalance-id",
    ):
        declared = facts.clb_address(service.annotations.get(key))
        if declared:
            yield declared, service.annotation(key)


@functools.lru_cache(maxsize=64)  # the rules of one Service ask one after the other
def ports(service: Resource) -> tuple[tuple[Node, dict[str, Any]], ...]:
    """Each entry of `spec.ports` with its node."""
    return tuple(service.items("spec", "ports"))


@functools.lru_cache(maxsize=64)
def listeners(service: Resource) -> tuple[Listener, ...]:
    """The listeners of a Service's CLB: the protocols of `specify-protocol` where it names the port, else `spec.ports`.

    A port with several protocols has several listeners; what cannot be read has none.
    """
    specified = _specified_protocols(service)
    known = table("clb-protocols")
    return tuple(
        Listener(protocol, entry["port"], node.child("port"))
        for node, entry in ports(service)
        if type(entry.get("port")) is int
        for protocol in specified.get(str(entry["port"])) or (entry.get("protocol") or "TCP",)
        if isinstance(protocol, str) and protocol in known
    )


def _specified_protocols(service: Resource) -> Mapping[str, list[Any]]:
    """The protocols that `specify-protocol` gives to a port, by the port's number as text (page 457/51259)."""
    text = service.annotations.get(SPECIFY_PROTOCOL)
    value = _json_object(text) if isinstance(text, str) else {}
    return {
        port: entry["protocol"]
        for port, entry in value.items()
        if isinstance(entry, dict) and isinstance(entry.get("protocol"), list)
    }


def port_named(service: Resource, port: object) -> dict[str, Any] | None:
    """The entry of `spec.ports` with this number or name."""
    key = "name" if isinstance(port, str) else "port"
    return next((entry for _, entry in ports(service) if entry.get(key) == port), None)


def may_serve(service: Resource, port: int) -> bool:
    """Whether a port may be open: a headless Service leads to the Pods themselves, ExternalName to another host."""
    if service.get("spec", "clusterIP") == "None" or service.get("spec", "type") == "ExternalName":
        return True
    numbers = [entry.get("port") for _, entry in ports(service)]
    return not numbers or port in numbers or not all(type(number) is int for number in numbers)
