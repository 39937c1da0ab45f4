"""Ingresses as TKE's Ingress controller sees them: who owns one, which listeners it makes, what it forwards to."""

from __future__ import annotations

import functools
import json
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.compiled import table
from tkelint.controller_config import NAMESPACE, is_controller_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.cluster import ClusterFacts
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Reference, Workspace

# https://cloud.tencent.com/document/product/457/56112
CLASS = "kubernetes.io/ingress.class"
INTERNAL_SUBNET = "kubernetes.io/ingress.subnetId"
EXISTING_CLB = "kubernetes.io/ingress.existLbId"
RULE_MIX = "kubernetes.io/ingress.rule-mix"
RULE_MIX_BOTH = "kubernetes.io/ingress.rule-mix-both"
HTTP_RULES = "kubernetes.io/ingress.http-rules"
HTTPS_RULES = "kubernetes.io/ingress.https-rules"
AUTO_REWRITE = "ingress.cloud.tencent.com/auto-rewrite"
AUTO_REWRITE_CODE = "ingress.cloud.tencent.com/auto-rewrite-code"
REWRITE_SUPPORT = "ingress.cloud.tencent.com/rewrite-support"
CERTIFICATE = "ingress.cloud.tencent.com/certificate"
LISTEN_PORTS = "ingress.cloud.tencent.com/listen-ports"
DIRECT_ACCESS = "ingress.cloud.tencent.com/direct-access"
SERVICE_CONFIG = "ingress.cloud.tencent.com/tke-service-config"
SERVICE_CONFIG_AUTO = "ingress.cloud.tencent.com/tke-service-config-auto"
PASS_TO_TARGET = "ingress.cloud.tencent.com/pass-to-target"
SECURITY_GROUPS = "ingress.cloud.tencent.com/security-groups"
MODE = "ingress.cloud.tencent.com/mode"

DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
AUTO_CONFIG_SUFFIX = "-auto-ingress-config"
QCLOUD = "qcloud"

# Where page 457/45685 switches TKE's Ingress controller off: its Deployment, or a switch of the merged controller.
CONTROLLER = "l7-lb-controller"


class Owner(Enum):
    """Which controller serves an Ingress."""

    QCLOUD = "qcloud"
    IMPLICIT = "implicit"  # no class at all: TKE's controller takes it
    AMBIGUOUS = "ambiguous"  # no class, but annotations of another controller
    FOREIGN = "foreign"
    NOBODY = "nobody"  # no class where TKE wants one, or where its controller is switched off


class Listener(NamedTuple):
    """A layer-7 listener of the CLB."""

    protocol: str  # HTTP or HTTPS
    port: int

    def __str__(self) -> str:
        return f"{self.protocol}:{self.port}"


class ForwardingRule(NamedTuple):
    """One host and path of an Ingress. `host` is "" for a rule without host; `port` is a number, a name or `None`."""

    node: Node  # the path entry
    host: str
    path: str
    service: str | None
    port: int | str | None
    service_node: Node
    port_node: Node


@functools.lru_cache(maxsize=64)  # the rules of one Ingress ask one after the other
def owner(ingress: Resource, workspace: Workspace) -> Owner:
    """Who serves an Ingress: annotation, then field, then the default class, then TKE itself (page 457/45685).

    Serverless clusters serve only what states the class.
    """
    stated = class_name(ingress)
    if stated:
        return Owner.QCLOUD if stated == QCLOUD else Owner.FOREIGN
    if default_class_is_foreign(workspace):
        return Owner.FOREIGN
    if workspace.facts.value("clusterKind") == "serverless" or workspace.once(switched_off):
        return Owner.NOBODY
    return Owner.AMBIGUOUS if other_controller(ingress) else Owner.IMPLICIT


def is_served_by_tke(ingress: Resource, workspace: Workspace) -> bool:
    """Whether TKE's CLB controller serves it. Nothing about CLB may be said of any other Ingress."""
    return owner(ingress, workspace) in (Owner.QCLOUD, Owner.IMPLICIT)


def class_name(ingress: Resource) -> str:
    """The class an Ingress states, annotation first; "" for none. Any name but `qcloud` is another controller's."""
    for value in (ingress.annotations.get(CLASS), ingress.get("spec", "ingressClassName")):
        if isinstance(value, str) and value:
            return value
    return ""


def states_tke(ingress: Resource) -> bool:
    """Whether an Ingress says itself that it is TKE's; without a class it is so only on TKE."""
    if class_name(ingress) == QCLOUD:
        return True
    keys = (INTERNAL_SUBNET, EXISTING_CLB)
    return any(key in keys or str(key).startswith("ingress.cloud.tencent.com/") for key in ingress.annotations)


def other_controller(ingress: Resource) -> tuple[str, str] | None:
    """An annotation that only another controller reads, and that controller's name."""
    prefixes: dict[str, str] = table("ingress-controllers")["annotations"]
    every = tuple(prefixes)
    key = next((key for key in ingress.annotations if isinstance(key, str) and key.startswith(every)), None)
    return (key, next(prefixes[prefix] for prefix in every if key.startswith(prefix))) if key else None


def default_class_is_foreign(workspace: Workspace) -> bool:
    """Whether Ingresses without a class go to another controller: to the default class, or to the only one."""
    declared = workspace.facts.value("defaultIngressClass")
    return bool(declared != QCLOUD) if declared else workspace.once(_shown_default_is_foreign)


