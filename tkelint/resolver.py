"""What CoreDNS answers to a name, as far as its Corefile tells.

The server block is chosen by the longest zone that covers the name as it was asked; inside it `rewrite` comes before
`hosts` and `hosts` before `kubernetes`, whatever the order of lines (compiled order since CoreDNS 1.0.6).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from tkelint.corefiles import corefiles
from tkelint.problem import Related
from tkelint.service_names import DEFAULT_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tkelint.dns_chains import Chain, Server
    from tkelint.workspace import Workspace

# Beyond this nothing is evaluated: real repositories have a Corefile per cluster.
_MOST_COREFILES = 100


class Answer(Enum):
    """What became of a name."""

    SERVICE = "service"  # a name in the cluster's zone: `name` is the one to look up
    ADDRESS = "address"  # a hosts entry: `name` is the address
    ELSEWHERE = "elsewhere"  # forwarded, or no Corefile here: the outside decides
    UNKNOWN = "unknown"  # a variable, an import or a plugin of which nothing is known decides


class Resolution(NamedTuple):
    """The answer to a name, with the lines of Corefiles that made it so."""

    answer: Answer
    name: str
    steps: tuple[Related, ...] = ()


def resolve(name: str, workspace: Workspace) -> Resolution:
    """What the cluster's DNS makes of an absolute name (without search domains).

    Of several Corefiles (alternatives, overlays) the one counts that leads to a Service, since it may be the cluster's.
    """
    servers = _servers(workspace)
    question = name.lower().rstrip(".") + "."
    if not servers:
        is_of_cluster = question == DEFAULT_ZONE or question.endswith("." + DEFAULT_ZONE)
        return Resolution(Answer.SERVICE if is_of_cluster else Answer.ELSEWHERE, question)
    if len(servers) > _MOST_COREFILES:
        return Resolution(Answer.UNKNOWN, question)
    return min((_resolve(server, question) for server in servers), key=lambda found: _PREFERRED.index(found.answer))


_PREFERRED = (Answer.SERVICE, Answer.UNKNOWN, Answer.ADDRESS, Answer.ELSEWHERE)


def cluster_zones(workspace: Workspace) -> frozenset[str]:
    """The zones of the cluster: those that any Corefile of it names, else the usual one."""
    zones = {zone for server in _servers(workspace) for chain in server.values() for zone in chain.zones}
    return frozenset(zones or {DEFAULT_ZONE})


def _servers(workspace: Workspace) -> tuple[Server, ...]:
    """The servers of the cluster's own DNS. What reads Corefiles is loaded only where there is one."""
    if not corefiles(workspace):
        return ()
    from tkelint.dns_chains import cluster_servers  # noqa: PLC0415 - see above

    return workspace.once(cluster_servers)


def _resolve(server: Server, question: str) -> Resolution:
    from tkelint.dns_chains import chain_for  # noqa: PLC0415 - see _servers
    from tkelint.syntax.domain_name import covers  # noqa: PLC0415

    chain = chain_for(server, question)
    if chain is None:
        return Resolution(Answer.ELSEWHERE, question)
    name, applied = chain.rewrite(question)
    if not isinstance(name, str):
        return Resolution(Answer.UNKNOWN, question)
    steps = tuple(_steps(chain, question, applied))
    if name in chain.entries:
        token, address = chain.entries[name]
        hosts = Related(chain.view.at(token), "hosts", {"name": token.text, "address": address.text})
        return Resolution(Answer.ADDRESS, address.text, (*steps, hosts))
    if any(covers(zone, name) for zone in chain.zones):
        return Resolution(Answer.SERVICE, name, steps)
    is_known = chain.view.corefile.is_complete and not chain.may_answer(name)
    return Resolution(Answer.ELSEWHERE if is_known else Answer.UNKNOWN, name, steps)


def _steps(chain: Chain, name: str, applied: Iterable[tuple[int, str]]) -> Iterator[Related]:
    for index, result in applied:
        target = chain.view.at(chain.rules[index].target)
        yield Related(target, "rewrite", {"from": name.rstrip("."), "to": result.rstrip(".")})
        name = result
