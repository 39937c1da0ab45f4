"""Names of Services in the settings of workloads and in ExternalName Services: do they exist, do they have the port.

A full name says what it means by itself. A short one (`payments`, `payments.prod`) may be any word, so that it counts
only where a scheme or a port stands at it and the search list of the Pod completes it:
https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint import services
from tkelint.checks.misspellings import Misspellings
from tkelint.checks.nearby import are_installed_together, belong_together, share_a_folder
from tkelint.checks.pod_makers import may_make_pods
from tkelint.mentions import settings
from tkelint.problem import Problem, Related
from tkelint.resolver import cluster_zones
from tkelint.search_list import meaning_of
from tkelint.service_names import ServiceName, service_name
from tkelint.short_names import short_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.mentions import Host, User
    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.search_list import Meaning
    from tkelint.workspace import Reference, Workspace

# Namespaces whose Services come with the cluster and are in nobody's repository.
_SYSTEM_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_API_SERVER = ("default", "kubernetes")


class Call(NamedTuple):
    """A name that a program or DNS is told, with what is known of how it is used."""

    node: Node
    text: str
    port: int | None
    scheme: str
    is_likely: bool
    users: tuple[User, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether the name says by itself that it is one of a Service: `payments.prod.svc`."""
        return ".svc" in self.text

    @property
    def called_port(self) -> int | None:
        """The port in the text, else the one that the scheme stands for."""
        return self.port or {"http": 80, "ws": 80, "https": 443, "wss": 443}.get(self.scheme)


def service_name_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A name of which there is no such Service in a namespace that is here."""
    for call in calls(resource, workspace):
        if workspace.is_external_host(call.text):
            continue
        yield from _full_name_missing(call, workspace) if call.is_full else _short_name_missing(call, workspace)


def _full_name_missing(call: Call, workspace: Workspace) -> Iterator[Problem]:
    name = service_name(call.text, workspace.once(cluster_zones))
    if name is None or is_beyond_the_tree(name, call.text, workspace):
        return
    reference = workspace.find("Service", name.service, call.node.resource, name.namespace)
    if reference.is_missing:
        message = "near" if reference.nearest else "far"
        yield _missing(call, name, reference, message, "likely" if call.is_likely else "possible")


def _short_name_missing(call: Call, workspace: Workspace) -> Iterator[Problem]:
    """A short name that nothing has, while a Service beside the caller has nearly the same one, or one elsewhere it."""
    if not call.is_likely or not (call.scheme or call.port) or services.is_placeholder(call.text):
        return
    for message, look in (("short", _slip), ("elsewhere", _elsewhere)):
        found = [look(call, user.workload, workspace) for user in call.users]
        if not found or None in found or found[0] is None:
            continue
        meaning, near = found[0]
        is_called = bool(call.scheme) or (call.port is not None and services.may_serve(near, call.port))
        reference = meaning.reference._replace(nearest=near)
        likelihood = "likely" if is_called and message == "short" else "possible"
        problem = _missing(call, meaning.service, reference, message, likelihood)
        client = call.users[0].workload.resource
        more = {"client": client.label, "namespace": client.namespace or "", "other": near.namespace or ""}
        yield problem._replace(parameters={**problem.parameters, **more})
        return


def _elsewhere(call: Call, client: Workload, workspace: Workspace) -> tuple[Meaning, Resource] | None:
    """What a name of one label means that nothing in the namespace has, with the Service that has it in another one."""
    meaning = meaning_of(call.text, client, workspace) if "." not in call.text else None
    if meaning is None or not meaning.reference.is_missing or client.resource.namespace is None:
        return None
    if is_beyond_the_tree(meaning.service, call.text, workspace):
        return None
    others = workspace.once(Misspellings).named(call.text)
    stated = [each for each in others if each.namespace not in (None, *_SYSTEM_NAMESPACES)]
    is_served = call.port is None or any(services.may_serve(each, call.port) for each in stated)
    return (meaning, stated[0]) if stated and is_served else None


def _slip(call: Call, client: Workload, workspace: Workspace) -> tuple[Meaning, Resource] | None:
    """What a name means that nothing has, with the Service beside the client of which it is a misspelling.

    That such a Service is here is the evidence; what custom resources and charts elsewhere may make does not count.
    """
    meaning = meaning_of(call.text, client, workspace)
    if meaning is None or meaning.reference.is_found or meaning.service.namespace in _SYSTEM_NAMESPACES:
        return None
    reference = meaning.reference
    near = workspace.once(Misspellings).of(reference.name, reference.namespace)
    for service in near:
        if _is_beside(service, reference, client) and not _may_be_unread(reference.name, client, workspace):
            return meaning, service
    return None


def _is_beside(service: Resource, reference: Reference, client: Workload) -> bool:
    if reference.namespace is not None and service.namespace is not None:
        return service.namespace == reference.namespace
    return are_installed_together(client.resource, service)


def _may_be_unread(name: str, client: Workload, workspace: Workspace) -> bool:
    """Whether a text beside the client that could not be read, such as a chart's template, may define a Service."""
    path = client.resource.document.source.path
    return any(
        share_a_folder(path, other) and (name in text or "{{" in text) for other, text in workspace.once(_unread_texts)
    )


