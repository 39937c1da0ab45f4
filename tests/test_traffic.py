"""Routes from workloads to internal CLBs of their own cluster: which there are, and each hop at its place."""

from __future__ import annotations

import textwrap

import pytest

from tests.linting import workspace_of
from tkelint.resource import Resource
from tkelint.traffic import Route, backend_services, servers_of, traffic
from tkelint.workspace import Workspace

INGRESS = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: prod
  annotations: {kubernetes.io/ingress.class: qcloud, kubernetes.io/ingress.subnetId: subnet-5a6b7c8d}
spec:
  rules:
    - host: api.corp.example
      http: {paths: [{path: /, backend: {service: {name: server, port: {number: 80}}}}]}
status: {loadBalancer: {ingress: [{ip: 10.0.0.12}]}}
"""
SERVICE = """\
---
apiVersion: v1
kind: Service
metadata:
  name: lb
  namespace: prod
  annotations: {service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d}
spec: {type: LoadBalancer, selector: {app: server}, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 10.0.0.13}]}}
"""
SERVER = """\
---
apiVersion: v1
kind: Service
metadata: {name: server, namespace: prod}
spec: {type: NodePort, selector: {app: server}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, namespace: prod}
spec:
  template:
    metadata: {labels: {app: server}}
    spec: {containers: [{name: server, args: [%s]}]}
"""
COREDNS = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  Corefile: |
    .:53 {
        %s
        kubernetes cluster.local
        forward . /etc/resolv.conf
    }
"""


def client(*words: str) -> str:
    """A Deployment that is started with these words."""
    return textwrap.dedent(f"""\
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: web, namespace: prod}}
        spec:
          template:
            spec:
              containers: [{{name: web, args: [{", ".join(words)}]}}]
        """)


def routes(*documents: str, config: dict[str, object] | None = None) -> tuple[Route, ...]:
    return traffic(workspace_of("".join(documents), config)).routes


def hops(route: Route) -> list[tuple[str, int, str]]:
    """Role, line and text of each hop."""
    places = [(hop.role, hop.node.place) for hop in route.hops()]
    return [
        (role, place.region.start_line, place.source.text[place.span.start : place.span.end]) for role, place in places
    ]


def line_of(text: str, *documents: str) -> int:
    return next(number for number, line in enumerate("".join(documents).splitlines(), 1) if text in line)


def target_of(*documents: str) -> list[str]:
    return [route.frontend.resource.label for route in routes(*documents)]


def test_host_of_an_internal_ingress_is_a_route() -> None:
    documents = (INGRESS, client("http://api.corp.example/v1"))

    (route,) = routes(*documents)

    assert route.client.resource.label == "Deployment prod/web"
    assert hops(route) == [
        ("call", line_of("args", *documents), "api.corp.example"),
        ("host", line_of("host:", *documents), "api.corp.example"),
    ]
    assert [hop.parameters for hop in route.hops()] == [
        {"client": "Deployment prod/web", "host": "api.corp.example"},
        {"target": "Ingress prod/api", "host": "api.corp.example"},
    ]


@pytest.mark.parametrize(("address", "target"), [("10.0.0.12", "Ingress prod/api"), ("10.0.0.13", "Service prod/lb")])
def test_address_of_a_clb_is_a_route(address: str, target: str) -> None:
    documents = (INGRESS, SERVICE, client(f"http://{address}:80"))

    (route,) = routes(*documents)

    assert route.frontend.resource.label == target
    assert [(role, text) for role, _, text in hops(route)] == [("call", address), ("address", address)]


def test_declared_address_of_an_existing_clb_is_a_route() -> None:
    ingress = INGRESS.replace("ingress.subnetId: subnet-5a6b7c8d", "ingress.existLbId: lb-6swtabcd").partition(
        "status"
    )[0]
    config = {"cluster": {"clbs": {"lb-6swtabcd": {"network": "internal", "address": "10.0.0.99"}}}}

    (route,) = routes(ingress, client("10.0.0.99:443"), config=config)

    assert hops(route)[-1] == ("address", 7, "lb-6swtabcd")


