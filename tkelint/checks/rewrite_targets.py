"""Where a `rewrite name` leads: to a Service that exists, under its full name, in a block that can answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkelint.checks.dns import is_beyond_the_tree
from tkelint.checks.rewrites import is_asked, is_evaluated
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chains_of
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.resolver import cluster_zones
from tkelint.service_names import DEFAULT_ZONE, service_name
from tkelint.syntax.corefile_plugins import forward_views, kubernetes_view
from tkelint.syntax.domain_name import covers
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.dns_chains import Chain
    from tkelint.resource import Node, Resource
    from tkelint.syntax.corefile_forward import ForwardView, Upstream
    from tkelint.syntax.corefile_rewrite import RewriteRule
    from tkelint.workspace import Workspace

_SERVICE_NAMES = 3  # labels of `service.namespace.svc`
_NODE_RESOLVERS = "/etc/resolv.conf"


class _Rewrite(NamedTuple):
    """A rule of which it is certain where it leads: `name` is the normalised target."""

    chain: Chain
    rule: RewriteRule
    name: str

    @property
    def node(self) -> Node:
        """The target in the rule."""
        return self.chain.view.at(self.rule.target)

    @property
    def parameters(self) -> dict[str, object]:
        """What every message says of it."""
        return {"host": self.rule.source.text, "target": self.rule.target.text}


def target_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A target in the cluster's zone of which there is no Service in a namespace that is here."""
    for rewrite in _rewrites(resource, workspace):
        name = service_name(rewrite.name, rewrite.chain.zones)
        if name is None or is_beyond_the_tree(name, rewrite.rule.target.text, workspace):
            continue
        reference = workspace.find("Service", name.service, resource, name.namespace)
        if not reference.is_missing or workspace.is_external_host(rewrite.name.rstrip(".")):
            continue
        near = reference.nearest
        parameters = {
            "service": name.service,
            "namespace": name.namespace,
            "count": reference.searched,
            "near": near.name if near else "",
        }
        yield Problem(
            node=rewrite.node,
            message="near" if near else "far",
            parameters=rewrite.parameters | parameters,
            related=(Related(near.node("metadata", "name"), "near", {"service": near.label}),) if near else (),
        )


