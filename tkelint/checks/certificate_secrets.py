"""The Secret that an Ingress or a Service names for a certificate: whether it is here and whether a CLB can use it.

Three of four such Secrets are made elsewhere. One is only said to be missing where others that hold certificates are
kept beside the object that names it, and nothing here may make it.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from tkelint import certificates, services
from tkelint.checks.nearby import Neighbourhood, belong_together
from tkelint.checks.patches import may_be_patched_in
from tkelint.problem import Problem, Related
from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tkelint.certificates import Certificate
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# How many Secrets of one name are looked into: each that names it would look into all.
_MOST_ALTERNATIVES = 100


def missing(node: Node, name: str, user: Resource, workspace: Workspace) -> Problem | None:
    """The Secret `name` at `node` is not in the namespace of `user`.

    Messages `missing`, `misspelt` and `other-namespace` with the parameters object, secret, count, nearest and other;
    roles `nearest` and `other`. Likely where it is certainly not here, else possible.
    """
    if services.is_placeholder(name) or user.is_exported or workspace.once(certificates.makers).get(name):
        return None
    reference = workspace.find("Secret", name, user)
    if reference.is_found:
        return None
    is_missing = reference.is_missing and _keeps_certificates(user, workspace) and not _may_be_made(user, workspace)
    parameters = {"object": user.label, "secret": name, "count": reference.searched, "nearest": "", "other": ""}
    named = workspace.once(_certificates_by_name).get(name, ())
    other = next((each for each in named if not may_share_namespace(each.namespace, user.namespace)), None)
    if other is not None:
        return Problem(
            node=node,
            message="other-namespace",
            likelihood="likely" if is_missing else "possible",
            parameters=parameters | {"other": other.label},
            related=(Related(other.node("metadata", "name"), "other"),),
        )
    if not is_missing:
        return None
    nearest = reference.nearest
    return Problem(
        node=node,
        message="misspelt" if nearest else "missing",
        likelihood="likely",
        parameters=parameters | {"nearest": nearest.label if nearest else ""},
        related=(Related(nearest.node("metadata", "name"), "nearest"),) if nearest else (),
    )


def unusable(node: Node, name: str, user: Resource, workspace: Workspace) -> Problem | None:
    """The Secret `name` at `node` is here, and holds no certificate that a CLB can use.

    The message is the `reason` of `certificates.Certificate`, the parameters are object, secret (the object that is
    the Secret or makes it) and name; role `secret`. Certain, as far as the Secret goes.
    """
    first = _unusable_alternatives(name, user, workspace)
    if first is None or services.is_placeholder(name) or may_be_patched_in(certificates.ID, workspace):
        return None
    parameters = {"object": user.label, "secret": first.resource.label, "name": name}
    return Problem(
        node=node,
        message=first.reason,
        parameters=parameters,
        related=(Related(first.node, "secret", parameters),),
    )


def _unusable_alternatives(name: str, user: Resource, workspace: Workspace) -> Certificate | None:
    """The first of the objects that may be the Secret, if none of them is or may be of use."""
    made = workspace.once(certificates.makers).get(name, ())
    named = (each for each in (*workspace.named("Secret", name, user), *made) if belong_together(user, each))
    first = None
    for each in islice(named, _MOST_ALTERNATIVES):
        certificate = certificates.certificate_of(each)
        if certificate.usable is not False:
            return None
        first = first or certificate
    return first


def _may_be_made(user: Resource, workspace: Workspace) -> bool:
    """Whether something here may make any Secret in the namespace of an object."""
    namespaces = workspace.once(certificates.unknown_makers)
    return None in namespaces or user.namespace in namespaces or (user.namespace is None and bool(namespaces))


def _keeps_certificates(user: Resource, workspace: Workspace) -> bool:
    """Whether a certificate lives with an object: what keeps one of them here may be taken to keep all."""
    namespaces = workspace.once(_certificate_namespaces)
    if user.namespace is not None:
        return user.namespace in namespaces
    return None in namespaces and workspace.once(_loose_certificates).has(user)


def _certificates(workspace: Workspace) -> Sequence[Resource]:
    return [secret for secret in workspace.of_type("Secret") if certificates.ID in certificates.secret_keys(secret)]


def _certificate_namespaces(workspace: Workspace) -> frozenset[str | None]:
    return frozenset(secret.namespace for secret in workspace.once(_certificates))


def _loose_certificates(workspace: Workspace) -> Neighbourhood:
    return Neighbourhood(secret for secret in workspace.once(_certificates) if secret.namespace is None)


def _certificates_by_name(workspace: Workspace) -> Mapping[str, Sequence[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for secret in workspace.once(_certificates):
        found[secret.name].append(secret)
    return found
