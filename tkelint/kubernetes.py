"""Shapes of Kubernetes objects as plain values: kinds, Pod templates, selectors, image references, versions.

Everything here works on plain data and knows neither files nor rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.syntax.document import FieldPath

# The API groups in which a kind means what tkelint knows of it. A `Service` of serving.knative.dev is something else.
API_GROUPS: dict[str, frozenset[str]] = {
    "CiliumLocalRedirectPolicy": frozenset({"cilium.io"}),
    "ClusterRole": frozenset({"rbac.authorization.k8s.io"}),
    "ConfigMap": frozenset({""}),
    "CronJob": frozenset({"batch"}),
    "DaemonSet": frozenset({"apps", "extensions"}),
    "Deployment": frozenset({"apps", "extensions"}),
    "EndpointSlice": frozenset({"discovery.k8s.io"}),
    "Endpoints": frozenset({""}),
    "Ingress": frozenset({"networking.k8s.io", "extensions"}),
    "IngressClass": frozenset({"networking.k8s.io"}),
    "Job": frozenset({"batch"}),
    "LoadBalancerResource": frozenset({"networking.tke.cloud.tencent.com"}),
    "Namespace": frozenset({""}),
    "NetworkPolicy": frozenset({"networking.k8s.io", "extensions"}),
    "NginxIngress": frozenset({"cloud.tencent.com"}),
    "Node": frozenset({""}),
    "Pod": frozenset({""}),
    "ReplicaSet": frozenset({"apps", "extensions"}),
    "ReplicationController": frozenset({""}),
    "Secret": frozenset({""}),
    "Service": frozenset({""}),
    "StatefulSet": frozenset({"apps"}),
    "TargetGroup": frozenset({"cloud.tencent.com"}),
    "TkeServiceConfig": frozenset({"cloud.tencent.com"}),
    "ValidatingWebhookConfiguration": frozenset({"admissionregistration.k8s.io"}),
}

# Where the Pod (its metadata and spec) stands in each kind that makes Pods. The kinds of OpenKruise have the shape of
# the ones they extend.
POD_PATHS: dict[str, FieldPath] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "CloneSet": ("spec", "template"),
    "Rollout": ("spec", "template"),
}
_WORKLOAD_GROUPS = {"CloneSet": frozenset({"apps.kruise.io"}), "Rollout": frozenset({"argoproj.io"})}
_WORKLOAD_GROUPS |= {
    kind: frozenset({*API_GROUPS.get(kind, frozenset()), "apps.kruise.io"}) for kind in ("StatefulSet", "DaemonSet")
}

CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def known_kind(kind: str, api_group: str) -> str:
    """The kind, if the API group is one in which it means what tkelint knows; else ``kind.group``.

    >>> known_kind("Service", "")
    'Service'
    >>> known_kind("Service", "serving.knative.dev")
    'Service.serving.knative.dev'
    """
    groups = _WORKLOAD_GROUPS.get(kind) or API_GROUPS.get(kind)
    if groups is not None and api_group in groups:
        return kind
    return f"{kind}.{api_group}" if api_group else kind


def is_workload(known: str) -> bool:
    """Whether a known kind (see `known_kind`) makes Pods."""
    return known in POD_PATHS


def label_selector_matches(selector: object, labels: Mapping[str, Any]) -> bool:
    """Whether a LabelSelector (matchLabels and matchExpressions) picks these labels. An empty one picks everything."""
    if not isinstance(selector, dict):
        return False
    pairs = selector.get("matchLabels")
    if isinstance(pairs, dict) and any(labels.get(key) != value for key, value in pairs.items()):
        return False
    expressions = selector.get("matchExpressions")
    return not isinstance(expressions, list) or all(_expression_holds(each, labels) for each in expressions)


def _expression_holds(expression: object, labels: Mapping[str, Any]) -> bool:
    match expression:
        case {"key": str() as key, "operator": "In", "values": list() as values}:
            return labels.get(key) in values
        case {"key": str() as key, "operator": "NotIn", "values": list() as values}:
            return labels.get(key) not in values
        case {"key": str() as key, "operator": "Exists"}:
            return key in labels
        case {"key": str() as key, "operator": "DoesNotExist"}:
            return key not in labels
    return False


class ImageReference(NamedTuple):
    """A container image reference: `registry/repository:tag@digest`. Missing parts are empty."""

    registry: str
    repository: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """The last part of the repository: `hyperkube` of `tkeimages/hyperkube`."""
        return self.repository.rpartition("/")[2]


# The grammar of github.com/distribution/reference, to the letters.
_DOMAIN = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?"
_REPOSITORY = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_IMAGE = (
    rf"(?:(?P<registry>{_DOMAIN})/)?(?P<repository>{_REPOSITORY}(?:/{_REPOSITORY})*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>[A-Za-z][\w.+-]*:[0-9a-fA-F]{32,}))?\Z"
)
_LONGEST_IMAGE = 512  # a reference is at most 255 characters of name, 128 of tag and a digest


def parse_image(text: object) -> ImageReference | None:
    """The parts of an image reference; `None` when it is none.

    >>> parse_image("ccr.ccs.tencentyun.com/tkeimages/hyperkube:v1.20.6-tke.12").tag
    'v1.20.6-tke.12'
    >>> parse_image("registry:5000/app")
    ImageReference(registry='registry:5000', repository='app', tag='', digest='')
    """
    if not isinstance(text, str) or len(text) > _LONGEST_IMAGE:
        return None
    match = re.match(_IMAGE, text)  # compiled, and kept, when the first image is looked at
    if match is None:
        return None
    registry, repository = match["registry"] or "", match["repository"]
    if registry and not ("." in registry or ":" in registry or registry == "localhost" or registry != registry.lower()):
        registry, repository = "", f"{registry}/{repository}"  # Docker Hub: library/nginx
    return ImageReference(registry, repository, match["tag"] or "", match["digest"] or "")


class TkeRevision(NamedTuple):
    """A TKE build of Kubernetes, `v1.20.6-tke.12`, in the order in which they were made.

    `stage` is 1 for a release and 0 for a pre-release (`-rc3`) of the same revision.
    """

    major: int
    minor: int
    patch: int
    revision: int
    stage: int = 1

    @property
    def line(self) -> tuple[int, int]:
        """Major and minor."""
        return self.major, self.minor

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}-tke.{self.revision}"


_TKE_TAG = pattern(r"v?(\d{1,3})\.(\d{1,3})\.(\d{1,3})-tke\.(\d{1,4})(-(?:rc|beta|alpha)\.?\d{1,3})?\Z")
_VERSION = pattern(r"v?(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?(?:[-+].*)?\Z")


def parse_tke_revision(tag: object) -> TkeRevision | None:
    """The TKE revision an image tag names; `None` for every other build.

    Tags of serverless clusters (`-tke.22.eks.1`, `-tke.14-eks.1-dirty`) and of other clouds are other builds.

    >>> parse_tke_revision("v1.18.4-tke.20") < parse_tke_revision("v1.18.4-tke.101")
    True
    """
    match = _TKE_TAG.match(tag) if isinstance(tag, str) else None
    if match is None:
        return None
    major, minor, patch, revision = (int(number) for number in match.groups()[:4])
    return TkeRevision(major, minor, patch, revision, 0 if match[5] else 1)


def parse_version(text: object) -> tuple[int, ...] | None:
    """The numbers of a version such as `v2.11.0`, `1.28` or `1.8.4-tke.1`; `None` when it is none.

    >>> parse_version("v2.11.0") > parse_version("2.9.0")
    True
    """
    match = _VERSION.match(text) if isinstance(text, str) else None
    return tuple(int(number) for number in match.groups() if number is not None) if match else None
