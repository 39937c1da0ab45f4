"""What in a TkeServiceConfig matches nothing of those who use it, and configurations that nobody uses.

An entry never creates anything: what does not match a listener, domain and path of the Service or Ingress has no effect
(https://cloud.tencent.com/document/product/457/45490, https://cloud.tencent.com/document/product/457/45700). Several
may use one object, so that an entry counts as matched when any of them has it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.nearby import belong_together
from tkelint.checks.service_config_users import MOST_ALTERNATIVES, Places, places_of, usage_of
from tkelint.clb_uses import gets_clb
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.service_configs import L4, L7, Entry, Setting, domains, entries, is_generated, settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tkelint.resource import Resource
    from tkelint.service_configs import Domain, Listener
    from tkelint.workspace import Workspace

_NAMED_IN_TEXT = re.compile(r"tke-service-config['\"]?\s*[:=]\s*['\"]?([^'\"\s,}]+)")
_SAID_OF_EVERY_PORT = frozenset({"protocol", "port", "keepaliveEnable", "snatEnable"})
_MOST_SHOWN = 10
_PATTERN = ("~", "=")  # what a path of CLB may begin with that an Ingress writes in another way: page 214/9032


def listener_unmatched(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An entry whose protocol and port are no listener of anybody who uses it."""
    if is_generated(config):
        return
    usage = usage_of(config, workspace)
    for entry in entries(config):
        known = usage.known[entry.layer]
        if not known or entry.listener is None or entry.listener in known:
            continue
        same_port = sorted(protocol for protocol, port in known if port == entry.port)
        user = usage.makers[known[0]][0]
        yield Problem(
            node=entry.node.child("protocol" if same_port else "port"),
            message="protocol" if same_port else "listener",
            # As a precaution 80 and 443 may both be told to keep connections alive, whatever the Ingress has.
            likelihood="possible" if entry.value.keys() <= _SAID_OF_EVERY_PORT else "certain",
            parameters={
                "listener": spoken(entry.listener),
                "object": user.target.label,
                "others": [spoken(each) for each in known],
                "protocol": same_port[0] if same_port else "",
            },
            related=(Related(user.annotation, "user", {"object": user.target.label}),),
        )


