"""What CoreDNS answers to a name, as far as its Corefile tells.

The server block is chosen by the longest zone that covers the name as it was asked; inside it `rewrite` comes before
`hosts` and `hosts` before `kubernetes`, whatever the order of lines (compiled order since CoreDNS 1.0.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tkelint.corefiles import CorefileView, corefiles
from tkelint.problem import Related
from tkelint.syntax.corefile import server_key
from tkelint.syntax.corefile_plugins import UNKNOWN, hosts_entries, kubernetes_view, rewrite_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.syntax.corefile import Directive, ServerBlock
    from tkelint.workspace import Workspace

DEFAULT_ZONE = "cluster.local."


class Answer(Enum):
    """What became of a name."""

    SERVICE = "service"  # a name in the cluster's zone: `name` is the one to look up
    ADDRESS = "address"  # a hosts entry: `name` is the address
    ELSEWHERE = "elsewhere"  # forwarded, or no Corefile here: the outside decides
    UNKNOWN = "unknown"  # a regular expression or variable that cannot be evaluated


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer to a name, with the lines of Corefiles that made it so."""

    answer: Answer
    name: str
    steps: tuple[Related, ...] = ()


def resolve(name: str, workspace: Workspace) -> Resolution:
    """What the cluster's DNS makes of an absolute name (without search domains)."""
    question = normalise(name)
    views = [view for view in corefiles(workspace) if view.serves_cluster]
    for view in views:
        resolution = _resolve_in(view, question)
        if resolution.answer is not Answer.ELSEWHERE:
            return resolution
    if not views and _is_in(question, DEFAULT_ZONE):
        return Resolution(Answer.SERVICE, question)
    return Resolution(Answer.ELSEWHERE, question)


def normalise(name: str) -> str:
    """Lower case with a final dot, as CoreDNS compares names."""
    return name.lower().rstrip(".") + "."


def block_for(view: CorefileView, question: str) -> ServerBlock | None:
    """The server block that gets a question: the one with the longest covering zone."""
    best: tuple[int, ServerBlock] | None = None
    for block in view.corefile.blocks:
        for zone in _zones(block):
            if _is_in(question, zone) and (best is None or len(zone) > best[0]):
                best = (len(zone), block)
    return best[1] if best else None


def cluster_zones(block: ServerBlock) -> list[str]:
    """The forward zones that the block's `kubernetes` plugin serves."""
    return [zone for each in _directives(block, "kubernetes") for zone in kubernetes_view(each).zones]


def _zones(block: ServerBlock) -> Iterator[str]:
    for token in block.keys:
        key = server_key(token)
        if key.error is None and key.transport == "dns":
            yield from key.zones


def _directives(block: ServerBlock, name: str) -> Iterator[Directive]:
    return (directive for directive in block.directives if directive.name.text == name)


def _resolve_in(view: CorefileView, question: str) -> Resolution:
    block = block_for(view, question)
    if block is None:
        return Resolution(Answer.ELSEWHERE, question)
    name, steps = question, []
    for directive in _directives(block, "rewrite"):
        for rule in rewrite_rules(directive):
            rewritten = rule.apply(name)
            if rewritten is UNKNOWN:
                return Resolution(Answer.UNKNOWN, name)
            if isinstance(rewritten, str):
                steps.append(Related(view.at(rule.target), "rewrite", {"from": name.rstrip("."), "to": rewritten.rstrip(".")}))
                name = rewritten
                if not rule.continues:
                    break
        else:
            continue
        break
    for directive in _directives(block, "hosts"):
        for entry in hosts_entries(directive).entries:
            for token in entry.names:
                if normalise(token.text) == name:
                    steps.append(Related(view.at(token), "hosts", {"name": token.text, "address": entry.address.text}))
                    return Resolution(Answer.ADDRESS, entry.address.text, tuple(steps))
    if any(_is_in(name, zone) for zone in cluster_zones(block)):
        return Resolution(Answer.SERVICE, name, tuple(steps))
    return Resolution(Answer.ELSEWHERE, name, tuple(steps))


def _is_in(name: str, zone: str) -> bool:
    return zone == "." or name == zone or name.endswith("." + zone)
