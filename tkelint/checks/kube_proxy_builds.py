"""Builds of kube-proxy: known faults, images of which nothing is known, and what the node has to lend them.

https://cloud.tencent.com/document/product/457/79797, https://cloud.tencent.com/document/product/457/9315.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import command_line, services
from tkelint.compiled import table
from tkelint.ingresses import QCLOUD, class_name
from tkelint.kube_proxy import kube_proxies
from tkelint.kubernetes import TkeRevision, parse_tke_revision, parse_version
from tkelint.pods import Workload
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.kube_proxy import KubeProxy
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_NFT = "nft-backend"  # of its own: it depends on the system of the nodes
_TKE_KEYS = ("service.cloud.tencent.com/", "service.kubernetes.io/qcloud-", services.EXISTING_CLB)

_LOCK = "/run/xtables.lock"
_LOCK_PATHS = frozenset({_LOCK, "/var/run/xtables.lock"})
_IPTABLES = frozenset(
    {"iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-restore", "kube-router"}
)

# https://kubernetes.io/releases/version-skew-policy/: by how many minor versions kube-proxy may be older.
_OLDER, _OLDER_BEFORE_1_25 = 3, 2


class _Fault(NamedTuple):
    """A fault, with the first build of each line that has it repaired."""

    name: str
    text: dict[str, str]
    floors: dict[tuple[int, int], TkeRevision]
    older_are_affected: bool

    def affects(self, revision: TkeRevision) -> bool:
        """Whether a build of a line with a floor is older than that floor."""
        floor = self.floors.get(revision.line)
        return floor is not None and revision.patch <= floor.patch and revision < floor

    def affects_line(self, revision: TkeRevision) -> bool:
        """Whether the whole line is older than every repaired one."""
        return self.older_are_affected and revision.line < min(self.floors)


def known_fault(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A build with faults that the troubleshooting page lists."""
    for proxy in kube_proxies([resource]):
        revision = proxy.revision
        if revision is None:
            continue
        mine = [fault for fault in _faults() if fault.name != _NFT and fault.affects(revision)]
        if mine:
            floor = max(fault.floors[revision.line] for fault in mine)
            yield _problem(proxy, revision, "repaired", [fault.text for fault in mine], str(floor))
        lines = [fault for fault in _faults() if fault.affects_line(revision)]
        if lines:
            oldest = min(min(fault.floors) for fault in lines)
            newer = f"{oldest[0]}.{oldest[1]}"
            yield _problem(proxy, revision, "old-line", [fault.text for fault in lines], newer, likelihood="possible")


def nft_backend(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A build that does not know nodes on which iptables is nf_tables underneath."""
    fault = next(fault for fault in _faults() if fault.name == _NFT)
    for proxy in kube_proxies([resource]):
        if proxy.revision is not None and fault.affects(proxy.revision):
            yield _problem(proxy, proxy.revision, "", [], str(fault.floors[proxy.revision.line]))


def _problem(
    proxy: KubeProxy,
    revision: TkeRevision,
    message: str,
    faults: list[dict[str, str]],
    floor: str,
    likelihood: str = "likely",
) -> Problem:
    return Problem(
        node=proxy.image_node,
        message=message,
        likelihood=likelihood if message else "certain",
        parameters={"revision": str(revision), "faults": faults, "floor": floor},
    )


@functools.cache
def _faults() -> tuple[_Fault, ...]:
    rows: dict[str, dict[str, Any]] = table("kube-proxy-faults")
    return tuple(
        _Fault(name, row["text"], {floor.line: floor for floor in _floors(row)}, row.get("older") == "affected")
        for name, row in rows.items()
    )


def _floors(row: dict[str, Any]) -> Iterator[TkeRevision]:
    for tag in row["floors"]:
        revision = parse_tke_revision(tag)
        if revision is not None:
            yield revision


def floating_tag(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """An image by which nobody can tell the build: no tag, `latest`, or a digest alone."""
    for proxy in kube_proxies([resource]):
        if (
            proxy.image is not None
            and proxy.image.tag in ("", "latest")
            and not services.is_placeholder(proxy.image.tag)
        ):
            yield Problem(node=proxy.image_node, parameters={"image": proxy.image_node.value})


def upstream_image(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A kube-proxy that Kubernetes itself built, in IPVS mode and in a tree that is about TKE."""
    for proxy in kube_proxies([resource]):
        image = proxy.image
        mode = proxy.mode or workspace.facts.value("kubeProxyMode")
        if image is None or mode != "ipvs" or "-" in image.tag or parse_version(image.tag) is None:
            continue
        if workspace.once(_is_about_tke):
            yield Problem(node=proxy.image_node, parameters={"image": proxy.image_node.value})


def _is_about_tke(workspace: Workspace) -> bool:
    """Whether anything here can only be meant for TKE."""
    keys = (key for service in workspace.of_type("Service") for key in service.annotations)
    return any(str(key).startswith(_TKE_KEYS) for key in keys) or any(
        class_name(ingress) == QCLOUD for ingress in workspace.of_type("Ingress")
    )


def version_skew(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A kube-proxy newer than the declared API server, or so much older that Kubernetes does not support it."""
    cluster = parse_version(workspace.facts.value("kubernetesVersion"))
    for proxy in kube_proxies([resource]):
        own = parse_version(proxy.image.tag) if proxy.image else None
        if own is None or cluster is None or own[0] != cluster[0]:
            continue
        most = _OLDER if own[:2] >= (1, 25) else _OLDER_BEFORE_1_25
        if own[1] > cluster[1] or cluster[1] - own[1] > most:
            yield Problem(
                node=proxy.image_node,
                message="newer" if own[1] > cluster[1] else "older",
                parameters={"version": f"{own[0]}.{own[1]}", "cluster": f"{cluster[0]}.{cluster[1]}", "most": most},
            )


def xtables_lock_missing(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A container that writes iptables rules of the node without sharing the node's lock with everybody who does."""
    workload = Workload.of(resource)
    if workload is None or (resource.type != "DaemonSet" and workload.spec.get("hostNetwork") is not True):
        return
    proxies = {proxy.container for proxy in kube_proxies([resource]) if proxy.revision is not None}
    lock = _lock_volume(workload)
    for node, container in workload.containers("containers"):
        mounts = container.get("volumeMounts")
        mounted = lock is not None and any(
            isinstance(each, dict) and each.get("name") == lock.get("name")
            for each in (mounts if isinstance(mounts, list) else ())
        )
        # Without any mount the container is an excerpt: kube-proxy cannot even read its configuration.
        is_proxy = node in proxies and bool(mounts)
        if (is_proxy or _changes_rules_of_the_node(workload, node)) and not mounted:
            yield Problem(node=node.child("name"), parameters={"container": container.get("name", "?"), "lock": _LOCK})


def _lock_volume(workload: Workload) -> dict[str, Any] | None:
    for _, volume in workload.resource.items(*workload.pod, "spec", "volumes"):
        path = volume.get("hostPath")
        if isinstance(path, dict) and path.get("path") in _LOCK_PATHS | {"/run", "/var/run"}:
            return volume
    return None


def _changes_rules_of_the_node(workload: Workload, container: Any) -> bool:
    """Whether a container calls iptables in the network of the node, with the rights for it."""
    if workload.spec.get("hostNetwork") is not True:
        return False
    if container.resource.get(*container.path, "securityContext", "privileged") is not True:
        return False
    return any(word.rpartition("/")[2] in _IPTABLES for word in command_line.words(container))
