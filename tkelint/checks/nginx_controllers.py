"""Controllers of ingress-nginx that run in a TKE cluster beside TKE's own.

https://cloud.tencent.com/document/product/457/50503. They are told by their image; what they serve is another
controller's, so that nothing here speaks of the CLBs of Ingresses.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import services
from tkelint.checks.nearby import are_installed_together
from tkelint.compiled import table
from tkelint.direct_access import direct_access
from tkelint.kubernetes import parse_image, parse_version
from tkelint.patterns import pattern
from tkelint.pods import Workload
from tkelint.problem import Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# The first release that serves networking.k8s.io/v1, and that goes by IngressClass.spec.controller.
_FIRST_OF_V1 = (1, 0, 0)
_DEFAULT_CONTROLLER = "k8s.io/ingress-nginx"
_DEFAULT_CLASS = "nginx"
# Arguments that part controllers of one class.
_PARTING = ("--ingress-class-by-name", "--watch-namespace", "--watch-namespace-selector")
_PLAIN = pattern(r"[\w./ &-]+\Z")  # what needs no quoting in a shell, nor in YAML
_ADD_ON_CONFIG = "-ingress-nginx-controller"
_SYSTEM = "kube-system"
_MOST_COMPARED = 50  # controllers of one class: no tree may cost quadratic time


class NginxController(NamedTuple):
    """A workload that runs ingress-nginx: the container's image and arguments. `version` is `None` when unknown."""

    workload: Workload
    image: Node
    container: Node
    version: tuple[int, ...] | None
    arguments: Mapping[str, str]

    @property
    def resource(self) -> Resource:
        """The object that makes the Pods."""
        return self.workload.resource

    @property
    def claim(self) -> tuple[str, str]:
        """What it takes Ingresses by: the argument, and its value."""
        if self.version is not None and self.version < _FIRST_OF_V1:
            return "--ingress-class", self.arguments.get("--ingress-class", _DEFAULT_CLASS)
        return "--controller-class", self.arguments.get("--controller-class", _DEFAULT_CONTROLLER)


def nginx_controllers(workspace: Workspace) -> tuple[NginxController, ...]:
    """All of them; ask for it with `workspace.once(nginx_controllers)`."""
    return tuple(
        controller
        for workload in workspace.workloads
        for node, container in workload.containers("containers")
        if (controller := _controller(workload, node, container)) is not None
    )


def _controller(workload: Workload, node: Node, container: dict[str, Any]) -> NginxController | None:
    text = container.get("image")
    endings = tuple(table("ingress-controllers")["nginx-images"])
    if not isinstance(text, str) or "nginx" not in text:
        return None
    image = parse_image(text)
    if image is None or not image.repository.endswith(endings):
        return None
    return NginxController(workload, node.child("image"), node, parse_version(image.tag), _arguments(container))


def _arguments(container: dict[str, Any]) -> dict[str, str]:
    """The arguments of the form `--name=value`, and those without a value."""
    words = [word for key in ("command", "args") for word in _list(container, key) if isinstance(word, str)]
    return {name: value for name, _, value in (word.partition("=") for word in words) if name.startswith("--")}


def controllers_of(service: Resource, workspace: Workspace) -> list[NginxController]:
    """The controllers whose Pods a Service selects."""
    by_workload = workspace.once(_by_resource)
    behind = workspace.backends(service) if by_workload else ()
    return [by_workload[each.resource] for each in behind if each.resource in by_workload]


def _by_resource(workspace: Workspace) -> dict[Resource, NginxController]:
    return {each.resource: each for each in workspace.once(nginx_controllers)}


