"""What a Secret is to a CLB: https://cloud.tencent.com/document/product/457/45738."""

from __future__ import annotations

import pytest

from tests.linting import resource_of, workspace_of
from tkelint import certificates

ID = "stringData: {qcloud_cert_id: AbCd1234}"
SECRETS = {
    "an id": ("v1", "Secret", f"type: Opaque, {ID}", True, ""),
    "an id in data": ("v1", "Secret", "data: {qcloud_cert_id: QWJDZDEyMzQ=}", True, ""),
    "PEM texts": ("v1", "Secret", "type: kubernetes.io/tls, data: {tls.crt: '', tls.key: ''}", False, "kubernetes-tls"),
    "another key": ("v1", "Secret", "data: {cert: QQ==}", False, "no-id"),
    "only the CA of the clients": ("v1", "Secret", "data: {qcloud_ca_cert_id: QQ==}", False, "client-only"),
    "nothing yet": ("v1", "Secret", "type: Opaque", None, ""),
    "sealed": ("bitnami.com/v1alpha1", "SealedSecret", "spec: {encryptedData: {qcloud_cert_id: Ag}}", True, ""),
    "sealed PEM texts": (
        "bitnami.com/v1alpha1",
        "SealedSecret",
        "spec: {encryptedData: {tls.crt: Ag, tls.key: Ag}}",
        False,
        "kubernetes-tls",
    ),
    "external": ("external-secrets.io/v1", "ExternalSecret", "spec: {data: [{secretKey: qcloud_cert_id}]}", True, ""),
    "external, another key": ("external-secrets.io/v1", "ExternalSecret", "spec: {data: [{secretKey: id}]}", False, "no-id"),
    "external, all there is": ("external-secrets.io/v1", "ExternalSecret", "spec: {dataFrom: [{extract: {key: a}}]}", None, ""),
    "external, by template": (
        "external-secrets.io/v1",
        "ExternalSecret",
        "spec: {dataFrom: [{extract: {key: a}}], target: {template: {data: {qcloud_cert_id: x}}}}",
        True,
        "",
    ),
    "cert-manager": ("cert-manager.io/v1", "Certificate", "spec: {secretName: shop}", False, "cert-manager"),
    "1Password": ("onepassword.com/v1", "OnePasswordItem", "spec: {itemPath: a}", None, ""),
}  # fmt: skip


@pytest.mark.parametrize(("api", "kind", "body", "usable", "reason"), SECRETS.values(), ids=SECRETS)
def test_certificate_of_an_object(api: str, kind: str, body: str, usable: bool | None, reason: str) -> None:
    resource = resource_of(f"{{apiVersion: {api}, kind: {kind}, metadata: {{name: shop}}, {body}}}")

    certificate = certificates.certificate_of(resource)

    assert (certificate.usable, certificate.reason) == (usable, reason)


def test_a_secret_that_another_one_fills_is_not_judged() -> None:
    secret = resource_of(
        "{apiVersion: v1, kind: Secret, data: {a: QQ==},"
        " metadata: {name: a, annotations: {replicator.v1.mittwald.de/replicate-from: b/a}}}"
    )

    assert certificates.certificate_of(secret).usable is None


def test_makers_are_found_by_the_name_of_the_secret() -> None:
    workspace = workspace_of(
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: a}, spec: {target: {name: b}}}\n---\n"
        "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: {secretName: c}}\n---\n"
        "{apiVersion: isindir.github.com/v1alpha3, kind: SopsSecret, metadata: {name: d, namespace: prod}}\n"
    )

    assert {name: [maker.kind for maker in makers] for name, makers in certificates.makers(workspace).items()} == {
        "b": ["ExternalSecret"],
        "c": ["Certificate"],
    }
    assert certificates.unknown_makers(workspace) == {"prod"}