def _unread_texts(workspace: Workspace) -> Sequence[tuple[str, str]]:
    return tuple((reading.source.path, text) for reading in workspace.readings for text in reading.unread)


def _missing(call: Call, name: ServiceName, reference: Reference, message: str, likelihood: str) -> Problem:
    near = reference.nearest
    role = "elsewhere" if message == "elsewhere" else "near"
    return Problem(
        node=call.node,
        message=message,
        parameters={
            "name": call.text,
            "service": name.service,
            "namespace": name.namespace,
            "count": reference.searched,
            "near": near.name if near else "",
        },
        likelihood=likelihood,
        related=(Related(near.node("metadata", "name"), role, {"service": near.label}),) if near else (),
    )


def service_name_port(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Service that is called on a port it does not have."""
    for call in calls(resource, workspace):
        port = call.called_port
        if port is None or not call.is_likely:
            continue
        candidates = _called_services(call, workspace)
        yield from () if candidates else _external_port(call, port, workspace)
        if not candidates or any(services.may_serve(candidate, port) for candidate in candidates):
            continue
        service = candidates[0]
        yield Problem(
            node=call.node,
            parameters={
                "name": call.text,
                "port": port,
                "service": service.label,
                "ports": [str(entry["port"]) for _, entry in services.ports(service)],
            },
            related=(Related(service.node("spec", "ports"), "ports", {"service": service.label}),),
        )


def _external_port(call: Call, port: int, workspace: Workspace) -> Iterator[Problem]:
    """A port that a Service which exists elsewhere is declared not to have; a name of a port says no number."""
    name = service_name(call.text, workspace.once(cluster_zones)) if call.is_full else None
    external = None if name is None or name.prefix else workspace.external("Service", name.service, name.namespace)
    if name is None or external is None or any(isinstance(each, str) for each in external.ports):
        return
    if external.has_port(port) is False:
        ports = [str(each) for each in external.ports]
        service = f"Service {name.namespace}/{name.service}"
        yield Problem(node=call.node, parameters={"name": call.text, "port": port, "service": service, "ports": ports})


def calls(resource: Resource, workspace: Workspace) -> Iterator[Call]:
    """The names in the texts of a resource that workloads are configured with, or that it sends callers to."""
    yield from workspace.once(_calls_by_resource).get(resource, ())
    target = resource.get("spec", "externalName") if resource.type == "Service" else None
    if isinstance(target, str):
        yield Call(resource.node("spec", "externalName"), target.lower().rstrip("."), None, "", is_likely=True)


def _calls_by_resource(workspace: Workspace) -> dict[Resource, list[Call]]:
    found: dict[Resource, list[Call]] = defaultdict(list)
    for setting in (*settings(workspace), *short_settings(workspace)):
        found[setting.node.resource].extend(_call(setting.node, host, setting.users) for host in setting.hosts)
    return found


def _call(node: Node, host: Host, users: tuple[User, ...]) -> Call:
    return Call(node.text(host.start, host.end), host.name, host.port, host.scheme, host.is_likely_call, users)


def is_beyond_the_tree(name: ServiceName, text: str, workspace: Workspace) -> bool:
    """Whether the Service may come from elsewhere: the cluster itself, or an operator that makes objects of its own."""
    return is_of_the_cluster(name, text) or may_make_pods(name.namespace, workspace)


def is_of_the_cluster(name: ServiceName, text: str) -> bool:
    """Whether a Service is one that every cluster has, or no Service but a placeholder."""
    if name.namespace in _SYSTEM_NAMESPACES or (name.namespace, name.service) == _API_SERVER:
        return True
    return services.is_placeholder(text)


def _called_services(call: Call, workspace: Workspace) -> Sequence[Resource]:
    """The Services that a name certainly means to all who are told it."""
    if call.is_full:
        name = service_name(call.text, workspace.once(cluster_zones))
        if name is None or name.prefix:
            # Below a headless Service the host is a Pod, which has ports of its own.
            return ()
        return workspace.find("Service", name.service, call.node.resource, name.namespace).candidates
    found: list[Resource] = []
    for user in call.users:
        meaning = meaning_of(call.text, user.workload, workspace)
        if meaning is None or meaning.service.prefix:
            return ()
        client, candidates = user.workload.resource, meaning.reference.candidates
        beside = [each for each in candidates if "." in call.text or belong_together(client, each)]
        if not beside:
            return ()
        found += beside
    if call.scheme or "." in call.text or any(_is_behind(service, call.port, workspace) for service in found):
        return found
    return ()


def _is_behind(service: Resource, port: int | None, workspace: Workspace) -> bool:
    """Whether a port is one that the Pods of a Service listen on, by `targetPort` or by their own list."""
    if any(entry.get("targetPort") == port for _, entry in services.ports(service)):
        return True
    return any(
        entry.get("containerPort") == port
        for server in workspace.backends(service)
        for container, _ in server.containers("containers")
        for _, entry in container.resource.items(*container.path, "ports")
    )
