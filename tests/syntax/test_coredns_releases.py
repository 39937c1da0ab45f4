"""The table of CoreDNS's plugins against the lists of directives of ten of its releases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

_PROJECT = Path(__file__).parents[2]


def read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(_PROJECT / path)
    return content


PLUGINS = read("rules/facts/coredns-releases.yaml")
DIRECTIVES = read("tests/fixtures/corefile/directives.yaml")


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@pytest.mark.parametrize("release", DIRECTIVES)
def test_each_release_knows_its_directives(release: str) -> None:
    known = {
        name
        for name, facts in PLUGINS.items()
        if version(facts["since"]) <= version(release) < version(facts.get("removed", "999.0.0"))
    }

    assert known == set(DIRECTIVES[release].split())


def test_the_order_is_the_compiled_one() -> None:
    ordered = sorted((facts["order"], name) for name, facts in PLUGINS.items() if "order" in facts)

    assert [name for _, name in ordered] == DIRECTIVES["1.14.7"].split()
    assert [order for order, _ in ordered] == list(range(1, len(ordered) + 1))


def test_what_else_is_said_of_plugins_is_of_real_ones() -> None:
    names = read("rules/facts/coredns-plugins.yaml")

    assert set(names["never-answer"]) <= set(PLUGINS)
    assert set(read("rules/facts/coredns-setup.yaml")) == {name for name, facts in PLUGINS.items() if "order" in facts}
    assert not set(names["external"]) & set(DIRECTIVES["1.14.7"].split())


# The properties of the plugins of a Kubernetes cluster in the releases that TKE has shipped, and in the newest that the
# table was made for.
_KUBERNETES = "endpoint_pod_names pods namespaces endpoint tls labels namespace_labels fallthrough ttl noendpoints ignore kubeconfig"
_FORWARD = "except max_fails health_check force_tcp prefer_udp tls tls_servername expire policy"
PROPERTIES = {
    "1.6.2": {
        "cache": "success denial prefetch",
        "forward": _FORWARD,
        "kubernetes": f"{_KUBERNETES} resyncperiod upstream transfer",
        "hosts": "fallthrough no_reverse ttl reload",
        "health": "lameduck",
        "errors": "consolidate",
        "template": "match answer additional authority rcode fallthrough upstream",
    },
    "1.7.0": {
        "cache": "success denial prefetch serve_stale",
        "forward": f"{_FORWARD} max_concurrent",
        "kubernetes": f"{_KUBERNETES} transfer",
    },
    "1.8.4": {
        "cache": "success denial prefetch serve_stale",
        "forward": f"{_FORWARD} max_concurrent",
        "kubernetes": _KUBERNETES,
        "errors": "consolidate",
    },
    "1.11.1": {
        "cache": "success denial prefetch serve_stale servfail disable keepttl",
        "forward": f"{_FORWARD} max_concurrent",
        "kubernetes": _KUBERNETES,
        "hosts": "fallthrough no_reverse ttl reload",
        "errors": "consolidate stacktrace",
        "template": "match answer additional authority rcode fallthrough upstream ederror",
    },
    "1.14.7": {
        "cache": "success denial prefetch serve_stale serve_stale_policy servfail disable keepttl",
        "hosts": "fallthrough fallthrough_unsupported no_reverse ttl reload",
        "health": "lameduck",
    },
}


@pytest.mark.parametrize(
    ("release", "plugin", "names"),
    [(release, plugin, names) for release, plugins in PROPERTIES.items() for plugin, names in plugins.items()],
)
def test_each_release_knows_its_properties(release: str, plugin: str, names: str) -> None:
    known = {
        name
        for name, facts in read("rules/facts/coredns-setup.yaml")[plugin]["properties"].items()
        if version(facts.get("since", "1.0.0")) <= version(release) < version(facts.get("removed", "999.0.0"))
    }

    assert known == set(names.split())