def rule_unmatched(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A domain or a url that is none of the Ingresses which use it."""
    if is_generated(config):
        return
    usage = usage_of(config, workspace)
    for domain in domains(config):
        places = places_of(usage, domain.entry.listener)
        if places is not None and domain.name is not None and domain.name not in places.here:
            yield _unmatched_domain(domain, places)
    alike: dict[tuple[Places, str], _Alike] = {}
    for setting in settings(config):
        places = places_of(usage, setting.entry.listener)
        host = setting.domain.name if setting.domain else None
        if places is None or host is None or setting.url is None or setting.url.startswith(_PATTERN):
            continue
        if host in places.here and setting.url not in places.here[host]:
            paths = alike.get((places, host)) or alike.setdefault((places, host), _Alike(places.here[host]))
            yield _unmatched_url(setting, host, places, paths)


class _Alike:
    """The paths of a host, in order, and by what is left of each without a slash at its end, and in lower case."""

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = sorted(paths)
        self.without_slash = {path.rstrip("/"): path for path in self.paths}
        self.lower = {path.lower(): path for path in self.paths}


def _unmatched_domain(domain: Domain, places: Places) -> Problem:
    name = domain.name or ""
    same = name.lower() if name.lower() in places.here else ""
    message = "domain-elsewhere" if name in places.anywhere else "domain-case" if same else "domain"
    node = domain.node.child("domain")
    return Problem(
        node=node,
        message=message,
        parameters=_parameters(domain.entry, places, name, [host or '""' for host in places.hosts[: _MOST_SHOWN + 1]]),
        related=(_related(places),),
        fix=Fix((Edit(node, json.dumps(same)),)) if message == "domain-case" else None,
    )


def _unmatched_url(setting: Setting, host: str, places: Places, alike: _Alike) -> Problem:
    url = setting.url or ""
    slash, case = alike.without_slash.get(url.rstrip("/"), ""), alike.lower.get(url.lower(), "")
    is_elsewhere = url in places.anywhere.get(host, ())
    message = "url-elsewhere" if is_elsewhere else "url-slash" if slash else "url-case" if case else "url"
    meant = "" if is_elsewhere else slash or case
    node = setting.node.child("url")
    return Problem(
        node=node,
        message=message,
        parameters=_parameters(setting.entry, places, url, alike.paths) | {"meant": meant},
        related=(_related(places),),
        fix=Fix((Edit(node, json.dumps(meant)),)) if meant else None,
    )


def default_server(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A default domain that is no host of the listener."""
    usage = usage_of(config, workspace)
    for entry in entries(config):
        name = entry.value.get("defaultServer")
        if not isinstance(name, str) or not name or services.is_placeholder(name) or entry.layer != L7:
            continue
        places = places_of(usage, entry.listener)
        # On a CLB that others share the domain may be theirs.
        if places is None or any(user.target.annotations.get(ingresses.EXISTING_CLB) for user in places.users):
            continue
        hosts = [host for host in places.hosts if host]
        if hosts and name not in places.here:
            node = entry.node.child("defaultServer")
            yield Problem(node=node, parameters=_parameters(entry, places, name, hosts), related=(_related(places),))


def layer_mismatch(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Service or Ingress whose configuration speaks of the other layer alone."""
    if not gets_clb(target, workspace):
        return
    key = ingresses.SERVICE_CONFIG if target.type == "Ingress" else services.SERVICE_CONFIG
    own = {L7} if target.type == "Ingress" else {L4}
    if any(listener.protocol in ("HTTP", "HTTPS") for listener in services.listeners(target)):
        own = {L4, L7}
    name = target.annotations.get(key)
    found = workspace.find("TkeServiceConfig", name, target).candidates if isinstance(name, str) else ()
    together = (
        [config for config in found if belong_together(config, target)] if len(found) <= MOST_ALTERNATIVES else []
    )
    layers = [{entry.layer for entry in entries(config)} for config in together]
    if layers and all(layers) and all(own.isdisjoint(each) for each in layers):
        other = L4 if target.type == "Ingress" else L7
        yield Problem(
            node=target.annotation(key),
            message="ingress" if target.type == "Ingress" else "service",
            parameters={"object": target.label, "config": name},
            related=(Related(together[0].node("spec", "loadBalancer", other).key(), "entries", {}),),
        )


def unused(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A configuration that nobody names, though somebody who could, and names none, is right beside it."""
    named = workspace.once(_names_in_texts)
    if is_generated(config) or named is None or config.name in named or usage_of(config, workspace).users:
        return
    if not config.name or services.is_placeholder(config.name):
        return
    layers = {entry.layer for entry in entries(config)}
    beside = workspace.once(_beside)
    could = (
        target
        for kind, layer in (("Service", L4), ("Ingress", L7))
        if layer in layers
        for target in beside.get((kind, _folder(config)), ())
        if belong_together(target, config)
    )
    neighbour = next(could, None)
    if neighbour is not None:
        key = ingresses.SERVICE_CONFIG if neighbour.type == "Ingress" else services.SERVICE_CONFIG
        yield Problem(
            node=config.node("metadata", "name"),
            parameters={"name": config.name, "object": neighbour.label, "annotation": key},
            related=(Related(neighbour.node("metadata", "name"), "could", {"object": neighbour.label}),),
        )


def _names_in_texts(workspace: Workspace) -> frozenset[str] | None:
    """The names that any text has after such an annotation, whatever it is; `None` if one is yet to be filled in."""
    texts = (reading.source.text for reading in workspace.readings)
    names = {match[1] for text in texts if "tke-service-config" in text for match in _NAMED_IN_TEXT.finditer(text)}
    return None if any(services.is_placeholder(name) for name in names) else frozenset(names)


def _beside(workspace: Workspace) -> Mapping[tuple[str, str], list[Resource]]:
    """The Services and Ingresses with a CLB and without a configuration, by kind and the folder they lie in."""
    found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    keys = {
        ingresses.SERVICE_CONFIG, ingresses.SERVICE_CONFIG_AUTO, services.SERVICE_CONFIG, services.SERVICE_CONFIG_AUTO,
    }  # fmt: skip
    for target in (*workspace.of_type("Service"), *workspace.of_type("Ingress")):
        if keys.isdisjoint(target.annotations) and gets_clb(target, workspace):
            found[target.type, _folder(target)].append(target)
    return found


def _folder(resource: Resource) -> str:
    return resource.document.source.path.rpartition("/")[0]


def _parameters(entry: Entry, places: Places, name: str, others: Sequence[str]) -> dict[str, object]:
    return {
        "listener": spoken(entry.listener) if entry.listener else "",
        "object": places.users[0].target.label,
        "name": name,
        "others": [*others[:_MOST_SHOWN], *(["…"] if len(others) > _MOST_SHOWN else [])],
    }


def _related(places: Places) -> Related:
    user = places.users[0]
    return Related(user.annotation, "user", {"object": user.target.label})


def spoken(listener: Listener) -> str:
    """A listener for a message: `HTTPS:443`."""
    return f"{listener[0]}:{listener[1]}"