def target_short(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A target that only a Pod's search domains would complete, or one in the cluster's zone that is no Service's."""
    for rewrite in _rewrites(resource, workspace):
        zone = next((zone for zone in rewrite.chain.zones if covers(zone, rewrite.name)), None)
        if zone is None and _is_short(rewrite, workspace):
            parameters = {**rewrite.parameters, "full": rewrite.name}
            fix = _completed(rewrite, workspace)
            yield Problem(node=rewrite.node, message="short", parameters=parameters, fix=fix)
        elif zone is not None and _lacks_svc(rewrite.name, zone):
            parameters = {**rewrite.parameters, "zone": zone.rstrip(".")}
            yield Problem(node=rewrite.node, message="no-svc", parameters=parameters)


def target_zone(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Service in a zone other than those that the block's `kubernetes` serves."""
    for rewrite in _rewrites(resource, workspace):
        directive = rewrite.chain.block.plugin("kubernetes")
        likelihood = _loses(rewrite, workspace)
        if directive is None or not likelihood or not kubernetes_view(directive).is_complete:
            continue
        at = rewrite.chain.view.at(directive.name)
        yield Problem(
            node=rewrite.node,
            parameters={**rewrite.parameters, "zones": [zone.rstrip(".") for zone in rewrite.chain.zones]},
            likelihood=likelihood,
            related=(Related(at, "kubernetes"),),
        )


def no_answer(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Service as the target of a rewrite in a block without `kubernetes`."""
    for rewrite in _rewrites(resource, workspace):
        likelihood = _loses(rewrite, workspace)
        if likelihood and rewrite.chain.block.plugin("kubernetes") is None:
            yield Problem(node=rewrite.node, parameters=rewrite.parameters, likelihood=likelihood)


def _rewrites(resource: Resource, workspace: Workspace) -> Iterator[_Rewrite]:
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            for index, rule in enumerate(chain.rules):
                name = _result(chain, index) if is_evaluated(rule) and is_asked(chain, index) else None
                if name is not None:
                    yield _Rewrite(chain, rule, name)


def _result(chain: Chain, index: int) -> str | None:
    """What a rule makes of any name that it matches, if that is always the same and the last word."""
    rule = chain.rules[index]
    if rule.match == "exact":
        name, applied = chain.rewrite(rule.pattern)
        return name if isinstance(name, str) and applied and applied[-1][0] == index else None
    if rule.match == "regex" and "{" not in rule.replacement and not rule.continues:
        return rule.replacement
    return None


def _is_short(rewrite: _Rewrite, workspace: Workspace) -> bool:
    """Whether a target outside of the cluster's zones is certainly meant to be completed."""
    if _may_be_answered(rewrite.chain, rewrite.name, but_for="."):
        return False
    labels = rewrite.name.rstrip(".").split(".")
    if len(labels) == _SERVICE_NAMES:
        return labels[2] == "svc"
    if len(labels) == 2:
        service, namespace = labels
        found = workspace.find("Service", service, rewrite.chain.view.resource, namespace).candidates
        return any(candidate.namespace == namespace for candidate in found)
    return len(labels) == 1 and labels != ["localhost"]


def _completed(rewrite: _Rewrite, workspace: Workspace) -> Fix | None:
    """The full name, where exactly one Service has the short one and the block answers it."""
    labels = rewrite.rule.target.text.rstrip(".").split(".")
    zones = rewrite.chain.zones
    named = [each for each in workspace.of_type("Service") if each.name == labels[0] and each.namespace]
    wanted = [each for each in named if labels[1:2] in ([], [each.namespace])]
    if len(wanted) != 1 or labels[2:] not in ([], ["svc"]) or len(zones) != 1:
        return None
    full = f"{labels[0]}.{wanted[0].namespace}.svc.{zones[0].rstrip('.')}"
    return Fix((Edit(rewrite.node, full),), safe=True)


def _lacks_svc(name: str, zone: str) -> bool:
    """Whether a name below the cluster's zone is neither `….svc` nor `….pod`."""
    labels = name.removesuffix(zone).rstrip(".").split(".")
    return len(labels) > 1 and labels[-1] not in {"svc", "pod"}


def _loses(rewrite: _Rewrite, workspace: Workspace) -> str:
    """How certain it is that nothing answers a target that is a Service's name in another zone: a likelihood or ""."""
    chain, name = rewrite.chain, rewrite.name
    zone = name.partition(".svc.")[2]
    if not zone or service_name(name, {zone}) is None or any(covers(each, name) for each in chain.zones):
        return ""
    if _may_be_answered(chain, name):
        return ""
    if not _forwards(chain, name):
        return "certain"
    # The zone of any cluster here is certainly not public; of another one nobody knows who answers it.
    return "likely" if zone in {DEFAULT_ZONE, *workspace.once(cluster_zones)} else ""


def _may_be_answered(chain: Chain, name: str, but_for: str | None = None) -> bool:
    """Whether the hosts, a plugin or a forward of the block may know a name; forwards of the zone `but_for` do not."""
    if name in chain.entries or chain.may_answer(name):
        return True
    forwards = [view for view in _forwards(chain, name) if view.zone != but_for]
    return any(not _is_outside(upstream) for view in forwards for upstream in view.upstreams)


def _forwards(chain: Chain, name: str) -> list[ForwardView]:
    """The forwards of the block that take a name; one whose zone is not known may."""
    directive = chain.block.plugin("forward")
    return [
        view
        for view in (forward_views(directive) if directive else ())
        if (not view.zone or covers(view.zone, name)) and not any(covers(zone, name) for zone in view.except_zones)
    ]


def _is_outside(upstream: Upstream) -> bool:
    """Whether an upstream knows no cluster: the resolvers of the node, and public ones."""
    if upstream.kind == "file":
        return upstream.host == _NODE_RESOLVERS
    address = parse_ip(upstream.host.partition("%")[0]) if upstream.kind == "address" else None
    return address is not None and address.is_global
