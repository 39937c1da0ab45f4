"""What a Pod's resolver makes of a name, by dnsPolicy, dnsConfig, network and namespace."""

from __future__ import annotations

import pytest

from tests.linting import workspace_of
from tkelint.pods import Workload
from tkelint.search_list import Meaning, SearchList, meaning_of, search_list
from tkelint.workspace import Workspace

SERVICES = """\
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: prod}
spec: {clusterIP: None, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: example}
spec: {ports: [{port: 80}]}
"""


def pod(spec: str = "", namespace: str = "prod") -> tuple[Workload, Workspace]:
    workspace = workspace_of(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {namespace}}}\n"
        f"spec: {{containers: [{{name: a, image: a}}]{spec}}}\n{SERVICES}"
    )
    (workload,) = workspace.workloads
    return workload, workspace


def searched(spec: str) -> SearchList | None:
    return search_list(*pod(spec))


def meaning(name: str, spec: str = "") -> Meaning | None:
    return meaning_of(name, *pod(spec))


def test_usual_pod_searches_its_namespace_first() -> None:
    assert searched("") == SearchList(
        ("prod.svc.cluster.local", "svc.cluster.local", "cluster.local"),
        ndots=5,
        nameservers=(),
        is_complete=False,
        asks_cluster=True,
    )


def test_pod_without_a_namespace_searches_one_that_is_not_known() -> None:
    found = search_list(*pod(namespace="null"))

    assert found is not None
    assert found.domains[0] == "*.svc.cluster.local"


@pytest.mark.parametrize(
    ("spec", "asks_cluster", "domains"),
    [
        (", hostNetwork: true", False, 0),
        (", hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet", True, 3),
        (", dnsPolicy: Default", False, 0),
        (", dnsPolicy: Default, dnsConfig: {nameservers: [10.0.0.2]}", None, 0),
        (", dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.2], searches: [a.example, b.example.]}", None, 2),
        (", dnsConfig: {searches: [a.example, svc.cluster.local, 7]}", True, 4),
        (", dnsConfig: [x]", True, 3),
    ],
)
def test_policy_and_network_decide_whom_a_pod_asks(spec: str, asks_cluster: bool | None, domains: int) -> None:
    found = searched(spec)

    assert found is not None
    assert (found.asks_cluster, len(found.domains)) == (asks_cluster, domains)


@pytest.mark.parametrize("policy", ["clusterFirst", "7", "[a]"])
def test_policy_that_does_not_exist_has_no_search_list(policy: str) -> None:
    assert searched(f", dnsPolicy: {policy}") is None


@pytest.mark.parametrize(
    ("value", "ndots"), [("'2'", 2), ("'99'", 15), ("'-1'", 5), ("2", 5), ("null", 5), ("'²'", 5), ("'" + "9" * 99 + "'", 15)]
)  # fmt: skip
def test_ndots_is_read_as_resolv_conf_has_it(value: str, ndots: int) -> None:
    found = searched(f", dnsConfig: {{options: [x, {{name: edns0}}, {{name: ndots, value: {value}}}]}}")

    assert found is not None
    assert found.ndots == ndots


@pytest.mark.parametrize(
    ("name", "full_name"),
    [
        ("web", "web.prod.svc.cluster.local"),
        ("web.prod", "web.prod.svc.cluster.local"),
        ("web.prod.svc", "web.prod.svc.cluster.local"),
        ("web.prod.svc.cluster.local", "web.prod.svc.cluster.local"),
        ("web.prod.svc.cluster.local.", "web.prod.svc.cluster.local"),
        ("db-0.db", "db-0.db.prod.svc.cluster.local"),
        ("_http._tcp.web", "_http._tcp.web.prod.svc.cluster.local"),
        ("example", "example.prod.svc.cluster.local"),
    ],
)
def test_name_means_the_service_that_the_search_list_leads_to(name: str, full_name: str) -> None:
    found = meaning(name)

    assert found is not None
    assert found.full_name == full_name
    assert found.reference.is_found


@pytest.mark.parametrize(
    ("name", "is_missing"),
    [("wbe", True), ("wbe.prod", True), ("wbe.prod.svc", True), ("wbe.shop", False), ("example.com", False)],
)
def test_name_of_no_service_is_missing_only_where_its_namespace_is_here(name: str, is_missing: bool) -> None:
    found = meaning(name)

    assert found is not None
    assert not found.reference.is_found
    assert found.reference.is_missing is is_missing


@pytest.mark.parametrize(
    "name", ["www.example.com", "web-0.web.prod.svc", "web.", "web.prod.svc.", "localhost", "cache", "a"]
)
def test_what_is_no_name_of_a_service_means_none(name: str) -> None:
    more = ", hostname: a, hostAliases: [{ip: 10.0.0.1, hostnames: [cache]}, x]"

    assert meaning(name, more) is None


@pytest.mark.parametrize("spec", [", dnsPolicy: Default", ", hostNetwork: true", ", dnsPolicy: nonsense"])
def test_pod_that_does_not_ask_the_cluster_knows_no_service(spec: str) -> None:
    assert meaning("web", spec) is None


def test_own_search_list_decides_what_is_completed() -> None:
    own = ", dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.2], searches: [svc.cluster.local]}"

    assert meaning("web", own) is None
    assert meaning("web.prod", own) is not None
