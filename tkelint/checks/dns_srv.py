"""SRV names, `_port._proto.service.namespace.svc`: do the Service and the port exist.

https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#srv-records: there is one for each named port,
of headless Services, too.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint import services
from tkelint.checks.nearby import belong_together
from tkelint.mentions import User, lines_of, texts
from tkelint.patterns import pattern
from tkelint.problem import Problem, Related
from tkelint.search_list import meaning_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_NAME = pattern(r"(?<![\w.${}-])_([A-Za-z0-9-]{1,63})\._(tcp|udp|sctp)\.([A-Za-z0-9][\w.-]{0,252})(?![\w.${%*-])")


class _Question(NamedTuple):
    """An SRV name in a text, and who is told it."""

    node: Node
    text: str
    port: str
    protocol: str
    name: str
    users: list[User]


def port_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An SRV name for a port that no port of the Service is called."""
    for question in workspace.once(_questions).get(resource, ()):
        candidates = _asked_services(question, workspace)
        if not candidates or any(_has_port(service, question) for service in candidates):
            continue
        service = candidates[0]
        names = [f"_{entry['name']}._{_protocol(entry)}" for _, entry in services.ports(service) if entry.get("name")]
        yield Problem(
            node=question.node,
            message="named" if names else "none",
            parameters={
                "name": question.text,
                "port": f"_{question.port}._{question.protocol}",
                "service": service.label,
                "ports": names,
            },
            related=(Related(service.node("spec", "ports"), "ports", {"service": service.label}),),
        )


def _asked_services(question: _Question, workspace: Workspace) -> Sequence[Resource]:
    """The Services that the name means to all who are told it."""
    found: list[Resource] = []
    for user in question.users:
        meaning = meaning_of(question.name, user.workload, workspace)
        if meaning is None or meaning.service.prefix or services.is_placeholder(question.text):
            return ()
        client, candidates = user.workload.resource, meaning.reference.candidates
        beside = [each for each in candidates if "." in question.name or belong_together(client, each)]
        if not beside:
            return ()
        found += beside
    return found


def _has_port(service: Resource, question: _Question) -> bool:
    """Whether an SRV record may exist; what cannot be read may have any port."""
    entries = service.get("spec", "ports")
    if service.get("spec", "type") == "ExternalName" or not isinstance(entries, list):
        return True
    wanted = question.port.lower(), question.protocol
    return any(not isinstance(each, dict) for each in entries) or any(
        services.is_placeholder(entry.get("name")) or (str(entry.get("name")).lower(), _protocol(entry)) == wanted
        for _, entry in services.ports(service)
    )


def _protocol(entry: dict[str, object]) -> str:
    return str(entry.get("protocol") or "TCP").lower()


def _questions(workspace: Workspace) -> dict[Resource, list[_Question]]:
    """Every SRV name that a workload likely asks for, by the resource in which it stands."""
    by_node: dict[Node, _Question] = {}
    for workload in workspace.workloads:
        for node, setting, links in texts(workload, workspace, _may_hold_questions) if workload.runs else ():
            for line in lines_of(node.value, setting):
                for match in _NAME.finditer(node.value, line.start, line.end):
                    text = match[0].rstrip(".-").lower()
                    if match.start() <= line.weak_from:
                        part = node.text(match.start(), match.start() + len(text))
                        name = match[3].rstrip(".-").lower()
                        question = _Question(part, text, match[1], match[2], name, [])
                        by_node.setdefault(part, question).users.append(User(workload, links))
    found: dict[Resource, list[_Question]] = defaultdict(list)
    for question in by_node.values():
        found[question.node.resource].append(question)
    return found


def _may_hold_questions(text: object) -> bool:
    return isinstance(text, str) and "._" in text
