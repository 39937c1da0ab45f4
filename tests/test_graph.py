"""The traffic graph: what is joined with what, on which evidence, and which paths a request can take."""

from __future__ import annotations

import textwrap

import pytest

from tests.linting import workspace_of
from tests.test_traffic import COREDNS, EXTERNAL_NAME, INGRESS, SERVER, SERVICE, client
from tkelint.graph.build import graph_of
from tkelint.graph.model import Graph, Kind
from tkelint.graph.select import around, in_namespaces, largest_part, matching, of_hosts, paths

DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s, namespace: prod}
spec: {template: {metadata: {labels: {app: %s}}, spec: {containers: [{name: main, env: [%s]}]}}}
"""
PLAIN_SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: %s, namespace: prod}
spec: {selector: {app: %s}, ports: [{port: 80}]}
"""


def graph(*documents: str, config: dict[str, object] | None = None) -> Graph:
    return graph_of(workspace_of("".join(documents), config))


def chains(made: Graph, start: str = "", end: str = "") -> list[str]:
    """The paths from one name to another, each as the names of what it passes."""
    starts = matching(made, start, as_caller=True) if start else ()
    ends = matching(made, end, as_caller=False) if end else ()
    found, _ = paths(made, starts, ends, 100)
    told = []
    for path in found:
        stations = [made.edges[path.edges[0]].source, *(made.edges[number].target for number in path.edges)]
        told.append(" > ".join(f"{made.vertices[each].kind.value} {made.vertices[each].name}" for each in stations))
    return told


def roles(made: Graph, source: str, target: str) -> list[list[str]]:
    """The roles of the evidence of the edge between two vertices."""
    (edge,) = [edge for edge in made.edges if edge.source == source and edge.target == target]
    return [[related.role for related in chain] for chain in edge.evidence]


def test_call_of_an_internal_ingress_is_followed_to_the_pods() -> None:
    made = graph(INGRESS, SERVER % "x", client("http://api.corp.example/v1"))

    assert chains(made, "web") == [
        "client web > name api.corp.example > ingress api > clb api > node-port server > pods server"
    ]
    assert roles(made, "ingress:Ingress prod/api", "clb:Ingress prod/api") == [["clb-internal"]]
    assert roles(made, "clb:Ingress prod/api", "node-port:Service prod/server") == [["backend"]]
    assert roles(made, "node-port:Service prod/server", "pods:Deployment prod/server") == [["selector"]]


def test_direct_access_leaves_out_the_node_ports() -> None:
    ingress = INGRESS.replace("annotations: {", 'annotations: {ingress.cloud.tencent.com/direct-access: "true", ')
    made = graph(ingress, SERVER % "x", client("http://api.corp.example"))

    assert chains(made, "web") == ["client web > name api.corp.example > ingress api > clb api > pods server"]
    assert roles(made, "clb:Ingress prod/api", "pods:Deployment prod/server") == [["backend", "direct", "selector"]]


@pytest.mark.parametrize(
    "word",
    [
        "http://server.prod.svc.cluster.local",
        "server.prod.svc:80",
        "server.prod:80",
        "http://server",
        "server:80",
        "tcp://user:secret@server/db",
    ],
)
def test_service_is_found_by_every_form_of_its_name(word: str) -> None:
    made = graph(SERVER % "x", client(word))

    (chain,) = chains(made, "web")
    assert chain.endswith(" > service server > pods server")


@pytest.mark.parametrize(
    "word", ["server", "server:81", "image/server:80", "a-server:80", "server:80x", "server.dev:80"]
)
def test_word_that_only_looks_like_a_service_is_no_call(word: str) -> None:
    made = graph(SERVER % "x", client(word))

    assert [chain for chain in chains(made) if "client web" in chain and "service" in chain] == []


@pytest.mark.parametrize(("policy", "arrives"), [("ClusterFirst", True), ("Default", False)])
def test_search_list_of_the_pod_decides_whether_a_short_name_arrives(policy: str, arrives: bool) -> None:
    caller = (DEPLOYMENT % ("web", "web", "{name: X, value: 'http://api/v1'}")).replace(
        "{containers", f"{{dnsPolicy: {policy}, containers"
    )

    made = graph(PLAIN_SERVICE % ("api", "api"), DEPLOYMENT % ("api", "api", ""), caller)

    called = [chain for chain in chains(made) if chain.startswith("client web")]
    assert called == (["client web > name api > service api > pods api"] if arrives else [])


def test_setting_called_a_host_may_be_a_bare_name() -> None:
    settings = "{name: SERVER_HOST, value: server}, {name: COLOR, value: server}"
    made = graph(SERVER % "x", DEPLOYMENT % ("web", "web", settings))

    assert chains(made, "web") == ["client web > name server > service server > pods server"]


def test_workload_that_is_told_its_own_service_calls_nobody() -> None:
    made = graph(SERVER % "--listen=server:80")

    assert not [vertex for vertex in made.vertices.values() if vertex.kind is Kind.CLIENT]