def test_wildcard_host_covers_one_label() -> None:
    ingress = INGRESS.replace("api.corp.example", '"*.corp.example"')

    assert target_of(ingress, client("http://any.corp.example")) == ["Ingress prod/api"]
    assert target_of(ingress, client("http://a.b.corp.example", "http://corp.example")) == []


def test_exact_host_comes_before_the_wildcard() -> None:
    wildcard = INGRESS.replace("api.corp.example", '"*.corp.example"').replace("name: api", "name: all")

    assert target_of(wildcard, INGRESS, client("http://api.corp.example")) == ["Ingress prod/api"]


def test_host_is_compared_without_case_and_final_dot() -> None:
    assert target_of(INGRESS.replace("api.corp", "API.Corp"), client("http://api.CORP.example./v1")) == [
        "Ingress prod/api"
    ]


@pytest.mark.parametrize(
    "ingress",
    [
        INGRESS.replace(", kubernetes.io/ingress.subnetId: subnet-5a6b7c8d", ""),
        INGRESS.replace("ingress.class: qcloud", "ingress.class: nginx"),
        INGRESS.replace("ingress.subnetId: subnet-5a6b7c8d", "ingress.existLbId: lb-6swtabcd"),
    ],
    ids=["public", "another controller", "existing CLB of unknown network"],
)
def test_what_is_no_internal_clb_has_no_routes(ingress: str) -> None:
    assert target_of(ingress, client("http://api.corp.example", "10.0.0.12:80")) == []


def test_rewrite_to_a_service_ends_the_route() -> None:
    corefile = COREDNS % "rewrite name api.corp.example server.prod.svc.cluster.local"

    assert target_of(INGRESS, corefile, client("http://api.corp.example")) == []


def test_rewrite_to_another_host_of_the_clb_is_a_hop() -> None:
    documents = (INGRESS, COREDNS % "rewrite name old.corp.example api.corp.example", client("http://old.corp.example"))

    (route,) = routes(*documents)

    assert hops(route) == [
        ("call", line_of("args", *documents), "old.corp.example"),
        ("rewrite", line_of("rewrite", *documents), "api.corp.example"),
        ("host", line_of("host:", *documents), "api.corp.example"),
    ]
    assert route.hops()[1].parameters == {"from": "old.corp.example", "to": "api.corp.example"}


def test_hosts_entry_for_the_address_of_a_clb_is_a_hop() -> None:
    corefile = COREDNS % "hosts {\n            10.0.0.13 some.corp.example\n            fallthrough\n        }"
    documents = (SERVICE, corefile, client("http://some.corp.example"))

    (route,) = routes(*documents)

    assert hops(route) == [
        ("call", line_of("args", *documents), "some.corp.example"),
        ("hosts", line_of("10.0.0.13 some", *documents), "some.corp.example"),
        ("address", line_of("status", *documents), "10.0.0.13"),
    ]


def test_hosts_entry_for_another_address_ends_the_route() -> None:
    corefile = COREDNS % "hosts {\n            10.0.0.99 api.corp.example\n            fallthrough\n        }"

    assert target_of(INGRESS, corefile, client("http://api.corp.example")) == []


EXTERNAL_NAME = """\
---
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: prod}
spec: {type: ExternalName, externalName: API.corp.example.}
"""


@pytest.mark.parametrize("name", ["alias.prod.svc.cluster.local", "alias.prod.svc.cluster.local.", "alias.prod"])
def test_external_name_is_a_hop(name: str) -> None:
    documents = (INGRESS, EXTERNAL_NAME, client(f"http://{name}"))

    (route,) = routes(*documents)

    assert hops(route) == [
        ("call", line_of("args", *documents), name.rstrip(".")),
        ("rewrite", line_of("externalName", *documents), "API.corp.example."),
        ("host", line_of("host:", *documents), "api.corp.example"),
    ]


