"""The recorded answers of CoreDNS 1.14.7, and what tkelint says in the same form. See tests/oracle/corefile."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tkelint.compiled import table
from tkelint.syntax.corefile import Corefile, ServerBlock, parse, server_key, zone_conflicts
from tkelint.syntax.corefile_lexer import tokenize
from tkelint.syntax.corefile_plugins import (
    UNKNOWN,
    forward_views,
    hosts_entries,
    kubernetes_view,
    rewrite_rules,
)
from tkelint.syntax.corefile_setup import setup_view
from tkelint.syntax.domain_name import is_domain_name, normalise
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tkelint.syntax.corefile import CorefileError, Directive
    from tkelint.syntax.corefile_plugins import RewriteRule

_SETUPS = table("coredns-setup")
# Their setup asks a cloud, runs a program or compiles an expression.
_NOT_LINKED = frozenset({"azure", "clouddns", "etcd", "on", "route53", "view"})

FIXTURES = Path(__file__).parents[1] / "fixtures" / "corefile"

# core/dnsserver/zdirectives.go of CoreDNS 1.14.7: the directives of the binary that was asked.
_DIRECTIVES = """
    root metadata geoip cancel proxyproto quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind
    debug trace ready health pprof shed prometheus errors log dnstap local dns64 any chaos loadbalance tsig rewrite
    autopath acl cache header dnssec tls minimal template transfer hosts route53 azure clouddns k8s_external kubernetes
    file auto secondary etcd loop forward grpc erratic whoami on sign view nomad
"""
DIRECTIVES = _DIRECTIVES.split()

# Where tkelint answers otherwise, each with the reason. Nothing else may differ.
_DIFFERENCES: tuple[tuple[str, str], ...] = (
    ("File to import not found: ", "files are not read: the text stands in Import.missing instead"),
    ("Could not import ", "files are not read"),
    (
        "maximum snippet import depth (10000) exceeded",
        "cycles are found at once, so the line may be another of the cycle",
    ),
    ("plugin/forward: failed to resolve ", "nothing is resolved, and files of the container are not known"),
    ("plugin/forward: could not load TLS cert: ", "files of the container are not known"),
    ("plugin/forward: error reading ", "files of the container are not known"),
    ("plugin/kubernetes: unable to parse label", "label selectors are not parsed"),
    ("plugin/kubernetes: unable to parse namespace_label", "label selectors are not parsed"),
    (" requires TLS, no TLS config found", "whether a server has a `tls` plugin is for rules to say"),
    (": no such file or directory", "files of the container are not known"),
    (": is a directory", "files of the container are not known"),
    ("plugin/forward: no valid upstream addresses found", "a directory that stands for a file is not known"),
    (": no nameservers found", "files of the container are not known"),
    ("not a directory", "files of the container are not known"),
    ("plugin/bind: not a valid IP address or interface name", "interfaces of the machine are not known"),
    ("plugin/nomad: plugin/nomad: invalid address", "addresses of Nomad are not parsed"),
    ("plugin/tls: invalid ACME domain", "domains of ACME are not looked at"),
    ("error parsing regexp: ", "Go's reason for refusing a pattern is not reproduced"),
    ("could not parse regex: ", "Go's reason for refusing a pattern is not reproduced"),
    ("could not compile template: ", "Go templates are not parsed"),
    ("plugin/rewrite: invalid cname rewrite regex pattern: ", "Go's reason for refusing a pattern is not reproduced"),
)


def read_lines(name: str) -> list[dict[str, Any]]:
    """The records of a fixture, compressed or not."""
    data = (FIXTURES / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def differs_deliberately(recorded: str) -> bool:
    """Whether CoreDNS's answer is one that tkelint does not give."""
    return any(part in recorded for part, _ in _DIFFERENCES)


def parse_as_recorded(text: str, environment: Mapping[str, str]) -> Corefile:
    """Parse with the directives and the environment of the oracle, where an unset variable is empty."""
    tokens, _ = tokenize(text)
    values = {name: environment.get(name, "") for token in tokens for name in token.variables}
    return parse(text, values, known=frozenset(DIRECTIVES))


def parse_error(corefile: Corefile, recorded: str) -> str:
    """The parser's error in the oracle's form; of deliberate differences the recorded one where both refuse."""
    place, _, _ = recorded.partition(" - ")
    reads_file = any(each.missing.startswith(f"{place} - ") for each in corefile.imports)
    if differs_deliberately(recorded) and (reads_file or differs_deliberately(corefile.refusal)):
        return recorded
    return corefile.refusal


def tree(corefile: Corefile) -> list[dict[str, Any]]:
    """The server blocks in the oracle's form: keys, and per directive its tokens with their lines."""
    return [
        {"keys": [key.text for key in block.keys], "directives": _directives(corefile, block)}
        for block in _served(corefile)
    ]


def _served(corefile: Corefile) -> list[ServerBlock]:
    return [block for block in corefile.blocks if not block.dropped]


def _directives(corefile: Corefile, block: ServerBlock) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = defaultdict(list)
    for directive in block.directives:
        name = directive.name
        # CoreDNS keeps the name as it is written and replaces variables in arguments only.
        written = corefile.text[name.start : name.end] if name.variables else name.text
        found[name.text].append([written, name.line])
        found[name.text] += [[token.text, token.line] for token in directive.tokens]
    return dict(found)


