"""Letting requests end before a Pod does.

https://cloud.tencent.com/document/product/457/60064 (Services), https://cloud.tencent.com/document/product/457/60065
(Ingresses), https://cloud.tencent.com/document/product/457/109977 (deletion of Pods).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING, Any, Final

from tkelint.checks.service_ports import is_integer
from tkelint.clb_uses import clb_uses, existing_clb, gets_clb
from tkelint.direct_access import backends_of, direct_access
from tkelint.patterns import pattern
from tkelint.pods import Workload
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_KEYS: Final = ("enable-grace-shutdown", "enable-grace-shutdown-tkex", "enable-grace-deletion")
_PREFIXES: Final = {"Service": "service.cloud.tencent.com/", "Ingress": "ingress.cloud.tencent.com/"}

_DEFAULT_GRACE_PERIOD: Final = 30  # seconds, by Kubernetes
_LONGEST_SCRIPT: Final = 5000
_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash"})
_SEPARATORS: Final = pattern(r"&&|;|\n")
# Where a script does anything but one thing after the other, nobody can add up how long it sleeps.
_NOT_PLAIN: Final = pattern(r"[|`]|\$\(|(?<!&)&(?!&)|\b(?:while|until|for|if|case|function)\b")
_DURATION: Final = pattern(r"(\d{1,6})(?:\.\d+)?([smh]?)\Z")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


def _drains(target: Resource) -> Iterator[Node]:
    """The annotations that are to let requests end."""
    for key in _KEYS:
        node = target.annotation(_PREFIXES[target.type] + key)
        if node.value == "true":
            yield node


def without_direct_access(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Draining that only Pods behind direct access get."""
    if not gets_clb(target, workspace):
        return
    for node in _drains(target):
        access = direct_access(target, workspace)
        if access.state is not True:
            yield Problem(
                node=node,
                likelihood="likely" if access.state is False else "possible",
                parameters={"target": target.label, "key": node.path[-1]},
                related=access.related,
                assumed=access.assumed,
            )


def on_shared_clb(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Draining on a CLB that several Services use: while they change together, it does not work."""
    identity = existing_clb(service, workspace)
    if not identity:
        return
    others = [
        user
        for user in workspace.once(clb_uses).users.get(identity, ())
        if (user.type, user.name) != (service.type, service.name)
    ]
    for node in _drains(service) if others else ():
        related = Related(others[0].node("metadata", "name"), "other", {"other": others[0].label})
        yield Problem(node=node, parameters={"service": service.label, "clb": identity}, related=(related,))


def without_pre_stop(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A container that ends at once, while the CLB still has connections to it."""
    access = direct_access(target, workspace)
    if access.state is not True or not gets_clb(target, workspace):
        return
    asked = list(_drains(target))[:1]
    for workload in backends_of(target, workspace) if asked else ():
        containers = list(workload.containers("containers"))
        if any(_pre_stop(container) is not None for _, container in containers):
            continue
        if containers and workload.spec.get("terminationGracePeriodSeconds") is None:
            node, container = containers[0]
            yield Problem(
                node=node.child("name") if "name" in container else node,
                parameters={"target": target.label, "workload": workload.resource.label},
                related=(Related(asked[0], "draining", {"target": target.label}),),
            )


def pre_stop_too_long(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A preStop hook that sleeps for the whole time that a Pod has to end."""
    workload = Workload.of(resource)
    if workload is None:
        return
    stated = workload.spec.get("terminationGracePeriodSeconds")
    period = _DEFAULT_GRACE_PERIOD if stated is None else stated
    if not is_integer(period):
        return
    for node, container in workload.containers("containers"):
        slept = _slept(_pre_stop(container))
        if slept is None or slept < period or slept == 0:
            continue
        grace = workload.node("terminationGracePeriodSeconds")
        yield Problem(
            node=node.child("lifecycle", "preStop"),
            message="default" if stated is None else "stated",
            parameters={"workload": resource.label, "seconds": slept, "period": period},
            related=() if stated is None else (Related(grace, "period", {"period": period}),),
        )


def _pre_stop(container: dict[str, Any]) -> dict[str, Any] | None:
    lifecycle = container.get("lifecycle")
    hook = lifecycle.get("preStop") if isinstance(lifecycle, dict) else None
    return hook if isinstance(hook, dict) else None


def _slept(hook: dict[str, Any] | None) -> int | None:
    """For how many seconds a hook sleeps, if its text shows that: an exec of `sleep`, a plain script, or `sleep`."""
    match hook:
        case {"sleep": {"seconds": int() as seconds}}:
            return seconds
        case {"exec": {"command": [str() as program, *arguments]}}:
            if not all(isinstance(each, str) for each in arguments):
                return None
            name = posixpath.basename(program)
            if name == "sleep":
                return _seconds(arguments)
            if name in _SHELLS and len(arguments) == 2 and re.fullmatch(r"-[a-z]*c", arguments[0]):
                return _slept_in_script(arguments[1])
    return None


def _slept_in_script(script: str) -> int | None:
    if len(script) > _LONGEST_SCRIPT or _NOT_PLAIN.search(script):
        return None
    total = 0
    for command in _SEPARATORS.split(script):
        try:
            words = shlex.split(command, comments=True)
        except ValueError:
            return None
        if words and posixpath.basename(words[0]) == "sleep":
            seconds = _seconds(words[1:])
            if seconds is None:
                return None
            total += seconds
    return total


def _seconds(durations: list[str]) -> int | None:
    """What `sleep` makes of its arguments: `60`, `60s`, `1m`, added up; `None` for variables."""
    found = [_DURATION.match(each) for each in durations]
    if not found or None in found:
        return None
    return sum(int(each[1]) * _SECONDS[each[2]] for each in found if each)