def test_service_that_is_called_by_name_does_not_pass_its_clb() -> None:
    made = graph(SERVICE, SERVER % "x", client("http://lb.prod.svc.cluster.local"))

    assert chains(made, "web") == ["client web > name lb.prod.svc.cluster.local > service lb > pods server"]


def test_service_that_is_called_by_the_address_of_its_clb_does() -> None:
    made = graph(SERVICE, SERVER % "x", client("http://10.0.0.13"))

    assert chains(made, "web") == ["client web > name 10.0.0.13 > service lb > clb lb > node-port lb > pods server"]


TWO_HOSTS = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: prod, annotations: {kubernetes.io/ingress.class: qcloud}}
spec:
  rules:
    - {host: a.example.com, http: {paths: [{path: /, backend: {service: {name: a, port: {number: 80}}}}]}}
    - {host: b.example.com, http: {paths: [{path: /, backend: {service: {name: b, port: {number: 80}}}}]}}
"""


def test_host_of_an_ingress_leads_to_its_own_backend_only() -> None:
    servers = [PLAIN_SERVICE % (name, name) + DEPLOYMENT % (name, name, "") for name in "ab"]
    made = graph(TWO_HOSTS, *servers, client("http://a.example.com"))

    assert chains(made, "web", "a") == [
        "client web > name a.example.com > ingress api > clb api > node-port a > pods a"
    ]
    assert chains(made, "web", "b") == []
    assert len(chains(made, "b.example.com", "b")) == 1


def test_ingress_of_another_controller_leads_through_it() -> None:
    made = graph(INGRESS.replace("class: qcloud", "class: nginx"), SERVER % "x", client("http://api.corp.example"))

    assert chains(made, "web") == ["client web > name api.corp.example > ingress api > controller nginx > pods server"]


def test_rewrite_is_part_of_the_evidence() -> None:
    corefile = COREDNS % "rewrite name api.corp.example server.prod.svc.cluster.local"
    made = graph(INGRESS, SERVER % "x", corefile, client("http://api.corp.example"))

    assert chains(made, "web") == ["client web > name api.corp.example > service server > pods server"]
    assert roles(made, "name:api.corp.example", "service:Service prod/server") == [["rewrite", "service"]]
    assert made.loops == ()


def test_external_name_is_followed() -> None:
    made = graph(INGRESS, SERVER % "x", EXTERNAL_NAME, client("http://alias.prod.svc.cluster.local"))

    assert [chain.split(" > ")[:3] for chain in chains(made, "web")] == [
        ["client web", "name alias.prod.svc.cluster.local", "ingress api"]
    ]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("http://gone.prod.svc.cluster.local", "missing"),
        ("http://api.elsewhere.example", "outside"),
        ("http://any.dev.svc.cluster.local", "unknown"),
    ],
)
def test_name_that_leads_nowhere_says_why(word: str, state: str) -> None:
    made = graph(SERVER % "x", client(word))

    (name,) = [vertex for vertex in made.vertices.values() if vertex.kind is Kind.NAME]
    assert name.state == state


@pytest.mark.parametrize(
    "word", ["http://127.0.0.1:8080", "0.0.0.0:80", "'http://${HOST}.example'", "docs.example.com"]
)
def test_name_that_is_hardly_a_call_is_left_out(word: str) -> None:
    made = graph(client(word))

    assert made.vertices == {}
    assert made.unconnected == ("Deployment prod/web",)


def test_existing_clb_of_several_is_one_vertex_that_keeps_their_requests_apart() -> None:
    annotation = "{service.kubernetes.io/tke-existed-lbid: lb-6swtabcd}"
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: prod, annotations: %s}\nspec: {type: LoadBalancer, selector: {app: %s}, ports: [{port: %s}], loadBalancerIP: %s}\n"
    made = graph(
        service % ("a", annotation, "a", 80, "10.0.0.1"),
        service % ("b", annotation, "b", 81, "10.0.0.2"),
        DEPLOYMENT % ("a", "a", ""),
        DEPLOYMENT % ("b", "b", ""),
    )

    assert [vertex.name for vertex in made.vertices.values() if vertex.kind is Kind.CLB] == ["lb-6swtabcd"]
    assert chains(made, "10.0.0.1") == ["name 10.0.0.1 > service a > clb lb-6swtabcd > node-port a > pods a"]


LOOP = (INGRESS, SERVER % "x", client("http://api.corp.example"))


def test_loopback_has_its_path_and_what_ends_it() -> None:
    made = graph(*LOOP)

    (loop,) = made.loops
    assert [made.vertices[made.edges[number].target].kind for number in loop.edges] == [
        Kind.NAME,
        Kind.INGRESS,
        Kind.CLB,
        Kind.NODE_PORT,
        Kind.PODS,
    ]
    assert loop.condition == ""
    assert [(cure.key, dict(cure.parameters)) for cure in loop.cures] == [
        ("service-name", {"name": "server.prod.svc.cluster.local"}),
        ("rewrite", {"host": "api.corp.example", "name": "server.prod.svc.cluster.local"}),
        ("keepalive", {"listeners": ["HTTP:80"], "target": "Ingress prod/api"}),
        ("apart", {}),
    ]


@pytest.mark.parametrize(("mode", "condition"), [("ipvs", [""]), (None, ["kubeProxyMode=ipvs"]), ("iptables", [])])
def test_loopback_of_layer_4_depends_on_the_mode(mode: str | None, condition: list[str]) -> None:
    config: dict[str, object] = {"cluster": {"kubeProxyMode": mode}} if mode else {}
    made = graph(SERVICE, SERVER % "x", client("http://10.0.0.13"), config=config)

    assert [loop.condition for loop in made.loops] == condition
    assert [[cure.key for cure in loop.cures] for loop in made.loops] == [
        ["service-name", "prevent-loopback", "apart"] for _ in condition
    ]


def test_host_that_several_services_share_needs_a_controller() -> None:
    hosts = TWO_HOSTS.replace("b.example.com", "a.example.com").replace(
        "qcloud}", "qcloud, kubernetes.io/ingress.subnetId: subnet-5a6b7c8d}"
    )
    servers = [PLAIN_SERVICE % (name, name) + DEPLOYMENT % (name, name, "") for name in "ab"]
    (loop,) = graph(hosts, *servers, client("http://a.example.com")).loops

    assert [cure.key for cure in loop.cures] == ["rewrite-controller", "keepalive", "apart"]


def test_public_clb_does_not_loop() -> None:
    made = graph(INGRESS.replace(", kubernetes.io/ingress.subnetId: subnet-5a6b7c8d", ""), *LOOP[1:])

    assert made.loops == ()
    assert [vertex.state for vertex in made.vertices.values() if vertex.kind is Kind.CLB] == ["public"]


@pytest.mark.parametrize("text", ["web", "prod/web", "Deployment/web", "Deployment/prod/web", "prod/*", "w?b"])
def test_start_may_be_named_in_every_way(text: str) -> None:
    assert matching(graph(*LOOP), text, as_caller=True) == ("client:Deployment prod/web",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("server", "pods:Deployment prod/server"),
        ("Service/prod/server", "service:Service prod/server"),
        ("Ingress/api", "ingress:Ingress prod/api"),
        ("api.corp.example", "name:api.corp.example"),
    ],
)
def test_end_means_pods_before_what_stands_in_front_of_them(text: str, found: str) -> None:
    assert matching(graph(*LOOP), text, as_caller=False) == (found,)


def test_no_more_paths_than_wanted_are_looked_for() -> None:
    found, has_more = paths(graph(*LOOP), (), (), 1)

    assert (len(found), has_more) == (1, True)


def test_part_around_a_namespace_or_a_host() -> None:
    other = client("http://b.example.com").replace("namespace: prod", "namespace: dev")
    made = graph(*LOOP, other)

    assert "client:Deployment dev/web" not in in_namespaces(made, ["prod"]).vertices
    assert set(in_namespaces(made, ["dev"]).vertices) == {"client:Deployment dev/web", "name:b.example.com"}
    assert set(of_hosts(made, ["B.example.*"]).vertices) == {"client:Deployment dev/web", "name:b.example.com"}
    assert len(in_namespaces(made, ["prod"]).loops) == 1
    assert around(made, []).vertices == {}


def test_part_that_is_cut_keeps_the_loopbacks() -> None:
    lonely = "".join(PLAIN_SERVICE % (f"a{number}", f"a{number}") for number in range(30))
    made = graph(lonely, *LOOP)

    part, left_out = largest_part(made, 10)

    assert len(part.vertices) == 10
    assert left_out == len(made.vertices) - 10
    assert len(part.loops) == 1


def test_same_object_in_two_overlays_is_one_vertex_with_two_places() -> None:
    made = graph(*LOOP, SERVER % "x")

    assert len(made.vertices["pods:Deployment prod/server"].nodes) == 2


def test_graph_does_not_depend_on_the_order_of_files() -> None:
    documents = [*LOOP, COREDNS % "errors", EXTERNAL_NAME]
    one, other = graph(*documents), graph(*reversed(documents))

    assert list(one.vertices) == list(other.vertices)
    assert [(edge.source, edge.target, edge.tickets) for edge in one.edges] == [
        (edge.source, edge.target, edge.tickets) for edge in other.edges
    ]
    assert [loop[:3] for loop in one.loops] == [loop[:3] for loop in other.loops]


def test_hostile_names_do_no_harm() -> None:
    text = textwrap.dedent("""\
        apiVersion: v1
        kind: Service
        metadata: {name: "</script><script>", namespace: [x]}
        spec: {selector: [a], ports: 3, type: LoadBalancer}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {annotations: 3}
        spec: {rules: [{host: 3}, {http: {paths: [{backend: 3}]}}], defaultBackend: []}
        """)

    assert graph(text).edges