@pytest.mark.parametrize(
    ("service", "name"),
    [
        (EXTERNAL_NAME, "alias.dev.svc.cluster.local"),
        (EXTERNAL_NAME, "pod.alias.prod.svc.cluster.local"),
        (EXTERNAL_NAME, "alias.prod.example"),
        (
            EXTERNAL_NAME + EXTERNAL_NAME.replace("type: ExternalName, externalName: API.corp.example.", "ports: []"),
            "alias.prod",
        ),
        (EXTERNAL_NAME.replace("API.corp.example.", "[api]"), "alias.prod"),
    ],
    ids=["another namespace", "a Pod of it", "another zone", "an alternative that is none", "no text"],
)
def test_external_name_of_another_service_is_no_hop(service: str, name: str) -> None:
    assert target_of(INGRESS, service, client(f"http://{name}")) == []


def test_external_name_without_a_namespace_may_be_in_any() -> None:
    service = EXTERNAL_NAME.replace(", namespace: prod", "")

    assert target_of(INGRESS, service, client("http://alias.prod.svc.cluster.local")) == ["Ingress prod/api"]


def test_config_map_leads_from_the_workload_to_the_call() -> None:
    config_map = (
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: prod}\n"
        "data:\n  app.yaml: |\n    port: 80\n    upstream: http://api.corp.example:80\n"
    )
    workload = client().replace("args: []", "envFrom: [{configMapRef: {name: web}}]")
    documents = (INGRESS, config_map, workload)

    (route,) = routes(*documents)

    assert hops(route) == [
        ("link", line_of("envFrom", *documents), "web"),
        ("call", line_of("upstream", *documents), "api.corp.example"),
        ("host", line_of("host:", *documents), "api.corp.example"),
    ]


def test_workload_that_is_told_its_own_name_calls_nobody() -> None:
    assert target_of(INGRESS, SERVER % "--host=api.corp.example") == []


def test_workload_that_calls_itself_by_url_is_a_client() -> None:
    assert target_of(INGRESS, SERVER % "--self=http://api.corp.example") == ["Ingress prod/api"]


def test_public_name_is_a_weak_mention() -> None:
    (route,) = routes(INGRESS, client("--public-url=http://api.corp.example"))

    assert not route.mention.is_likely_call


def test_likely_calls_come_first() -> None:
    graph = traffic(workspace_of(INGRESS + client("--public-url=http://api.corp.example", "http://api.corp.example")))
    (ingress,) = {route.frontend.resource for route in graph.routes}
    (web,) = {route.client.resource for route in graph.routes}

    assert [route.mention.is_likely_call for route in graph.routes] == [True, False]
    assert graph.to(ingress) == graph.of(web) == list(graph.routes)
    assert graph.to(web) == graph.of(ingress) == ()


def resource_named(workspace: Workspace, type_: str, name: str) -> Resource:
    return next(resource for resource in workspace.of_type(type_) if resource.name == name)


def test_backends_of_a_host_are_those_of_its_rules_and_of_rules_without_host() -> None:
    text = """\
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: api, namespace: prod}
        spec:
          rules:
            - {host: a.example, http: {paths: [{backend: {service: {name: a}}}, {backend: {service: {name: any}}}]}}
            - {host: b.example, http: {paths: [{backend: {service: {name: b}}}, {backend: {resource: {}}}]}}
            - {http: {paths: [{backend: {service: {name: any}}}, {backend: {service: {name: absent}}}]}}
        """
    names = ("a", "b", "any")
    service = (
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: prod}\nspec: {selector: {app: server}}\n"
    )
    workspace = workspace_of(textwrap.dedent(text) + "".join(service % name for name in names) + SERVER % "x")
    ingress = resource_named(workspace, "Ingress", "api")

    def behind(host: str) -> list[str]:
        return [service.name for service in backend_services(ingress, workspace, host)]

    assert behind("") == ["a", "any", "b"]
    assert behind("a.example") == ["a", "any"]
    assert behind("b.example") == ["b", "any"]
    assert behind("c.example") == ["any"]
    assert [server.resource.name for server in servers_of(ingress, workspace)] == ["server"]
    service_a = resource_named(workspace, "Service", "a")
    assert backend_services(service_a, workspace) == (service_a,)
