"""Facts in three values, security groups, and objects that exist elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linting import resource_of, workspace_of
from tkelint.cluster import FACTS, Clb, ClusterFacts, Contradiction, External, Fact
from tkelint.security_group import (
    EVERY_PORT,
    NODE_PORTS,
    Allowance,
    AllowanceError,
    SecurityGroup,
    parse_allowance,
)

SCHEMA = json.loads(Path("tkelint/config.schema.json").read_bytes())
NODE = resource_of("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n").node("kind")
OTHER_NODE = resource_of("apiVersion: v1\nkind: Service\nmetadata: {name: api}\n").node("kind")


def group(*rules: str) -> SecurityGroup:
    return SecurityGroup(tuple(map(parse_allowance, rules)))


def test_the_facts_are_those_of_the_schema() -> None:
    assert set(FACTS) == set(SCHEMA["properties"]["cluster"]["properties"])


def test_what_nobody_said_is_unknown_not_false() -> None:
    facts = ClusterFacts()

    assert [fact.is_known for fact in facts] == [False] * len(FACTS)
    assert facts.value("nodeCount") is None
    assert facts.equals("kubeProxyMode", "ipvs") is None
    assert facts.at_least("controllerVersion", (2, 0)) is None
    assert facts.has_feature("snat-pro") is None
    assert facts.node_security_group is None
    assert facts.security_group("sg-1") is None
    assert facts.clb("lb-1") == Clb()
    assert facts.clb_network("lb-1") == "unknown"
    assert facts.clb_address(None) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('REUSE_LOADBALANCER: "false"', "disabled"),
        ('REUSE_LOADBALANCER: "true"', "enabled"),
        ("REUSE_LOADBALANCER: []", None),
        ("VERSION: v2", None),
    ],
)
def test_the_controllers_config_map_shows_whether_clbs_are_reused(data: str, expected: str | None) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: tke-service-controller-config}}\ndata:\n  {data}\n"

    assert workspace_of(text).facts.value("clbReuse") == expected


def test_what_was_declared_is_known() -> None:
    clbs = {"lb-1": Clb(network="internal", address="10.0.0.12"), "lb-2": Clb(network="public")}
    facts = ClusterFacts.declare({"kubeProxyMode": "ipvs", "features": ("snat-pro",), "clbs": clbs, "nodeCount": None})

    assert facts.fact("kubeProxyMode") == Fact("kubeProxyMode", "ipvs", "declared")
    assert facts.equals("kubeProxyMode", "ipvs") is True
    assert facts.equals("kubeProxyMode", "iptables") is False
    assert facts.has_feature("snat-pro") is True
    assert facts.has_feature("l7-keepalive") is False
    assert (facts.clb_network("lb-1"), facts.clb_address("lb-1")) == ("internal", "10.0.0.12")
    assert (facts.clb_network("lb-2"), facts.clb_address("lb-2")) == ("public", None)
    assert facts.clb_network(["lb-1"]) == "unknown"
    assert not facts.fact("nodeCount").is_known


def test_no_feature_declared_is_not_the_same_as_none_granted() -> None:
    assert ClusterFacts.declare({"features": ()}).has_feature("snat-pro") is False


def test_a_fact_that_does_not_exist_is_a_bug() -> None:
    with pytest.raises(KeyError, match="kubeProxyMod"):
        ClusterFacts().value("kubeProxyMod")


@pytest.mark.parametrize(
    ("known", "asked", "answer"),
    [
        ("1.28.3", (1, 28), True),
        ("1.28.3", (1, 28, 3), True),
        ("1.28.3", (1, 28, 4), False),
        ("1.9.0", (1, 10), False),
        ("v2.11.0", (2, 9, 1), True),
        ("1.28", (1, 28), True),
        ("1.28", (1, 28, 0), True),
        ("1.28", (1, 28, 3), None),
        ("1.27", (1, 28, 3), False),
        ("1.29", (1, 28, 3), True),
    ],
)
def test_versions_are_compared_as_far_as_they_are_said(known: str, asked: tuple[int, ...], answer: bool | None) -> None:
    assert ClusterFacts.declare({"kubernetesVersion": known}).at_least("kubernetesVersion", asked) is answer


def test_observed_facts_fill_what_was_not_declared() -> None:
    facts = ClusterFacts.declare({"nodeCount": 3}).merge([Fact("kubeProxyMode", "ipvs", NODE)])

    assert facts.fact("kubeProxyMode").origin is NODE
    assert facts.value("nodeCount") == 3
    assert facts.contradictions == ()


def test_a_declared_fact_stands_and_the_contradiction_is_kept() -> None:
    observed = Fact("kubeProxyMode", "ipvs", NODE)

    facts = ClusterFacts.declare({"kubeProxyMode": "iptables"}).merge([observed])

    assert facts.value("kubeProxyMode") == "iptables"
    assert facts.contradictions == (Contradiction(Fact("kubeProxyMode", "iptables", "declared"), observed),)


def test_manifests_that_disagree_leave_the_fact_unknown() -> None:
    first, second = Fact("kubeProxyMode", "ipvs", NODE), Fact("kubeProxyMode", "iptables", OTHER_NODE)

    facts = ClusterFacts().merge([first, Fact("kubeProxyMode", "ipvs", OTHER_NODE), second])

    assert facts.value("kubeProxyMode") is None
    assert facts.contradictions == (Contradiction(first, second),)


def test_a_more_exact_version_is_no_contradiction() -> None:
    declared = ClusterFacts.declare({"kubernetesVersion": "1.28", "kubeProxyVersion": "v1.28.3-tke.4"})

    facts = declared.merge([Fact("kubernetesVersion", "v1.28.3", NODE), Fact("kubeProxyVersion", "1.28.3-tke.4", NODE)])

    assert facts.value("kubernetesVersion") == "v1.28.3"
    assert facts.value("kubeProxyVersion") == "v1.28.3-tke.4"
    assert facts.contradictions == ()


def test_revisions_of_one_version_contradict_each_other() -> None:
    declared = ClusterFacts.declare({"kubeProxyVersion": "v1.20.6-tke.12"})

    assert declared.merge([Fact("kubeProxyVersion", "v1.20.6-tke.9", NODE)]).contradictions


def test_observing_nothing_changes_nothing() -> None:
    declared = ClusterFacts.declare({"nodeCount": 3})

    merged = declared.merge([Fact("nodeCount", None, NODE)])

    assert merged.known == declared.known
    assert merged.contradictions == ()


@pytest.mark.parametrize(
    ("text", "allowance"),
    [
        ("443/tcp", Allowance(range(443, 444), "tcp")),
        ("30000-32767/TCP", Allowance(NODE_PORTS, "tcp")),
        ("100.127.0.0/16", parse_allowance("100.127.0.0/16")),
        ("53/udp from 10.0.0.0/8", parse_allowance("53/udp from 10.0.0.0/8")),
        ("fd00::/8", parse_allowance("fd00::/8")),
        ("10.0.0.1", parse_allowance("10.0.0.1/32")),
    ],
)
def test_allowances_are_read_and_written(text: str, allowance: Allowance) -> None:
    assert parse_allowance(text) == allowance
    assert parse_allowance(str(allowance)) == allowance


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("443", "443/tcp"),
        ("80-90 from 10.0.0.0/8", "80-90/tcp from 10.0.0.0/8"),
        ("32767-30000/tcp", "30000-32767/tcp"),
        ("100.127.1.0/16", "100.127.0.0/16"),
        ("443/tcp from 10.0.0.1/8", "10.0.0.0/8"),
        ("0/tcp", ""),
        ("70000/tcp", ""),
        ("443/icmp", ""),
        ("10.0.0.0/33", ""),
        ("443/tcp from", ""),
        ("everything from 10.0.0.0/8", ""),
        ("", ""),
        ("٤٤٣/tcp", ""),
        ("9" * 5_000, ""),
    ],
)
def test_what_is_no_allowance_is_refused_with_what_was_meant(text: str, near: str) -> None:
    with pytest.raises(AllowanceError) as error:
        parse_allowance(text)

    assert error.value.near == near


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        (["30000-32767/tcp"], True),
        (["30000-32768/tcp"], True),
        (["0.0.0.0/0"], True),
        (["30000-31000/tcp", "31001-32767/tcp"], True),
        (["31001-32767/tcp", "30000-31000/tcp"], True),
        (["30000-31000/tcp", "31002-32767/tcp"], None),
        (["30080/tcp"], None),
        (["30000-32767/tcp from 10.0.0.0/8"], None),
        (["10.0.0.0/8"], None),
        (["30000-32767/udp"], False),
        (["443/tcp"], False),
        ([], False),
    ],
)
def test_whether_node_ports_are_open_to_anyone(rules: list[str], answer: bool | None) -> None:
    assert group(*rules).allows(NODE_PORTS, "TCP") is answer


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        (["100.127.0.0/16"], True),
        (["100.0.0.0/8"], True),
        (["30000-32767/tcp"], True),
        (["30000-32767/tcp from 100.64.0.0/10"], True),
        (["100.127.0.0/17"], None),
        (["30080/tcp from 100.127.0.0/16"], None),
        (["30000-32767/tcp from 10.0.0.0/8"], False),
        (["100.127.0.0/16", "30000-32767/udp"], True),
        (["443/tcp from 100.127.0.0/16"], False),
        (["fd00::/8"], False),
    ],
)
def test_whether_node_ports_are_open_to_a_source(rules: list[str], answer: bool | None) -> None:
    assert group(*rules).allows(NODE_PORTS, "tcp", "100.127.0.0/16") is answer


def test_whether_a_source_gets_everywhere() -> None:
    assert group("100.127.0.0/16").allows_source("100.127.0.0/16") is True
    assert group("30000-32767/tcp").allows_source("100.127.0.0/16") is None
    assert group("1-65535/udp").allows_source("100.127.0.0/16") is False
    assert group("1-65535/udp").allows_source("100.127.0.0/16", "udp") is True


PORTS = st.integers(1, 65535)


@given(st.lists(st.tuples(PORTS, PORTS), max_size=5), PORTS, st.integers(0, 300))
def test_a_range_is_open_when_each_of_its_ports_is(ranges: list[tuple[int, int]], first: int, length: int) -> None:
    rules = group(*(f"{min(pair)}-{max(pair)}/tcp" for pair in ranges))
    wanted = range(first, min(first + length, 65535) + 1)

    answers = {rules.allows(port, "tcp") for port in wanted}

    assert rules.allows(wanted, "tcp") is (answers.pop() if len(answers) == 1 else None)
    assert None not in answers
    assert wanted[-1] in EVERY_PORT


def test_an_external_covers_names_by_pattern() -> None:
    external = External(
        kind="Service", namespace="prod", name="db-*", ports=(5432, "metrics"), hosts=("*.db.example.com",)
    )

    assert external.covers("Service", "prod", "db-main")
    assert external.covers("Service", None, "db-main")  # looked for where no namespace is said: it may be this one
    assert not external.covers("Service", "test", "db-main")
    assert not external.covers("Service", "prod", "web")
    assert not external.covers("Service.serving.knative.dev", "prod", "db-main")
    assert not external.covers("Secret", "prod", "db-main")
    assert external.has_port(5432) is True
    assert external.has_port("metrics") is True
    assert external.has_port(3306) is False
    assert external.answers_to("A.DB.example.com")
    assert not external.answers_to("db.example.com")


def test_an_external_of_which_little_is_said() -> None:
    external = External(kind="Secret", name="*")

    assert external.covers("Secret", "anywhere", "tls")
    assert external.has_port(443) is None
    assert not external.answers_to("example.com")
