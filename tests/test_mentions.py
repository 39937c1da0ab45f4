"""Which hosts a text mentions, how likely each is called, and where workloads take their texts from."""

from __future__ import annotations

import textwrap
import time

import pytest

from tests.linting import workspace_of
from tkelint.mentions import hosts_in, mentions_of, settings


@pytest.mark.parametrize(
    ("text", "name", "port", "scheme"),
    [
        ("http://api.corp.example", "api.corp.example", None, "http"),
        ("HTTPS://API.Corp.Example:8443/v1?x=1", "api.corp.example", 8443, "https"),
        ("api.corp.example:9090", "api.corp.example", 9090, ""),
        ("api.corp.example.", "api.corp.example", None, ""),
        ("api.corp.example.:9090", "api.corp.example", 9090, ""),
        ("10.0.0.12:80", "10.0.0.12", 80, ""),
        ("http://10.0.0.12/24", "10.0.0.12", None, "http"),
        ("redis://:s3cret@cache.corp.example:6379/0", "cache.corp.example", 6379, "redis"),
        ("amqp://user.name:pa.ss@mq.corp.example", "mq.corp.example", None, "amqp"),
        ("jdbc:mysql://db.corp.example:3306/shop?useSSL=false", "db.corp.example", 3306, "mysql"),
        ("--api=http://api.corp.example", "api.corp.example", None, "http"),
        ('{"url":"grpc://api.corp.example:50051"}', "api.corp.example", 50051, "grpc"),
        ("<url>http://api.corp.example</url>", "api.corp.example", None, "http"),
        ("<host>api.corp.example</host>", "api.corp.example", None, ""),
        ("访问http://api.corp.example，谢谢", "api.corp.example", None, "http"),
        ("//api.corp.example/x.js", "api.corp.example", None, ""),
        ("api.corp.example:123456", "api.corp.example", None, ""),
        ("see http://api.corp.example:80.", "api.corp.example", None, "http"),
    ],
)
def test_host_is_read_with_its_port_and_scheme(text: str, name: str, port: int | None, scheme: str) -> None:
    found = list(hosts_in(text))

    assert [(host.name, host.port, host.scheme) for host in found] == [(name, port, scheme)]
    assert text[found[0].start : found[0].end].lower() == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:8080",
        "bob@corp.example",
        "mailto: http://x bob@corp.example",
        "From: ann.smith@corp",
        "/etc/nginx/corp.example/cert",
        "conf/api.corp.example",
        "http://$HOST.corp.example",
        "http://${NAME}.corp.example",
        "http://$(NAME).corp.example",
        "${PREFIX}api.corp.example",
        "$(PREFIX)api.corp.example",
        "{{ .Values.name }}.corp.example",
        "http://api.corp.${ZONE}/x",
        "http://api.corp.<zone>/x",
        "http://api.corp{{ .zone }}",
        "*.corp.example",
        "%s.corp.example",
        "_http._tcp.corp.example",
        "my_api.corp.example",
        "api.corp.example_old",
        "10.0.0.0/8",
        "10.0.0.12/32,",
        "server.port=8080",
        "response.json()",
        "a..b",
        "a-.b",
        "a." * 130 + "b",
    ],
)
def test_what_is_no_host_is_passed_over(text: str) -> None:
    assert [host.name for host in hosts_in(text)] == []


@pytest.mark.parametrize(
    "text", ["app.yaml", "/etc/app/app.yaml", "api.corp.example.conf", "v1.2.3", "com.example.Main"]
)
def test_file_name_is_never_taken_for_a_shorter_host(text: str) -> None:
    assert not {host.name for host in hosts_in(text)} & {"api.corp.example", "corp.example", "example"}


@pytest.mark.parametrize(
    "line",
    [
        "# http://api.corp.example",
        "    // http://api.corp.example",
        "; url = http://api.corp.example",
        "-- http://api.corp.example",
        " * http://api.corp.example",
        "/* http://api.corp.example */",
        "<!-- http://api.corp.example -->",
        "timeout: 5 # was http://api.corp.example",
    ],
)
def test_comments_of_a_file_are_passed_over(line: str) -> None:
    assert list(hosts_in(f"first: line\n{line}\nlast: line\n")) == []


@pytest.mark.parametrize(
    "text", ["--api=http://api.corp.example", "#http://api.corp.example", "* http://api.corp.example"]
)
def test_one_line_has_no_comments(text: str) -> None:
    assert [host.name for host in hosts_in(text)] == ["api.corp.example"]


