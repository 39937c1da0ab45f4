"""What stands behind the paths of an Ingress: backends of the wrong shape, and Services that do not fit.

That the Service or its port is missing is found in `ingress`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import ingresses, services
from tkelint.checks.ingress import judged_backends
from tkelint.checks.nearby import belong_together
from tkelint.checks.patches import may_be_patched_in
from tkelint.checks.service_ports import is_integer
from tkelint.direct_access import direct_access
from tkelint.patterns import pattern
from tkelint.problem import Edit, Fix, Problem, Related, Removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_LATEST = "networking.k8s.io/v1"
_NAME = pattern(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_NO_STRINGS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
_BETAS = ("extensions/v1beta1", "networking.k8s.io/v1beta1")


def malformed(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A backend in the shape of another API version, or without what the API server wants of it."""
    if ingress.api_version not in (_LATEST, *_BETAS) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    find = _fault_of_latest if ingress.api_version == _LATEST else _fault_of_beta
    for node in _backend_nodes(ingress):
        found = find(node)
        if found is not None:
            message, where = found
            value = where.source_text if where.exists and not where.at_key else ""
            yield Problem(
                node=where,
                message=message,
                parameters={"version": ingress.api_version, "value": value},
                fix=_repair(message, node, where),
            )


def _backend_nodes(ingress: Resource) -> Iterator[Node]:
    """The backend of each path, and the default one under the name that its API version gives it."""
    default = ingress.node("spec", "defaultBackend" if ingress.api_version == _LATEST else "backend")
    if isinstance(default.value, dict):
        yield default
    yield from (rule.node.child("backend") for rule in ingresses.forwarding_rules(ingress))


def _fault_of_beta(backend: Node) -> tuple[str, Node] | None:
    """What is wrong with a backend of the beta versions: the message, and where."""
    value = backend.value
    if isinstance(value, dict) and isinstance(value.get("service"), dict) and "serviceName" not in value:
        return "new-shape", backend.child("service").key()
    return None


def _fault_of_latest(backend: Node) -> tuple[str, Node] | None:
    """What is wrong with a backend of v1: the message, and where."""
    value = backend.value
    if not isinstance(value, dict):
        return "missing", backend
    for old in ("serviceName", "servicePort"):
        if old in value:
            return "old-shape", backend.child(old).key()
    service = value.get("service")
    if isinstance(service, dict):
        return _fault_of_port(backend.child("service"), service)
    return None if "resource" in value else ("missing", backend)


def _fault_of_port(node: Node, service: dict[str, Any]) -> tuple[str, Node] | None:
    for key in ("name", "port"):
        if not service.get(key):
            return f"no-{key}", node.child(key) if key in service else node.key()
    port, where = service["port"], node.child("port")
    if services.is_placeholder(port):
        return None
    match port:
        case {"number": number, "name": str() as name} if number is not None and name:
            return "port-twice", where.child("name")
        case {"number": number} if number is not None and not is_integer(number):
            return None if services.is_placeholder(number) else ("port-number", where.child("number"))
        case dict():
            return None
    return "port-shape", where


def _repair(message: str, backend: Node, where: Node) -> Fix | None:
    """What was meant, where that is plain: the API server rejects what is there."""
    value = where.value
    text = None
    if message == "old-shape":
        edits = edits_to_latest(backend)
        return Fix(edits, safe=True) if edits else None
    if message == "port-shape" and is_integer(value):
        text = f"{{number: {value}}}"
    elif message == "port-shape" and isinstance(value, str):
        text = f"{{number: {value}}}" if value.isdecimal() else f"{{name: {value}}}" if _is_name(value) else None
    elif message == "port-number" and isinstance(value, str) and value.isdecimal():
        text = value
    return Fix((Edit(where, text),), safe=True) if text else None


def edits_to_latest(backend: Node) -> tuple[Edit | Removal, ...]:
    """What makes a backend of the beta versions one of v1; nothing where it is none, or not to be understood."""
    match backend.value:
        case {"serviceName": str() as name, "servicePort": int() | str() as port, **rest} if not rest:
            is_number = is_integer(port) or (isinstance(port, str) and port.isdecimal())
            if _is_name(name) and (is_number or (isinstance(port, str) and _is_name(port))):
                service = f"{{name: {name}, port: {{{'number' if is_number else 'name'}: {port}}}}}"
                # The later of the two becomes the new one, so that something can be added behind the backend.
                gone, old = (backend.child(key) for key in backend.value)
                return Edit(old.key(), "service"), Edit(old, service), Removal(gone)
    return ()


def _is_name(text: str) -> bool:
    """Whether a text is a name of Kubernetes that YAML reads as the string it is."""
    return bool(_NAME.match(text)) and text not in _NO_STRINGS


def load_balancer(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A backend that has a CLB of its own besides."""
    for service, rule in _services(ingress, workspace):
        if services.has_clb(service) and not service.annotations.get(services.EXISTING_CLB):
            yield Problem(
                node=rule.service_node,
                parameters={"ingress": ingress.label, "service": service.label},
                related=(Related(service.node("spec", "type"), "type", {"service": service.label}),),
            )


def without_selector(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A backend without selector behind a CLB that binds Pods: it has none."""
    access = direct_access(ingress, workspace)
    if access.state is not True:
        return
    for service, rule in _services(ingress, workspace):
        if service.get("spec", "selector") or not service.get("spec", "ports"):
            continue
        if not any(may_be_patched_in(word, workspace) for word in ("selector", "commonLabels", "labels")):
            yield Problem(
                node=rule.service_node,
                likelihood="certain" if access.is_stated else "likely",
                parameters={"ingress": ingress.label, "service": service.label},
                related=(*access.related, Related(service.node("spec"), "selector", {"service": service.label})),
            )


def _services(ingress: Resource, workspace: Workspace) -> Iterator[tuple[Resource, ForwardingRule]]:
    """Each backend Service of which there is exactly one to be meant, with the first rule that names it."""
    for name, rule in judged_backends(ingress, workspace).items():
        named = workspace.named("Service", name, ingress)
        candidates = [service for service in named if belong_together(ingress, service)]
        if len(candidates) == 1:
            yield candidates[0], rule
