"""`health`, `ready`, `prometheus` and `reload` in a Corefile, and the probes of the Pods that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.coredns import NAME, NAMESPACE, DnsServer, dns_servers
from tkelint.coredns_readers import readers_of, release_of
from tkelint.corefiles import CorefileView, corefiles, corefiles_of
from tkelint.problem import Problem, Related
from tkelint.syntax.golang import GoError, parse_duration
from tkelint.syntax.golang_net import host_port, parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.syntax.corefile import Directive, Token
    from tkelint.workspace import Workspace

# plugin/health and plugin/ready of https://github.com/coredns/coredns: where each listens, and what it answers to.
_DEFAULTS = {"health": ":8080", "ready": ":8181"}
_PATHS = {"/health": "health", "/ready": "ready"}
_DEFAULT_GRACE = 30  # seconds, https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
_SECOND = 1_000_000_000
# From here on several `health` may listen at the same address.
_HEALTH_SHARES = (1, 6, 6)


class _Listener(NamedTuple):
    """Where `health` or `ready` listens."""

    token: Token
    host: str
    port: str


class _Probe(NamedTuple):
    """An HTTP probe for a plugin. `host` is "" for the address of the Pod."""

    node: Node
    name: str
    plugin: str
    host: str
    port: str


def unanswered(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A probe of CoreDNS's Pods that nothing in its Corefile answers."""
    for server in dns_servers([resource]):
        views = [view for view in corefiles(workspace) if server.reads(view.resource)]
        if not views or any(view.corefile.errors or not view.corefile.is_complete for view in views):
            continue
        for probe in _probes(server):
            listeners = [each for view in views for each in _listeners(view, probe.plugin)]
            if any(each is None for each in listeners):
                continue
            known = [each for each in listeners if each is not None]
            if any(_answers(each, probe) for each in known):
                continue
            ports = [each for each in known if each.port == probe.port]
            parameters = {"probe": probe.name, "plugin": probe.plugin, "port": probe.port}
            parameters |= {"host": ports[0].host} if ports else {"ports": ""}
            message = "host" if ports else "port" if known else "missing"
            if message == "port":
                parameters["ports"] = ", ".join(sorted({each.port for each in known}))
            related = (Related(views[0].node, "corefile"),)
            yield Problem(probe.node, parameters, message=message, related=related)


def _probes(server: DnsServer) -> Iterator[_Probe]:
    container: dict[str, Any] = server.container.value
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        node = server.container.child(name, "httpGet")
        get = node.value
        plugin = _PATHS.get(get.get("path", "")) if isinstance(get, dict) and isinstance(get.get("path"), str) else None
        port = _port(get.get("port"), container) if plugin else None
        if plugin and port:
            host = get.get("host")
            yield _Probe(node.child("path"), name, plugin, host if isinstance(host, str) else "", port)


def _port(port: object, container: dict[str, Any]) -> str | None:
    """The number of a port, named ones resolved; `None` when it is not known."""
    if isinstance(port, int) and not isinstance(port, bool):
        return str(port)
    if not isinstance(port, str):
        return None
    if port.isdecimal():
        return port
    ports = container.get("ports")
    for each in ports if isinstance(ports, list) else ():
        if isinstance(each, dict) and each.get("name") == port and isinstance(each.get("containerPort"), int):
            return str(each["containerPort"])
    return None


def _listeners(view: CorefileView, plugin: str) -> Iterator[_Listener | None]:
    """Where the plugin listens in each block; `None` where that is not known."""
    for block in view.corefile.blocks:
        directive = block.plugin(plugin)
        if directive is not None and not block.dropped:
            yield _listener(directive, plugin)


def _listener(directive: Directive, plugin: str) -> _Listener | None:
    token = directive.arguments[0] if directive.arguments else None
    pair = host_port(token.text if token else _DEFAULTS[plugin])
    if pair is None or (token and token.unknown):
        return None
    return _Listener(token or directive.name, *pair)


def _answers(listener: _Listener, probe: _Probe) -> bool:
    """Whether a listener takes the requests of a probe; an address that is none may be anything."""
    address = parse_ip(listener.host)
    if listener.port != probe.port:
        return False
    if listener.host in {"", probe.host} or (address is not None and address.is_unspecified):
        return True
    if listener.host == "localhost" or (address is not None and address.is_loopback):
        return probe.host in {"localhost", "127.0.0.1", "::1"}
    return not probe.host or parse_ip(probe.host) is None


def health_repeated(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`health` at one address in several server blocks; it is one for the whole process."""
    for view in corefiles_of(resource, workspace):
        first: dict[tuple[str, str], Token] = {}
        release = release_of(view, workspace)
        for listener in _listeners(view, "health"):
            if listener is None:
                continue
            earlier = first.setdefault((listener.host, listener.port), listener.token)
            if earlier is not listener.token and not view.has_error_on_line(listener.token.start):
                is_refused = release is not None and release < _HEALTH_SHARES
                related = (Related(view.at(earlier), "first"),)
                likelihood = "certain" if is_refused else "likely"
                yield Problem(view.at(listener.token), {"port": listener.port}, likelihood=likelihood, related=related)


def lameduck(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`health` that does not wait before it stops, or waits longer than the Pod may take.

    Nobody sends to a node-cache through a Service: it takes its address along when it stops.
    """
    for view in corefiles_of(resource, workspace):
        readers = [server for server in readers_of(view, workspace) if not server.is_node_cache]
        for block in view.corefile.blocks if readers else ():
            directive = block.plugin("health")
            if directive is None or view.has_error_on_line(directive.name.start):
                continue
            waits = _lameduck(directive)
            if waits is None:
                yield Problem(view.at(directive.name), message="none")
                continue
            token, seconds = waits
            for server in readers:
                grace = server.workload.spec.get("terminationGracePeriodSeconds", _DEFAULT_GRACE)
                if isinstance(grace, int) and 0 < grace <= seconds:
                    parameters = {"lameduck": token.text, "grace": grace}
                    node = server.workload.node("terminationGracePeriodSeconds")
                    yield Problem(view.at(token), parameters, message="long", related=(Related(node, "grace"),))


def _lameduck(directive: Directive) -> tuple[Token, float] | None:
    for line in directive.block or ():
        words = line.tokens
        if words and words[0].text == "lameduck" and len(words) > 1:
            try:
                return words[1], parse_duration(words[1].text) / _SECOND
            except GoError:
                return words[1], 0
    return None


def reload_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The cluster's Corefile without `reload`: what is changed in it waits for a restart."""
    if resource.name != NAME or resource.namespace != NAMESPACE:
        return
    for view in corefiles_of(resource, workspace):
        blocks = [block for block in view.corefile.blocks if block.keys]
        if blocks and view.corefile.is_complete and not any(block.plugin("reload") for block in blocks):
            yield Problem(view.at(blocks[0].keys[0]))


def metrics_partial(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`prometheus` in some of the server blocks: queries of the others are not counted."""
    for view in corefiles_of(resource, workspace):
        blocks = [block for block in view.corefile.blocks if block.keys and block.directives]
        counted = [directive for block in blocks if (directive := block.plugin("prometheus"))]
        if not counted or not view.corefile.is_complete or view.corefile.errors:
            continue
        for block in blocks:
            if block.plugin("prometheus") is None:
                related = (Related(view.at(counted[0].name), "counted"),)
                yield Problem(view.at(block.keys[0]), {"key": block.keys[0].text}, related=related)
