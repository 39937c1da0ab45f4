"""Patterns of `rewrite name`: do they match what was meant, and no more. Source: coredns `plugin/rewrite/name.go`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.checks.rewrites import is_evaluated
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chains_of
from tkelint.patterns import pattern
from tkelint.problem import Problem, Related
from tkelint.syntax.domain_name import covers, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.dns_chains import Chain
    from tkelint.resource import Resource
    from tkelint.syntax.corefile_rewrite import RewriteRule
    from tkelint.workspace import Workspace

# A host written into a pattern without escapes: labels of letters and dots that match anything.
_BARE_DOT = pattern(r"[A-Za-z0-9-]\.[A-Za-z0-9-]+\.?(?:\\\.)?\$?$|[A-Za-z0-9-]\.(?:com|cn|net|org|local|io|svc)\b")
_ANCHORED = pattern(r"(?:\$|\\z|\(\?:?\$\))\)*$")


def too_wide(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A suffix or regular expression that matches names of other domains, too."""
    for chain, rule in _rules(resource, workspace):
        node, parameters = chain.view.at(rule.source), {"pattern": rule.source.text}
        if rule.match == "suffix" and not rule.source.text.startswith(".") and rule.pattern != ".":
            other = f"not{rule.pattern}".rstrip(".")
            yield Problem(node, {**parameters, "other": other}, message="suffix")
        elif rule.match == "regex" and not _ANCHORED.search(rule.pattern) and _names_a_host(rule.pattern):
            yield Problem(node, parameters, message="end")
        elif rule.match == "regex" and _BARE_DOT.search(rule.pattern):
            yield Problem(node, parameters, message="dot")


def _names_a_host(text: str) -> bool:
    """Whether a pattern ends in a domain that it spells out."""
    return pattern(r"[A-Za-z0-9-]+(?:\\\.|\.)[A-Za-z]{2,}(?:\\\.|\.)?$").search(text) is not None


def no_effect(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A rule that changes nothing, or two that continue and undo each other."""
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            targets: dict[tuple[str, str], RewriteRule] = {}
            for rule in (rule for rule in chain.rules if is_evaluated(rule) and rule.match == "exact"):
                if rule.pattern == rule.replacement:
                    yield Problem(view.at(rule.source), {"name": rule.source.text}, message="same")
                    continue
                back = targets.get((rule.replacement, rule.pattern))
                if back is not None and back.continues:
                    related = (Related(view.at(back.source), "back", {"name": back.source.text}),)
                    yield Problem(view.at(rule.source), {"name": rule.source.text}, message="back", related=related)
                targets[rule.pattern, rule.replacement] = rule


def captures_cluster(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A pattern for many names that takes the names of Services, too."""
    for chain, rule in _rules(resource, workspace):
        if rule.match not in {"suffix", "substring", "regex"}:
            continue
        for zone in chain.zones:
            name = f"kubernetes.default.svc.{zone}"
            result = rule.apply(name)
            # A pattern that spells out the zone means it.
            if isinstance(result, str) and result != name and zone.rstrip(".") not in _spelt(rule):
                if not any(covers(own, result) for own in chain.zones):
                    parameters = {"pattern": rule.source.text, "name": name.rstrip("."), "result": result.rstrip(".")}
                    yield Problem(chain.view.at(rule.source), parameters)
                break


def _spelt(rule: RewriteRule) -> str:
    return rule.pattern.replace("\\", "").lower()


def hides_hosts(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An entry of `hosts` for a name that `rewrite`, which runs first, takes away."""
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            exact = {rule.pattern: rule for rule in chain.rules if is_evaluated(rule) and rule.match == "exact"}
            for entry in chain.hosts.entries if chain.hosts else ():
                for token in entry.names:
                    rule = exact.get(normalise(token.text))
                    if rule is not None and rule.replacement != rule.pattern:
                        related = (Related(view.at(rule.source), "rewrite", {"target": rule.target.text}),)
                        parameters = {"name": token.text, "target": rule.target.text}
                        yield Problem(view.at(token), parameters, related=related)


def _rules(resource: Resource, workspace: Workspace) -> Iterator[tuple[Chain, RewriteRule]]:
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            yield from ((chain, rule) for rule in chain.rules if is_evaluated(rule))
