"""What manifests name that is not here: the objects that `externals` of the configuration would have to declare."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint import ingresses, services
from tkelint.checks import dns
from tkelint.ingress_tls import tls_entries
from tkelint.kubernetes import POD_PATHS
from tkelint.resolver import cluster_zones
from tkelint.service_names import service_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.source import Place
    from tkelint.workspace import Workspace


class Use(NamedTuple):
    """Where an object is needed: the place, and the object that needs it. `world` is empty where there is one."""

    place: Place
    subject: str
    world: str = ""


class Need(NamedTuple):
    """An object that is not here. `near` is one with a similar name, of which this may be a misspelling."""

    kind: str
    namespace: str | None
    name: str
    ports: tuple[int | str, ...]
    uses: tuple[Use, ...]
    near: str = ""


class _Asked(NamedTuple):
    """One reference that leads to nothing."""

    kind: str
    namespace: str | None
    name: str
    node: Node
    port: int | str | None = None
    near: str = ""


def needs_of(worlds: Iterable[tuple[str, Workspace]]) -> tuple[Need, ...]:
    """What is not in any file, sorted by kind, namespace and name, from worlds given as pairs of name and workspace.

    Only what rules look for is asked: backends and called names, certificates, TkeServiceConfigs, classes, Pods.
    """
    found: dict[tuple[str, str, str], list[tuple[str, _Asked]]] = defaultdict(list)
    for world, workspace in worlds:
        for asked in _asked(workspace):
            found[asked.kind, asked.namespace or "", asked.name].append((world, asked))
    return tuple(_need(found[key]) for key in sorted(found))


def _need(asked: list[tuple[str, _Asked]]) -> Need:
    first = asked[0][1]
    ports = dict.fromkeys(each.port for _, each in asked if each.port is not None)
    uses: dict[tuple[str, int, str], Use] = {}
    for world, each in asked:
        place, subject = each.node.place, each.node.resource.label
        uses.setdefault((place.source.path, place.span.start, subject), Use(place, subject, world))
    near = next((each.near for _, each in asked if each.near), "")
    return Need(first.kind, first.namespace, first.name, tuple(sorted(ports, key=str)), tuple(uses.values()), near)


def _asked(workspace: Workspace) -> Iterator[_Asked]:
    for type_ in sorted(workspace.types()):
        for resource in workspace.of_type(type_):
            if resource.targeted and not resource.is_exported:
                yield from _asked_by(resource, workspace)


def _asked_by(resource: Resource, workspace: Workspace) -> Iterator[_Asked]:
    if resource.type == "Ingress":
        yield from _by_ingress(resource, workspace)
    if resource.type == "Service":
        yield from _found_nowhere("TkeServiceConfig", resource.annotation(services.SERVICE_CONFIG), workspace)
        yield from _pods(resource, workspace)
    for call in dns.calls(resource, workspace):
        name = service_name(call.text, workspace.once(cluster_zones)) if call.is_full else None
        if (
            name is not None
            and not dns.is_of_the_cluster(name, call.text)
            and not workspace.is_external_host(call.text)
        ):
            port = call.called_port if call.is_likely else None
            yield from _found_nowhere("Service", call.node, workspace, name.service, name.namespace, port)


def _by_ingress(ingress: Resource, workspace: Workspace) -> Iterator[_Asked]:
    stated = ingresses.class_name(ingress)
    annotation = ingress.annotation(ingresses.CLASS)
    if stated != ingresses.QCLOUD and stated and annotation.value != stated:
        yield from _found_nowhere("IngressClass", ingress.node("spec", "ingressClassName"), workspace)
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    for rule in ingresses.forwarding_rules(ingress):
        if rule.service:
            yield from _found_nowhere("Service", rule.service_node, workspace, rule.service, port=rule.port)
    for entry in tls_entries(ingress):
        if entry.secret:
            yield from _found_nowhere("Secret", entry.secret_node, workspace, entry.secret)
    yield from _found_nowhere("TkeServiceConfig", ingress.annotation(ingresses.SERVICE_CONFIG), workspace)


def _found_nowhere(
    kind: str,
    node: Node,
    workspace: Workspace,
    name: str | None = None,
    namespace: str | None = None,
    port: int | str | None = None,
) -> Iterator[_Asked]:
    """The reference at a node, which names an object by its value unless a name is given, if it leads to nothing."""
    name = name or node.value
    if not isinstance(name, str) or not name or services.is_placeholder(name):
        return
    reference = workspace.find(kind, name, node.resource, namespace)
    if not reference.is_found:
        near = reference.nearest.label if reference.nearest else ""
        wanted = None if kind == "IngressClass" else reference.namespace
        yield _Asked(kind, wanted, name, node, port, near)


def _pods(service: Resource, workspace: Workspace) -> Iterator[_Asked]:
    """A Service that selects Pods which nothing here makes. What makes them has a name that nobody can know."""
    selector = service.mapping("spec", "selector")
    if not selector or workspace.backends(service):
        return
    if not workspace.may_have_pods_elsewhere(selector, service.namespace) and _has_workloads(workspace):
        yield _Asked("Deployment", service.namespace, "*", service.node("spec", "selector"))


def _has_workloads(workspace: Workspace) -> bool:
    return any(type_ in POD_PATHS for type_ in workspace.types())


def as_mapping(need: Need) -> Mapping[str, object]:
    """The entry of `externals` that declares it."""
    entry: dict[str, object] = {"kind": need.kind}
    if need.namespace:
        entry["namespace"] = need.namespace
    entry["name"] = need.name
    if need.ports:
        entry["ports"] = list(need.ports)
    return entry