def test_option_on_a_line_of_a_script_is_no_comment() -> None:
    script = "exec server \\\n  --api=http://api.corp.example \\\n  --port=80\n"

    assert [host.name for host in hosts_in(script)] == ["api.corp.example"]


@pytest.mark.parametrize(
    ("text", "setting", "expected"),
    [
        ("http://api.corp.example", "API_URL", True),
        ("api.corp.example", "API_HOST", True),
        ("api.corp.example\n", "API_HOST", True),
        ("http://api.corp.example", "PUBLIC_URL", False),
        ("http://api.corp.example", "OAUTH_REDIRECT_URI", False),
        ("localhost,api.corp.example", "NO_PROXY", False),
        ("http://api.corp.example", "--root-url", False),
        ("upstream: http://api.corp.example\nx: 1", "app.yaml", True),
        ("upstream: api.corp.example:80\nx: 1", "app.yaml", True),
        ("upstream: api.corp.example\nx: 1", "app.yaml", False),
        ("server_name api.corp.example;\nlisten 80;", "nginx.conf", False),
        ("publicUrl: http://api.corp.example\nx: 1", "app.yaml", False),
        ("url: http://api.corp.example/callback\nx: 1", "app.yaml", True),
    ],
)
def test_likely_calls_are_told_from_own_names(text: str, setting: str, expected: bool) -> None:
    assert [host.is_likely_call for host in hosts_in(text, setting)] == [expected]


def test_own_name_of_one_line_does_not_weaken_the_next() -> None:
    text = "public_url: http://www.corp.example\nupstream: http://api.corp.example\n"

    assert [(host.name, host.is_likely_call) for host in hosts_in(text, "app.yaml")] == [
        ("www.corp.example", False),
        ("api.corp.example", True),
    ]


def test_lists_of_hosts_are_read_host_by_host() -> None:
    found = hosts_in("mongodb://u:p@a.corp.example:27017,b.corp.example:27018/db")

    assert [(host.name, host.port) for host in found] == [("a.corp.example", 27017), ("b.corp.example", 27018)]


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("http://a.b", 80),
        ("https://a.b", 443),
        ("ws://a.b", 80),
        ("http://a.b:8080", 8080),
        ("a.b", None),
        ("redis://a.b", None),
    ],
)
def test_called_port_is_the_one_said_or_that_of_the_scheme(text: str, port: int | None) -> None:
    assert [host.called_port for host in hosts_in(text)] == [port]


