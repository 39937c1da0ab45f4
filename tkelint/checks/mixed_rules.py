"""HTTP and HTTPS in one Ingress: the switch, the two lists of rules, and what they say of the rules in `spec`.

https://cloud.tencent.com/document/product/457/45693. Text that is no JSON at all has a rule of its own.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tkelint import ingress_rules, ingresses, services
from tkelint.checks.patches import may_be_patched_in
from tkelint.ingress_rules import RULES_OF, Entry
from tkelint.problem import Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tkelint.ingress_rules import MatchKey
    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

# What the page on regular expressions (457/122962) calls the switch; the key with this prefix has a rule of its own.
_MISSPELT_SWITCH = "ingress.cloud.tencent.com/rule-mix"

# The parts of a match key inside an entry.
_STEPS = (("host",), ("path",), ("backend", "serviceName"), ("backend", "servicePort"))
_PORT = 3


def lists_without_mix(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Entries for a protocol that the Ingress does not have, while nothing turns mixed rules on.

    The console writes the list of the one protocol that all rules stand on anyway: nothing is lost there.
    """
    annotations = ingress.annotations
    if annotations.get(ingresses.RULE_MIX, "false") != "false" or annotations.get(ingresses.RULE_MIX_BOTH) == "true":
        return
    if _MISSPELT_SWITCH in annotations or not ingresses.is_served_by_tke(ingress, workspace):
        return
    by_protocol: dict[str, list[Entry]] = defaultdict(list)
    for entry in ingress_rules.entries(ingress):
        by_protocol[entry.protocol].append(entry)
    served = {listener.protocol for listener in ingresses.listeners(ingress)}
    manages_redirects = annotations.get(ingresses.REWRITE_SUPPORT) == "true"
    for protocol, listed in by_protocol.items():
        if served and protocol not in served and not (manages_redirects and any(entry.redirect for entry in listed)):
            yield Problem(
                node=ingress.annotation(RULES_OF[protocol]).key(),
                message="off" if ingresses.RULE_MIX in annotations else "absent",
                parameters={"ingress": ingress.label, "list": RULES_OF[protocol], "count": len(listed)},
            )


