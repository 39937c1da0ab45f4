"""`rewrite` and `kubernetes` in the blocks of Corefiles: does a query ever reach them, is what they say meant so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks.corefile_fixes import behind
from tkelint.compiled import table
from tkelint.coredns_readers import release_of
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chains_of
from tkelint.kubernetes import parse_version
from tkelint.patterns import pattern
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.syntax.domain_name import covers, zones_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.dns_chains import Chain
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import Directive, Token
    from tkelint.syntax.corefile_rewrite import RewriteRule
    from tkelint.workspace import Workspace

_FOREIGN_GROUP = pattern(r"[$\\](\d)")
# A pattern that ends with a letter and `$`; one with alternatives may match all the same.
_ENDS_WITHOUT_DOT = pattern(r"[^|]*(?<!\\)[A-Za-z0-9-]\$\Z")


def dollar_group(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A group of a regular expression in the spelling of other languages, which stays as it is."""
    for chain, rule in _rules(resource, workspace):
        group = _FOREIGN_GROUP.search(rule.target.text) if rule.match == "regex" else None
        if group is not None:
            node, target = chain.view.at(rule.target), rule.target.text
            spelt = chain.view.corefile.text[rule.target.start : rule.target.end]
            fix = Fix((Edit(node, _FOREIGN_GROUP.sub(r"{\1}", target)),), safe=True) if spelt == target else None
            yield Problem(node=node, parameters={"group": group[0], "target": target}, fix=fix)


def answer_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A rewrite of many names that leaves the name in the answer as it was rewritten."""
    for chain, rule in _rules(resource, workspace):
        if not rule.restores_answer:
            parameters = {"pattern": rule.source.text, "type": rule.match}
            fix = _with_answer(chain, rule, workspace)
            yield Problem(node=chain.view.at(rule.source), parameters=parameters, fix=fix)


def _with_answer(chain: Chain, rule: RewriteRule, workspace: Workspace) -> Fix | None:
    """`answer auto`, where the release is known to have it."""
    release = release_of(chain.view, workspace)
    since = parse_version(table("coredns-setup")["rewrite"]["answers"]["auto"])
    if release is None or since is None or release < since or rule.answers:
        return None
    return Fix((behind(chain.view, rule.target, " answer auto"),), safe=True)


def zone_unreachable(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Zones of `kubernetes` of which its block gets no query. A rewrite or k8s_external may still ask for them."""
    for view in corefiles_of(resource, workspace):
        chains = chains_of(view, workspace)
        reached = {zone for chain in chains for zone in chain.zones if _is_reached(chain, zone)}
        for chain in chains:
            directive = chain.block.plugin("kubernetes")
            if directive is None or not chain.served or not chain.block.is_complete or _asks_itself(chain):
                continue
            for zone in chain.zones:
                if not _is_reached(chain, zone):
                    served = [each.rstrip(".") for each in chain.served]
                    yield Problem(
                        node=view.at(_zone_token(directive, zone)),
                        parameters={"zone": zone.rstrip("."), "served": served},
                        likelihood="likely" if zone in reached else "certain",
                    )


def never_matches(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A rule that no query can reach: its pattern fits no name, its block gets none of them, or another comes first."""
    for view in corefiles_of(resource, workspace):
        chains = chains_of(view, workspace)
        # A rule of a snippet may serve another block that imports it.
        asked = {rule.source for chain in chains for index, rule in enumerate(chain.rules) if is_asked(chain, index)}
        for chain in chains:
            for index, rule in enumerate(chain.rules):
                if not is_evaluated(rule):
                    continue
                if rule.match != "exact":
                    yield from _unfitting(chain, rule)
                elif rule.source in asked:
                    yield from _shadowed(chain, index)
                else:
                    zones = [zone.rstrip(".") for zone in chain.served]
                    parameters = {"pattern": rule.source.text, "zones": zones}
                    yield Problem(node=view.at(rule.source), message="outside", parameters=parameters)


def _unfitting(chain: Chain, rule: RewriteRule) -> Iterator[Problem]:
    """A pattern that no name fits."""
    node, parameters = chain.view.at(rule.source), {"pattern": rule.source.text}
    if rule.match == "regex" and _ENDS_WITHOUT_DOT.match(rule.pattern):
        yield Problem(node=node, message="dot", parameters=parameters)
    elif rule.match in {"prefix", "substring"} and rule.source.text.endswith("-"):
        parameters |= {"type": rule.match, "full": rule.pattern}
        yield Problem(node=node, message="label", parameters=parameters)


def _shadowed(chain: Chain, index: int) -> Iterator[Problem]:
    """An exact name that an earlier rule takes."""
    rule = chain.rules[index]
    _, applied = chain.rewrite(rule.pattern)
    first = chain.rules[applied[0][0]] if applied and applied[0][0] < index else None
    if first is not None and not first.continues:
        related = Related(chain.view.at(first.source), "first", {"pattern": first.source.text})
        parameters = {"pattern": rule.source.text}
        yield Problem(node=chain.view.at(rule.source), message="shadowed", parameters=parameters, related=(related,))


def is_asked(chain: Chain, index: int) -> bool:
    """Whether the block may get the name of an exact rule: in a zone that it serves, or from a rule that continues."""
    rule = chain.rules[index]
    if rule.match != "exact" or not chain.served or chain.first_continuing < index:
        return True
    return any(covers(zone, rule.pattern) for zone in chain.served)


def _rules(resource: Resource, workspace: Workspace) -> Iterator[tuple[Chain, RewriteRule]]:
    """The rules for names whose words are all known."""
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            yield from ((chain, rule) for rule in chain.rules if _is_known(rule))


def _is_reached(chain: Chain, zone: str) -> bool:
    """Whether the block gets queries for names of a zone, or for some of them."""
    return any(covers(served, zone) or covers(zone, served) for served in chain.served)


def _asks_itself(chain: Chain) -> bool:
    """Whether names of other zones come up inside of the block."""
    return bool(chain.rules) or any(chain.block.plugin(name) for name in ("k8s_external", "autopath", "template"))


def _zone_token(directive: Directive, zone: str) -> Token:
    """The argument that names a zone, else the plugin's name."""
    return next((token for token in directive.arguments if zone in zones_of(token.text)), directive.name)


def _is_known(rule: RewriteRule) -> bool:
    return (
        not rule.errors
        and rule.field == "name"
        and bool(rule.match)
        and not (rule.source.unknown or rule.target.unknown)
    )


def is_evaluated(rule: RewriteRule) -> bool:
    """Whether a rule is one for names of which every word is known and meant."""
    return _is_known(rule) and not any(services.is_placeholder(token.text) for token in (rule.source, rule.target))