@pytest.mark.parametrize(
    "piece", ["a.b ", "a.b@", "http://a.b:c@", "://", "a.b:", "1.1/", "x.y # ", "PUBLIC a.b", "-.", "a" * 4 + "."]
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_long_texts_take_time_in_proportion(piece: str, end: str) -> None:
    text = piece * (50_000 // len(piece)) + end

    start = time.perf_counter()
    for _ in hosts_in(text, "app.yaml"):
        pass

    assert time.perf_counter() - start < 3  # a second reading per host would take minutes


POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec:
  template:
    spec:
"""
CONFIG_MAP = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: prod}
data:
  api: http://api.corp.example
  other: http://other.corp.example
  Corefile: ". { forward . http://dns.corp.example }"
"""


def mentioned(spec: str, *documents: str) -> list[tuple[str, str, list[str]]]:
    """The hosts that a Deployment with this Pod spec mentions: host, field, and the fields that lead there."""
    workspace = workspace_of(POD + textwrap.indent(textwrap.dedent(spec), " " * 6) + "\n" + "".join(documents))
    return [
        (mention.host, mention.node.field, [link.field for link in mention.links])
        for setting in settings(workspace)
        for host in setting.hosts
        for mention in mentions_of(setting, host)
    ]


def test_words_of_a_command_line_are_settings() -> None:
    spec = """\
        initContainers:
          - {name: a, command: [curl, http://a.corp.example]}
        containers:
          - {name: b, args: [--b=http://b.corp.example, --c, http://c.corp.example]}
        """
    prefix = "spec.template.spec"

    assert mentioned(spec) == [
        ("a.corp.example", f"{prefix}.initContainers[0].command[1]", []),
        ("b.corp.example", f"{prefix}.containers[0].args[0]", []),
        ("c.corp.example", f"{prefix}.containers[0].args[2]", []),
    ]


def test_word_after_an_option_is_its_value() -> None:
    workspace = workspace_of(
        POD + "      containers: [{args: [--public-url, http://a.example, --call, http://b.example]}]\n"
    )

    assert [(host.name, host.is_likely_call) for setting in settings(workspace) for host in setting.hosts] == [
        ("a.example", False),
        ("b.example", True),
    ]


def test_environment_variable_is_a_setting() -> None:
    assert mentioned("containers: [{env: [{name: A, value: http://a.corp.example}]}]") == [
        ("a.corp.example", "spec.template.spec.containers[0].env[0].value", [])
    ]


def test_config_map_of_all_variables_is_followed() -> None:
    link = ["spec.template.spec.containers[0].envFrom[0].configMapRef.name"]

    assert mentioned("containers: [{envFrom: [{configMapRef: {name: settings}}]}]", CONFIG_MAP) == [
        ("api.corp.example", "data.api", link),
        ("other.corp.example", "data.other", link),
    ]


def test_one_key_of_a_config_map_is_followed() -> None:
    spec = "containers: [{env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: api}}}]}]"

    assert mentioned(spec, CONFIG_MAP) == [
        ("api.corp.example", "data.api", ["spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.name"])
    ]


@pytest.mark.parametrize(
    ("spec", "link"),
    [
        ("volumes: [{configMap: {name: settings}}]", "volumes[0].configMap.name"),
        (
            "volumes: [{}, {projected: {sources: [{configMap: {name: settings}}]}}]",
            "volumes[1].projected.sources[0].configMap.name",
        ),
    ],
)
def test_config_map_in_a_volume_is_followed(spec: str, link: str) -> None:
    assert mentioned(spec, CONFIG_MAP) == [
        ("api.corp.example", "data.api", [f"spec.template.spec.{link}"]),
        ("other.corp.example", "data.other", [f"spec.template.spec.{link}"]),
    ]


def test_only_listed_keys_of_a_volume_are_mounted() -> None:
    spec = "volumes: [{configMap: {name: settings, items: [{key: other, path: x}]}}]"

    assert [host for host, _, _ in mentioned(spec, CONFIG_MAP)] == ["other.corp.example"]


@pytest.mark.parametrize(
    "document",
    [
        CONFIG_MAP.replace("namespace: prod", "namespace: dev"),
        CONFIG_MAP.replace("name: settings", "name: other"),
        CONFIG_MAP.replace("kind: ConfigMap", "kind: Secret"),
    ],
    ids=["another namespace", "another name", "a Secret"],
)
def test_other_objects_are_no_settings(document: str) -> None:
    assert mentioned("containers: [{envFrom: [{configMapRef: {name: settings}}]}]", document) == []


def test_workload_without_replicas_calls_nobody() -> None:
    text = POD.replace("spec:\n  template", "spec:\n  replicas: 0\n  template")

    assert settings(workspace_of(text + "      containers: [{args: [http://a.corp.example]}]\n")) == ()


def test_text_that_several_workloads_use_is_read_once() -> None:
    spec = "      containers: [{envFrom: [{configMapRef: {name: settings}}]}]\n"
    workspace = workspace_of(POD + spec + "---\n" + POD.replace("web", "jobs") + spec + CONFIG_MAP)

    first, second = settings(workspace)

    assert [host.name for host in (*first.hosts, *second.hosts)] == ["api.corp.example", "other.corp.example"]
    assert [user.workload.resource.name for user in first.users] == ["web", "jobs"]


@pytest.mark.parametrize(
    "spec",
    [
        "containers: x",
        "containers: [x, null, 1]",
        "containers: [{command: 5, args: http://a.corp.example}]",
        "containers: [{command: {a: b}, args: [1, null, {a: b}]}]",
        "containers: [{env: [{name: 1, value: 2}, {valueFrom: 3}, {valueFrom: {configMapKeyRef: []}}]}]",
        "containers: [{env: [{valueFrom: {configMapKeyRef: {name: settings, key: [api]}}}]}]",
        "containers: [{envFrom: [{configMapRef: {name: [settings]}}]}]",
        "volumes: [{configMap: settings}, {configMap: {name: settings, items: [1, {key: {}}]}}, {projected: []}]",
    ],
)
def test_hostile_shapes_mention_nothing(spec: str) -> None:
    assert mentioned(spec, CONFIG_MAP) == []
