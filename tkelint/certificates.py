"""Secrets as the CLB controllers read them: a certificate is an id of Tencent Cloud's certificate service.

https://cloud.tencent.com/document/product/457/45738: an Opaque Secret has the id under `qcloud_cert_id`, and for mutual
TLS the id of the client's CA under `qcloud_ca_cert_id`. The PEM texts of a `kubernetes.io/tls` Secret are of no use to
a CLB. Ingresses (`spec.tls`) and Services (`specify-protocol`) share this.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.compiled import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

ID = "qcloud_cert_id"
CLIENT_CA_ID = "qcloud_ca_cert_id"
TLS_TYPE = "kubernetes.io/tls"


class Certificate(NamedTuple):
    """What an object that is a Secret, or makes one, offers to a CLB.

    `usable` is `None` where its content is not shown. `reason` says why it is not usable: `kubernetes-tls`,
    `cert-manager`, `client-only` (only the CA of the clients) or `no-id`. `node` is what shows it.
    """

    resource: Resource
    node: Node
    usable: bool | None
    reason: str = ""


def certificate_of(resource: Resource) -> Certificate:
    """What a Secret, or an object that makes one, offers to a CLB."""
    if resource.type == "Secret":
        return _of_keys(resource, secret_keys(resource), resource.get("type"), ("type",))
    if resource.type == "Certificate.cert-manager.io":
        return Certificate(resource, resource.node("spec", "secretName"), usable=False, reason="cert-manager")
    if resource.type == "SealedSecret.bitnami.com":
        keys = {**resource.mapping("spec", "encryptedData"), **resource.mapping("spec", "template", "data")}
        return _of_keys(resource, keys, resource.get("spec", "template", "type"), ("spec", "template", "type"))
    if resource.type == "ExternalSecret.external-secrets.io":
        return _of_keys(resource, _external_keys(resource), None, ("spec", "data"))
    return Certificate(resource, resource.node("metadata", "name"), usable=None)


def secret_keys(secret: Resource) -> dict[str, Any]:
    """The keys of a Secret with their values: `data`, over which `stringData` goes."""
    return {**secret.mapping("data"), **secret.mapping("stringData")}


def makers(workspace: Workspace) -> Mapping[str, list[Resource]]:
    """Objects that make a Secret, by the name of the Secret: to be asked for with `workspace.once`."""
    found: dict[str, list[Resource]] = defaultdict(list)
    for type_, paths in table("secret-makers")["named"].items():
        for resource in workspace.of_type(type_):
            name = next((resource.get(*path) for path in paths if resource.has(*path)), None)
            if isinstance(name, str):
                found[name].append(resource)
    return found


def unknown_makers(workspace: Workspace) -> frozenset[str | None]:
    """The namespaces in which something may make Secrets of any name; `None` stands for any namespace."""
    everywhere = table("pod-makers")["everywhere"]
    return frozenset(
        None if type_ in everywhere else resource.namespace
        for type_ in workspace.types()
        if type_ in everywhere or _is_unknown_maker(type_)
        for resource in workspace.of_type(type_)
    )


def _is_unknown_maker(type_: str) -> bool:
    kind, _, group = type_.partition(".")
    facts = table("secret-makers")
    return bool(group) and "Secret" in kind and type_ not in facts["named"] and type_ not in facts["makes-none"]


def _of_keys(resource: Resource, keys: Mapping[str, Any], type_: object, at: tuple[str, ...]) -> Certificate:
    node = resource.node(*at) if resource.has(*at) else resource.node("metadata", "name")
    if ID in keys:
        return Certificate(resource, node, usable=True)
    if not keys or any(key in resource.annotations for key in table("secret-makers")["filled-by-annotation"]):
        return Certificate(resource, node, usable=None)
    if CLIENT_CA_ID in keys:
        return Certificate(resource, node, usable=False, reason="client-only")
    is_tls = type_ == TLS_TYPE or "tls.crt" in keys
    return Certificate(resource, node, usable=False, reason="kubernetes-tls" if is_tls else "no-id")


def _external_keys(resource: Resource) -> dict[str, Any]:
    """The keys that an ExternalSecret lists; none where it takes over whatever there is."""
    template = resource.mapping("spec", "target", "template", "data")
    if resource.get("spec", "target", "template", "templateFrom") or (
        resource.get("spec", "dataFrom") and not template
    ):
        return {}
    if template and resource.get("spec", "target", "template", "mergePolicy") != "Merge":
        return template
    listed = {str(entry.get("secretKey")): entry for _, entry in resource.items("spec", "data")}
    return {**listed, **template}
