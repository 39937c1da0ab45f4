"""Which forwarding rules stand on which listener: https://cloud.tencent.com/document/product/457/45693."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.linting import resource_of
from tkelint import ingress_rules, ingresses
from tkelint.ingresses import Listener

if TYPE_CHECKING:
    from tkelint.resource import Resource

MIX = {ingresses.RULE_MIX: "true"}


def ingress(annotations: dict[str, str], *, tls: bool = True, paths: tuple[str, ...] = ("/a", "/b")) -> Resource:
    rules = [
        {"path": path, "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}
        for path in paths
    ]
    return resource_of(
        json.dumps(
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "Ingress",
                "metadata": {"name": "shop", "annotations": annotations},
                "spec": {
                    "tls": [{"secretName": "c"}] if tls else [],
                    "rules": [{"host": "a.b", "http": {"paths": rules}}],
                },
            }
        )
    )


def entry(path: str, port: object = "80", **more: object) -> dict[str, object]:
    return {"host": "a.b", "path": path, "backend": {"serviceName": "web", "servicePort": port}, **more}


def placed(resource: Resource) -> tuple[list[str], list[str], list[str]]:
    placement = ingress_rules.placement(resource)
    return tuple([rule.path for rule in rules] for rules in placement[:3])  # type: ignore[return-value]


def test_without_mix_all_rules_stand_on_the_one_listener() -> None:
    assert placed(ingress({})) == ([], ["/a", "/b"], [])
    assert placed(ingress({}, tls=False)) == (["/a", "/b"], [], [])


def test_mix_puts_rules_where_entries_select_them_and_the_rest_on_https() -> None:
    mixed = ingress({**MIX, ingresses.HTTP_RULES: json.dumps([entry("/a", 80)]), ingresses.HTTPS_RULES: "null"})

    assert placed(mixed) == (["/a"], ["/b"], ["/b"])
    assert [rule.path for rule in ingress_rules.rules_of(mixed, Listener("HTTPS", 443))] == ["/b"]


def test_a_rule_may_stand_on_both_sides() -> None:
    rules = json.dumps([entry("/a")])
    mixed = ingress({**MIX, ingresses.HTTP_RULES: rules, ingresses.HTTPS_RULES: rules}, paths=("/a",))

    assert placed(mixed) == (["/a"], ["/a"], [])


def test_an_entry_selects_to_the_letter() -> None:
    mixed = ingress({**MIX, ingresses.HTTP_RULES: json.dumps([entry("/a", "http"), entry("/B")])})

    assert placed(mixed) == ([], ["/a", "/b"], ["/a", "/b"])


def test_mix_without_tls_leaves_everything_on_http() -> None:
    assert placed(ingress(MIX, tls=False)) == (["/a", "/b"], [], [])


def test_an_automatic_redirect_gives_https_rules_a_twin() -> None:
    assert placed(ingress({ingresses.AUTO_REWRITE: "true"})) == (["/a", "/b"], ["/a", "/b"], [])
    assert placed(ingress({**MIX, ingresses.AUTO_REWRITE: "true"})) == (["/a", "/b"], ["/a", "/b"], ["/a", "/b"])


def test_rules_that_cannot_be_read_count_on_both_sides() -> None:
    placement = ingress_rules.placement(ingress({**MIX, ingresses.HTTP_RULES: "[{"}))

    assert not placement.is_known
    assert placement.http == placement.https


def test_redirects_are_read_with_their_place() -> None:
    redirect = {"host": "a.b", "path": "/old", "rewrite": {"port": "80", "path": "/a"}}
    (read,) = ingress_rules.entries(ingress({ingresses.HTTP_RULES: json.dumps([redirect])}))

    assert read.redirect == ingress_rules.Redirect(80, "", "/a")
    assert read.service is None
    assert read.at("rewrite", "port").value[slice(*read.at("rewrite", "port").part or ())] == '"80"'