def key_error(corefile: Corefile) -> str:
    """The first key that CoreDNS refuses."""
    errors = (server_key(key).error or "" for block in _served(corefile) for key in block.keys)
    prefix = "error inspecting server blocks: "
    return next((error.removeprefix(prefix) for error in errors if error.startswith(prefix)), "")


def zones(block: ServerBlock) -> list[str]:
    """The zones of a block in the oracle's form, sorted: it lists those of a CIDR in another order."""
    keys = [server_key(key) for key in block.keys]
    return sorted(f"{key.transport}://{zone}:{key.port}" for key in keys for zone in key.zones)


def server_error(corefile: Corefile) -> str:
    """A port that cannot be listened on, or a zone that is served twice."""
    errors = (server_key(key).error for block in _served(corefile) for key in block.keys)
    conflicts = (conflict.coredns for conflict in zone_conflicts(corefile.blocks))
    return next((error for error in errors if error), None) or next(conflicts, "")


def binds_to_names(corefile: Corefile) -> bool:
    """Whether a block binds to an interface, of whose addresses only the machine knows."""
    binds = (block.plugin("bind") for block in corefile.blocks)
    words = (token.text for bind in binds if bind for token in bind.arguments)
    return any(parse_ip(word) is None for word in words)


def plugin_results(corefile: Corefile, recorded: list[dict[str, Any]]) -> Iterator[tuple[Any, Any]]:
    """What was recorded of each plugin of each block, and what the views say, in the oracle's form."""
    for block, answer in zip(_served(corefile), recorded, strict=True):
        for plugin in answer.get("plugins", ()):
            directive = block.plugin(plugin["name"])
            if plugin["name"] not in _VIEWS or differs_deliberately(plugin.get("error", "")):
                continue
            assert directive is not None
            yield plugin, {"name": plugin["name"], **_VIEWS[plugin["name"]](directive, plugin)}


def setup_errors(corefile: Corefile, recorded: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """What the setup of each other plugin of each block was recorded to say, and what tkelint says of it."""
    for block, answer in zip(_served(corefile), recorded, strict=True):
        said = {plugin["name"]: plugin.get("error", "") for plugin in answer.get("plugins", ())}
        for name in sorted({directive.name.text for directive in block.directives} - _VIEWS.keys() - _NOT_LINKED):
            directive = block.plugin(name)
            assert directive is not None
            errors = setup_view(directive, _SETUPS[name]).errors
            theirs, mine = said.get(name, ""), errors[0].coredns if errors else ""
            if name == "tsig" and any(token.text == "secrets" for token in directive.tokens):
                continue  # It says of a file that is not there that the arguments are wrong.
            if name == "dnstap" and not mine and any("://" in token.text for token in directive.tokens):
                continue  # Its URLs are not parsed.
            yield name, mine if differs_deliberately(theirs) else theirs, mine


def _outcome(errors: list[CorefileError], understood: dict[str, Any]) -> dict[str, Any]:
    if errors:
        return {"error": errors[0].coredns}
    return {key: value for key, value in understood.items() if value}


def _kubernetes(directive: Directive, plugin: dict[str, Any]) -> dict[str, Any]:
    view = kubernetes_view(directive)
    found = sorted(view.zones + view.reverse_zones)
    # The order of zones is only kept within the two lists of the view.
    in_order = plugin.get("zones", []) if sorted(plugin.get("zones", [])) == found else found
    return _outcome(list(view.errors), {"zones": in_order, "through": list(view.fallthrough or ())})


def _hosts(directive: Directive, _plugin: dict[str, Any]) -> dict[str, Any]:
    view = hosts_entries(directive)
    entries: dict[str, list[str]] = defaultdict(list)
    for entry in view.entries:
        address = parse_ip(entry.address.text.partition("%")[0])
        for name in entry.names:
            entries[normalise(name.text)].append(str(getattr(address, "ipv4_mapped", None) or address))
    through = list(view.fallthrough or ())
    return _outcome(list(view.errors), {"zones": list(view.zones), "entries": dict(entries), "through": through})


def _forward(directive: Directive, _plugin: dict[str, Any]) -> dict[str, Any]:
    views = forward_views(directive)
    errors = [error for view in views for error in view.errors]
    excepted = [zone for view in views for zone in view.except_zones]
    return _outcome(errors, {"zones": [view.zone for view in views], "except": excepted})


def _rewrite(directive: Directive, plugin: dict[str, Any]) -> dict[str, Any]:
    rules = rewrite_rules(directive)
    answers = {query: _rewritten(query, rules, recorded) for query, recorded in plugin.get("rewrites", {}).items()}
    return _outcome([error for rule in rules for error in rule.errors], {"rewrites": answers})


def _rewritten(query: str, rules: tuple[RewriteRule, ...], recorded: str) -> str:
    """The name behind all rules. A rule of another field may stop, too, which only the whole query decides."""
    if any(rule.field != "name" for rule in rules):
        return recorded
    for rule in rules:
        result = rule.apply(query)
        if result is UNKNOWN:
            return recorded
        if isinstance(result, str):
            query = result
            if not is_domain_name(query):
                return f"error: invalid name after rewrite: {query}"
            if not rule.continues:
                break
    return query


_VIEWS: dict[str, Callable[[Directive, dict[str, Any]], dict[str, Any]]] = {
    "kubernetes": _kubernetes,
    "hosts": _hosts,
    "forward": _forward,
    "rewrite": _rewrite,
}
