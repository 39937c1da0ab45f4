"""Services as the controller sees them."""

from __future__ import annotations

import pytest

from tests.linting import resource_of
from tkelint import services


@pytest.mark.parametrize(
    ("specified", "expected"),
    [
        ("", ["TCP:80", "UDP:53"]),
        ('{"80":{"protocol":["HTTP"]}}', ["HTTP:80", "UDP:53"]),
        ('{"53":{"protocol":["TCP","UDP"]},"81":{"protocol":["HTTP"]}}', ["TCP:80", "TCP:53", "UDP:53"]),
        ('{"80":{"protocol":"HTTP"},"53":[]}', ["TCP:80", "UDP:53"]),
        ('{"80":{"protocol":["HTPP",{}]}}', ["UDP:53"]),
        ("[", ["TCP:80", "UDP:53"]),
    ],
)
def test_listeners_have_the_specified_protocol_or_that_of_the_port(specified: str, expected: list[str]) -> None:
    service = resource_of(f"""
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations: {{service.cloud.tencent.com/specify-protocol: '{specified}'}}
spec: {{ports: [{{port: 80}}, {{port: 53, protocol: UDP}}, {{port: "80"}}, {{port: 9, protocol: SCTP}}, {{}}]}}
""")

    assert [str(listener) for listener in services.listeners(service)] == expected


def test_http_and_tcp_are_one_transport() -> None:
    service = resource_of("""
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations: {service.cloud.tencent.com/specify-protocol: '{"80":{"protocol":["HTTP","QUIC"]}}'}
spec: {ports: [{port: 80}]}
""")

    assert [listener.transport for listener in services.listeners(service)] == ["TCP", "UDP"]