def mix_without_lists(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Mixed rules without a list for HTTP: every rule then stands on HTTPS. The list `null` says so on purpose."""
    annotations = ingress.annotations
    if not ingress_rules.is_mixed(ingress) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    both = (ingresses.RULE_MIX_BOTH, ingresses.AUTO_REWRITE)
    if ingresses.HTTP_RULES in annotations or any(annotations.get(key) == "true" for key in both):
        return
    if not may_be_patched_in(ingresses.HTTP_RULES, workspace):
        yield Problem(
            node=ingress.annotation(ingresses.RULE_MIX),
            likelihood="possible" if ingress_rules.entries(ingress) else "likely",
            parameters={"ingress": ingress.label},
        )


def mix_without_tls(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Rules that are meant for HTTPS, and no certificate for it. Lists may also serve for redirects on HTTP alone."""
    if ingresses.has_certificate(ingress) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    annotations = ingress.annotations
    both = annotations.get(ingresses.RULE_MIX_BOTH) == "true"
    if not both and (annotations.get(ingresses.RULE_MIX) != "true" or _all_on_http(ingress)):
        return
    if not may_be_patched_in("tls", workspace):
        key = ingresses.RULE_MIX_BOTH if both else ingresses.RULE_MIX
        yield Problem(
            node=ingress.annotation(key),
            message="both" if both else "mix",
            parameters={"ingress": ingress.label},
        )


def _all_on_http(ingress: Resource) -> bool:
    """Whether no rule is meant for HTTPS: `https-rules` is empty, and `http-rules` selects every rule."""
    entries = ingress_rules.entries(ingress)
    if any(entry.protocol == "HTTPS" for entry in entries):
        return False
    selected = {entry.key for entry in entries}
    return all(ingress_rules.match_key(rule) in selected for rule in ingresses.forwarding_rules(ingress))


def both_conflict(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`rule-mix-both` beside an annotation that it excludes."""
    both = ingress.annotation(ingresses.RULE_MIX_BOTH)
    if both.value != "true" or not ingresses.is_served_by_tke(ingress, workspace):
        return
    for key in (ingresses.RULE_MIX, ingresses.REWRITE_SUPPORT, ingresses.AUTO_REWRITE):
        if ingress.annotations.get(key) == "true":
            yield Problem(
                node=ingress.annotation(key),
                parameters={"ingress": ingress.label, "other": key},
                related=(Related(both, "both"),),
            )


def rule_unselected(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A rule that neither list selects, where both lists have entries: it is on HTTPS without being listed there."""
    if not ingress_rules.is_mixed(ingress) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    entries = ingress_rules.entries(ingress)
    if {entry.protocol for entry in entries} != set(RULES_OF):
        return
    listed = {(entry.host or _misplaced_host(entry), entry.path) for entry in entries}
    for rule in ingress_rules.placement(ingress).unselected:
        if rule.service and (rule.host, rule.path) not in listed and not _is_open(rule):
            yield Problem(
                node=rule.node.child("path") if rule.node.child("path").exists else rule.service_node,
                parameters={"ingress": ingress.label, "url": rule.host + rule.path},
            )


def _is_open(rule: ForwardingRule) -> bool:
    return any(services.is_placeholder(part) for part in (rule.host, rule.path, rule.service, rule.port))


def entry_unmatched(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An entry that selects no rule: host, path, Service and port must be those of a rule, to the letter."""
    if ingress.annotations.get(ingresses.RULE_MIX) != "true" or not ingresses.is_served_by_tke(ingress, workspace):
        return
    rules = ingresses.forwarding_rules(ingress)
    if not rules or any(_is_open(rule) for rule in rules):
        return
    keys = {ingress_rules.match_key(rule): rule for rule in rules}
    on_http = {entry.key for entry in ingress_rules.entries(ingress) if entry.protocol == "HTTP"}
    but_one = {(part, *_without(key, part)): key for key in reversed(keys) for part in range(len(key))}
    for entry in ingress_rules.entries(ingress):
        key = (entry.host or _misplaced_host(entry), *entry.key[1:])
        complete = entry.service is not None and entry.port is not None and not entry.redirect
        if complete and not {key, entry.key} & keys.keys() and not any(services.is_placeholder(part) for part in key):
            close = next((part for part in (3, 2, 1, 0) if (part, *_without(key, part)) in but_one), None)
            if close is None:
                likelihood = "possible" if entry.json.get(entry.position, "pathType") else "likely"
                yield Problem(node=entry.node, message="none", likelihood=likelihood, parameters=_said(entry))
            else:
                nearest = (close, *_without(key, close))
                yield _close_to(keys[but_one[nearest]], close, entry, on_http)


def _without(key: MatchKey, part: int) -> tuple[str, ...]:
    return key[:part] + key[part + 1 :]


def _close_to(rule: ForwardingRule, part: int, entry: Entry, on_http: Collection[MatchKey]) -> Problem:
    """An entry that would select a rule but for one part of its key."""
    key = ingress_rules.match_key(rule)
    # A port that one side names and the other numbers may be one and the same, and so may a path of another type.
    spelt_two_ways = part == _PORT and key[part].isdigit() is not entry.key[part].isdigit()
    # What nothing selects is on HTTPS all the same.
    harmless = entry.protocol == "HTTPS" and key not in on_http
    uncertain = spelt_two_ways or harmless or bool(entry.json.get(entry.position, "pathType"))
    there = (rule.node, rule.node.child("path"), rule.service_node, rule.port_node)[part]
    return Problem(
        node=entry.at(*_STEPS[part]),
        message="close",
        likelihood="possible" if uncertain else "likely",
        parameters=_said(entry)
        | {"field": _STEPS[part][-1], "given": entry.key[part] or "VIP", "wanted": key[part] or "VIP"},
        related=(Related(there, "rule", {"url": rule.host + rule.path}),),
    )


def _said(entry: Entry) -> dict[str, Any]:
    host, path, service, port = entry.key
    return {
        "ingress": entry.node.resource.label,
        "list": RULES_OF[entry.protocol],
        "url": host + path,
        "backend": f"{service}:{port}",
        "field": "",
        "given": "",
        "wanted": "",
    }


def host_misplaced(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An entry with the host inside of `backend`: there nobody reads it, and the entry is for the VIP."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    keys = {ingress_rules.match_key(rule) for rule in ingresses.forwarding_rules(ingress)}
    for entry in ingress_rules.entries(ingress):
        host = _misplaced_host(entry)
        if not host or services.is_placeholder(host):
            continue
        # On HTTPS the rule stands all the same: what nothing selects goes there.
        decides = entry.protocol == "HTTP" and (host, *entry.key[1:]) in keys and entry.key not in keys
        item = entry.json.get(entry.position)
        backend = {key: value for key, value in item["backend"].items() if key != "host"}
        yield Problem(
            node=entry.at("backend", "host"),
            likelihood="certain" if decides and ingress.annotations.get(ingresses.RULE_MIX) == "true" else "likely",
            parameters={"ingress": ingress.label, "host": host, "list": RULES_OF[entry.protocol]},
            fix=Fix((Edit(entry.node, _compact({"host": host, **item, "backend": backend})),), safe=True),
        )


def _misplaced_host(entry: Entry) -> str:
    """The host inside of `backend`, of an entry that has none where it is read."""
    host = entry.json.get(entry.position, "backend", "host")
    return host if isinstance(host, str) and not entry.host else ""


def entry_duplicate(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Two entries of one list for one host and path: the CLB has one rule. Two redirects have a rule of their own."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    first: dict[tuple[str, str, str], Entry] = {}
    for entry in ingress_rules.entries(ingress):
        path_type = entry.json.get(entry.position, "pathType")
        if _misplaced_host(entry) or path_type or services.is_placeholder(entry.host + entry.path):
            continue
        earlier = first.setdefault((entry.protocol, entry.host, entry.path), entry)
        if earlier is not entry and not (earlier.redirect and entry.redirect and earlier.redirect != entry.redirect):
            same = (earlier.key, earlier.redirect) == (entry.key, entry.redirect)
            contradiction = "certain" if entry.protocol == "HTTPS" else "likely"
            yield Problem(
                node=entry.node,
                message="same" if same else "contradiction",
                likelihood="possible" if same else contradiction,
                parameters={"ingress": ingress.label, "url": entry.host + entry.path, "list": RULES_OF[entry.protocol]},
                related=(Related(earlier.node, "earlier"),),
            )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
