"""Ids of certificates, in Secrets and in `ingress.cloud.tencent.com/certificate`.

https://cloud.tencent.com/document/product/457/45738, https://cloud.tencent.com/document/product/457/115386.
What stands in a Secret is never said: problems point at keys.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from tkelint import certificates, embedded_json, ingresses, services
from tkelint.checks.patches import may_be_patched_in
from tkelint.compiled import table
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.embedded_json import EmbeddedJson
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_ENCRYPTED = "ENC["  # by SOPS: the value is not the one that is applied
_TWO_ALGORITHMS_SINCE = (2, 5, 0)


def id_invalid(secret: Resource, _: Workspace) -> Iterator[Problem]:
    """An id that the controller cannot look up as it stands."""
    for field, key, value in _written(secret):
        fault = _fault(field, value)
        if fault:
            yield Problem(
                node=secret.node(field, key).key(),
                message=fault,
                likelihood="likely" if fault == "shape" else "certain",
                parameters={"secret": secret.label, "key": key, "field": field},
            )


def server_id_missing(secret: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The CA of the clients, and no certificate of the server."""
    keys = certificates.secret_keys(secret)
    if certificates.CLIENT_CA_ID not in keys or certificates.certificate_of(secret).usable is not False:
        return
    if not may_be_patched_in(certificates.ID, workspace):
        field = next(field for field in ("stringData", "data") if secret.has(field, certificates.CLIENT_CA_ID))
        node = secret.node(field, certificates.CLIENT_CA_ID).key()
        yield Problem(node=node, parameters={"secret": secret.label})


def several(secret: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Several ids in one Secret: two, of different algorithms, in an Opaque Secret, for a controller that knows it."""
    for field, key, value in _written(secret):
        count = _text(field, value).count(",") + 1
        if key != certificates.ID or count == 1:
            continue
        node = secret.node(field, key).key()
        most = table("ingress-listeners")["certificates-of-one-secret"]
        parameters = {"secret": secret.label, "count": count, "most": most, "type": str(secret.get("type"))}
        if count > most:
            yield Problem(node=node, message="many", parameters=parameters)
        if secret.get("type", default="Opaque") != "Opaque":
            yield Problem(node=secret.node("type"), message="type", parameters=parameters)
        if workspace.facts.at_least("controllerVersion", _TWO_ALGORITHMS_SINCE) is False:
            yield Problem(node=node, message="old", parameters=parameters)


def annotation_invalid(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The annotation with certificates: an array of hosts with one or two ids."""
    json = embedded_json.read(ingress.annotation(ingresses.CERTIFICATE))
    if json is None or json.fault is not None or services.is_placeholder(json.node.value):
        return
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    if not isinstance(json.value, list):
        yield _in_annotation(json, (), "array")
        return
    for position, entry in enumerate(json.value):
        if not isinstance(entry, dict):
            yield _in_annotation(json, (position,), "entry")
        elif certificates.ID not in entry:
            yield _in_annotation(json, (position,), "missing")
        else:
            yield from _ids_of_entry(json, (position, certificates.ID), entry[certificates.ID])
            if "hosts" in entry and not _are_strings(entry["hosts"]):
                yield _in_annotation(json, (position, "hosts"), "list")


def _ids_of_entry(json: EmbeddedJson, path: tuple[int, str], ids: object) -> Iterator[Problem]:
    if not isinstance(ids, list) or not _are_strings(ids) or not ids:
        yield _in_annotation(json, path, "list")
        return
    if len(ids) > table("ingress-listeners")["certificates-of-one-secret"]:
        yield _in_annotation(json, path, "many")
    for index, identity in enumerate(ids):
        if not _is_id(identity):
            yield _in_annotation(json, (*path, index), "id")


def _in_annotation(json: EmbeddedJson, path: tuple[str | int, ...], message: str) -> Problem:
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    parameters = {"ingress": json.node.resource.label, "given": json.excerpt(*path), "key": key}
    return Problem(node=json.at(*path) if path else json.node, message=message, parameters=parameters)


def _are_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _written(secret: Resource) -> Iterator[tuple[str, str, object]]:
    """Each id as the file has it: field, key and value. `stringData` goes over `data`."""
    for key in (certificates.ID, certificates.CLIENT_CA_ID):
        field = next((field for field in ("stringData", "data") if secret.has(field, key)), None)
        if field is not None:
            value = secret.get(field, key)
            if not _is_open(field, value):
                yield field, key, value


def _is_open(field: str, value: object) -> bool:
    """Whether the value is filled in later."""
    if value is None or (isinstance(value, str) and value.startswith(_ENCRYPTED)):
        return True
    return services.is_placeholder(value) or services.is_placeholder(_text(field, value))


def _fault(field: str, value: object) -> str:
    """What is wrong with an id, as the name of a message; "" for nothing."""
    if not isinstance(value, str):
        return "type"
    text = _text(field, value)
    parts = text.split(",")
    if all(_is_id(part) for part in parts):
        return ""
    if field == "data":
        if all(_is_id(part) for part in value.split(",")):
            return "plain"
        if not text and value:
            return "base64"
    if all(_is_id(part) for part in text.strip().split(",")):
        return "whitespace"
    return "shape"


def _text(field: str, value: object) -> str:
    """The text of a value: `data` is base64; "" where it cannot be decoded."""
    if not isinstance(value, str) or field == "stringData":
        return value if isinstance(value, str) else ""
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _is_id(text: str) -> bool:
    return len(text) == table("ingress-listeners")["certificate-id-length"] and text.isascii() and text.isalnum()