def _shown_default_is_foreign(workspace: Workspace) -> bool:
    classes = workspace.of_type("IngressClass")
    default = [each for each in classes if each.annotations.get(DEFAULT_CLASS) == "true"]
    if default:
        return all(each.name != QCLOUD for each in default)
    return len({each.name for each in classes}) == 1 and classes[0].name != QCLOUD


def switched_off(workspace: Workspace) -> tuple[Node, ...]:
    """The fields that switch TKE's Ingress controller off."""
    switches = (
        (config_map.node("data", "EnableIngressController"), "false")
        for config_map in workspace.of_type("ConfigMap")
        if is_controller_config(config_map)
    )
    replicas = (
        (deployment.node("spec", "replicas"), 0)
        for deployment in workspace.of_type("Deployment")
        if deployment.name == CONTROLLER and deployment.namespace in (None, NAMESPACE)
    )
    return tuple(node for node, off in (*switches, *replicas) if type(node.value) is type(off) and node.value == off)


def network(ingress: Resource, facts: ClusterFacts) -> str:
    """`internal`, `public` or `unknown`, as `services.network`."""
    existing = ingress.annotations.get(EXISTING_CLB)
    if existing:
        return facts.clb_network(existing) if isinstance(existing, str) else "unknown"
    return "internal" if ingress.annotations.get(INTERNAL_SUBNET) else "public"


def has_certificate(ingress: Resource) -> bool:
    """Whether it has TLS, through `spec.tls` or the certificate annotation."""
    return bool(ingress.get("spec", "tls") or ingress.annotations.get(CERTIFICATE))


def listeners(ingress: Resource) -> tuple[Listener, ...]:
    """The listeners TKE makes for an Ingress, sorted; empty when `listen-ports` cannot be read.

    Without annotations it is one protocol or the other: HTTP:80, or HTTPS:443 with TLS (page 457/45693).
    """
    stated = ingress.annotations.get(LISTEN_PORTS)
    if stated:
        return tuple(sorted(_listen_ports(stated)))
    annotations = ingress.annotations
    if not has_certificate(ingress):
        return (Listener("HTTP", 80),)
    both = any(annotations.get(key) == "true" for key in (RULE_MIX, RULE_MIX_BOTH, AUTO_REWRITE))
    return (Listener("HTTP", 80), Listener("HTTPS", 443)) if both else (Listener("HTTPS", 443),)


def _listen_ports(text: object) -> set[Listener]:
    try:
        entries = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return set()
    if not isinstance(entries, list):
        return set()
    pairs = [pair for entry in entries if isinstance(entry, dict) for pair in entry.items()]
    return {Listener(protocol, port) for protocol, port in pairs if protocol in ("HTTP", "HTTPS") and type(port) is int}


@functools.lru_cache(maxsize=64)  # the rules of one Ingress ask one after the other
def forwarding_rules(ingress: Resource) -> tuple[ForwardingRule, ...]:
    """Each host and path with its backend, in `networking.k8s.io/v1` or the older shape."""
    return tuple(
        _forwarding_rule(node, host if isinstance(host := rule.get("host"), str) else "", path)
        for rule_node, rule in ingress.items("spec", "rules")
        for node, path in ingress.items(*rule_node.path, "http", "paths")
    )


def _forwarding_rule(node: Node, host: str, path: dict[str, Any]) -> ForwardingRule:
    backend = path.get("backend")
    url = path.get("path")
    url = url if isinstance(url, str) and url else "/"
    match backend:
        case {"service": {"name": str() as name, **rest}}:
            port, key = _port(rest.get("port"))
            here = node.child("backend", "service")
            return ForwardingRule(node, host, url, name, port, here.child("name"), here.child("port", *key))
        case {"serviceName": str() as name, **rest}:
            stated = rest.get("servicePort")
            old_port = stated if isinstance(stated, (int, str)) else None
            here = node.child("backend")
            return ForwardingRule(node, host, url, name, old_port, here.child("serviceName"), here.child("servicePort"))
    return ForwardingRule(node, host, url, None, None, node.child("backend"), node.child("backend"))


def _port(port: object) -> tuple[int | str | None, tuple[str, ...]]:
    match port:
        case {"number": int() as number}:
            return number, ("number",)
        case {"name": str() as name}:
            return name, ("name",)
    return None, ()


def hosts(ingress: Resource) -> Iterator[tuple[str, Node]]:
    """Each host of its rules, with the node of the host."""
    for node, rule in ingress.items("spec", "rules"):
        if isinstance(rule.get("host"), str) and rule["host"]:
            yield rule["host"], node.child("host")


def service_config(ingress: Resource, workspace: Workspace) -> tuple[Node, Reference] | None:
    """The TkeServiceConfig that applies, with the annotation that says so; `None` when no annotation does.

    With `tke-service-config-auto: "true"` it is the generated `<IngressName>-auto-ingress-config` (page 457/45700).
    """
    name = ingress.annotations.get(SERVICE_CONFIG)
    if isinstance(name, str) and name:
        return ingress.annotation(SERVICE_CONFIG), workspace.find("TkeServiceConfig", name, ingress)
    if ingress.annotations.get(SERVICE_CONFIG_AUTO) == "true" and ingress.name:
        generated = ingress.name + AUTO_CONFIG_SUFFIX
        return ingress.annotation(SERVICE_CONFIG_AUTO), workspace.find("TkeServiceConfig", generated, ingress)
    return None