def class_collision(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A controller that takes the same Ingresses as another one before it."""
    mine = workspace.once(_by_resource).get(resource)
    if mine is None or _is_parted(mine):
        return
    for other in workspace.once(_by_claim)[mine.claim][:_MOST_COMPARED]:
        if other.resource is resource:
            return
        if _is_other(mine, other):
            argument, value = mine.claim
            yield Problem(
                node=mine.container.child("args") if mine.container.child("args").exists else mine.image,
                likelihood="likely" if are_installed_together(mine.resource, other.resource) else "possible",
                parameters={
                    "controller": resource.label,
                    "other": other.resource.label,
                    "argument": argument,
                    "value": value,
                },
                related=(Related(other.image, "other", {"other": other.resource.label}),),
            )
            return


def _is_parted(controller: NginxController) -> bool:
    return any(name in controller.arguments for name in _PARTING) or any(
        services.is_placeholder(value) for value in controller.arguments.values()
    )


def _is_other(one: NginxController, other: NginxController) -> bool:
    """Whether two controllers may run at once: alternatives of one installation have the same name and place."""
    if _is_parted(other) or not (one.workload.runs and other.workload.runs):
        return False
    return (one.resource.name, one.resource.namespace) != (other.resource.name, other.resource.namespace)


def _by_claim(workspace: Workspace) -> dict[tuple[str, str], list[NginxController]]:
    found: dict[tuple[str, str], list[NginxController]] = {}
    for controller in workspace.once(nginx_controllers):
        found.setdefault(controller.claim, []).append(controller)
    return found


def webhook_rejects_v1(webhooks: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A webhook for Ingresses of v1 that is answered by a release which does not know them (page 457/75757)."""
    for webhook, value in webhooks.items("webhooks"):
        controller = _old_controller(webhooks, value, workspace)
        for rule, entry in webhooks.items(*webhook.path, "rules") if controller else ():
            if not _takes(entry, "apiGroups", "networking.k8s.io") or not _takes(entry, "resources", "ingresses"):
                continue
            for index, version in enumerate(_list(entry, "apiVersions")):
                if version in ("v1", "*") and controller is not None:
                    yield Problem(
                        node=rule.child("apiVersions", index),
                        parameters={"webhook": webhooks.label, "image": controller.image.value},
                        related=(Related(controller.image, "image", {"controller": controller.resource.label}),),
                    )


def _old_controller(webhooks: Resource, webhook: dict[str, Any], workspace: Workspace) -> NginxController | None:
    """The controller that answers a webhook, if it is of a release before v1.0.0."""
    match webhook.get("clientConfig"):
        case {"service": {"name": str() as name, **rest}}:
            namespace = rest.get("namespace")
            wanted = namespace if isinstance(namespace, str) else None
            found = workspace.find("Service", name, webhooks, wanted).candidates
            behind = [each for service in found for each in controllers_of(service, workspace)]
            old = [each for each in behind if each.version is not None and each.version < _FIRST_OF_V1]
            return old[0] if old and len(old) == len(behind) else None
    return None


def _takes(rule: dict[str, Any], key: str, wanted: str) -> bool:
    return not {wanted, "*", "*/*"}.isdisjoint(each for each in _list(rule, key) if isinstance(each, str))


def _list(mapping: dict[str, Any], key: str) -> list[Any]:
    """The list at a key; empty where it is anything else."""
    value = mapping.get(key)
    return value if isinstance(value, list) else []


def without_direct_access(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CLB that reaches a controller over node ports."""
    if not services.has_clb(service):
        return
    behind = controllers_of(service, workspace)
    if behind and direct_access(service, workspace).state is False:
        yield Problem(
            node=service.node("spec", "type"),
            parameters={"service": service.label, "controller": behind[0].resource.label},
            related=(Related(behind[0].image, "controller", {"controller": behind[0].resource.label}),),
        )


def shares_ports(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Several Pods in the network of their node that the scheduler does not keep apart, or has no nodes for.

    Kubernetes gives the ports that such a Pod declares to one Pod of a node only.
    """
    controller = workspace.once(_by_resource).get(resource)
    replicas = resource.get("spec", "replicas")
    if controller is None or type(replicas) is not int or controller.workload.spec.get("hostNetwork") is not True:
        return
    workload, nodes = controller.workload, workspace.facts.value("nodeCount")
    is_kept_apart = bool(controller.container.child("ports").value) or workload.avoids(workload)
    if replicas > 1 and (not is_kept_apart or (nodes is not None and replicas > nodes)):
        yield Problem(
            node=workload.node("hostNetwork"),
            message="nodes" if is_kept_apart else "ports",
            parameters={"controller": resource.label, "replicas": replicas, "nodes": nodes or 0},
            related=(Related(resource.node("spec", "replicas"), "replicas", {"replicas": replicas}),),
        )


def retired(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """ingress-nginx, which nobody maintains any more, and TKE's add-on of it."""
    if resource.type == "NginxIngress":
        yield Problem(node=resource.node("kind"), message="add-on", parameters={"object": resource.label})
        return
    controller = workspace.once(_by_resource).get(resource)
    if controller is not None:
        yield Problem(node=controller.image, message="image", parameters={"object": resource.label})


def log_settings(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """Settings of TKE's add-on that the collection of logs depends on, changed."""
    if not config_map.name.endswith(_ADD_ON_CONFIG) or config_map.namespace != _SYSTEM:
        return
    for key, default in table("ingress-controllers")["nginx-log-settings"].items():
        node = config_map.node("data", key)
        if isinstance(node.value, str) and node.value.split() != default.split():
            yield Problem(node=node, parameters={"key": key, "object": config_map.label})


def sleep_arguments(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A preStop that gives `sleep` something else than times: sleep then ends at once (page 457/71216)."""
    workload = Workload.of(resource)
    for node, _container in workload.containers() if workload else ():
        command = node.child("lifecycle", "preStop", "exec", "command")
        words = command.value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words) or len(words) < 2:
            continue
        wrong = [index for index, word in enumerate(words[1:], 1) if not _is_time(word)]
        if posixpath.basename(words[0]) == "sleep" and wrong:
            yield Problem(
                node=command.child(wrong[0]),
                message="program" if _is_program(words[wrong[0]]) else "operand",
                parameters={"word": words[wrong[0]], "time": words[1]},
                fix=_in_a_shell(command, wrong[0]),
            )


def _in_a_shell(command: Node, first: int) -> Fix | None:
    """Both commands in one shell, where what follows the times is a program that exists in the image with one."""
    words = command.value
    if first == 1 or not words[first].startswith("/"):
        return None
    line = f"{' '.join(words[:first])} && {' '.join(words[first:])}"
    if not _PLAIN.match(line):
        return None
    return Fix((Edit(command, f'["/bin/sh", "-c", "{line}"]'),))


def _is_time(word: str) -> bool:
    """Whether `sleep` takes a word: a number with a unit, an option, or something filled in later."""
    number = word[:-1] if word[-1:] in {"s", "m", "h", "d"} else word
    is_number = number.replace(".", "", 1).isdecimal() or number in ("infinity", "inf")
    return is_number or word.startswith(("-", "$")) or services.is_placeholder(word)


def _is_program(word: str) -> bool:
    return word.startswith(("/", "./")) or word in ("&&", ";", "||")
