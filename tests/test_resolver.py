"""What CoreDNS makes of a name, plugin by plugin, and where the lines stand that decide."""

from __future__ import annotations

import textwrap
import time

import pytest

from tests.linting import workspace_of
from tkelint.resolver import Answer, Resolution, cluster_zones, resolve

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: kube-system}}
data:
  Corefile: |
{text}"""


def answer(corefile: str, name: str) -> tuple[Answer, str]:
    found = resolve(name, workspace_of({"Corefile": textwrap.dedent(corefile)}))
    return found.answer, found.name


def block(*lines: str, keys: str = ".:53") -> str:
    return "\n".join([f"{keys} {{", *(f"    {line}" for line in lines), "}\n"])


def lines_of(resolution: Resolution) -> list[tuple[str, str, int, str]]:
    """Role, file, line and text of each step."""
    places = [(step.role, step.node.place) for step in resolution.steps]
    return [
        (role, place.source.path, place.region.start_line, place.source.text[place.span.start : place.span.end])
        for role, place in places
    ]


SERVICE = "server.prod.svc.cluster.local."


@pytest.mark.parametrize(
    "rule",
    [
        "rewrite name roc.example.com server.prod.svc.cluster.local",
        "rewrite name exact ROC.example.com. Server.prod.svc.cluster.local.",
        "rewrite stop name roc.example.com server.prod.svc.cluster.local",
        "rewrite continue name roc.example.com server.prod.svc.cluster.local",
        "rewrite name suffix .example.com .prod.svc.cluster.local answer auto\nrewrite name roc.example.com x.y",
        "rewrite name prefix roc server",
        "rewrite name substring example.com prod.svc.cluster.local",
        r"rewrite name regex ^roc\.example\.com\.$ server.prod.svc.cluster.local",
        r"rewrite name regex ^(.*)\.example\.com\.$ {1}.prod.svc.cluster.local answer auto",
        "rewrite {\n  name roc.example.com server.prod.svc.cluster.local\n}",
    ],
)
def test_rewrite_leads_to_a_service(rule: str) -> None:
    expected = {
        "suffix": "roc.prod.svc.cluster.local.",
        "prefix": "server.example.com.",
        "substring": "roc.prod.svc.cluster.local.",
        "(.*)": "roc.prod.svc.cluster.local.",
    }
    name = next((result for word, result in expected.items() if word in rule), SERVICE)
    zone = "example.com" if name == "server.example.com." else "cluster.local"

    assert answer(block(*rule.splitlines(), f"kubernetes {zone}"), "roc.example.com") == (Answer.SERVICE, name)


def test_rewrite_of_another_name_changes_nothing() -> None:
    corefile = block("rewrite name roc.example.com server.prod.svc.cluster.local", "kubernetes cluster.local")

    assert answer(corefile, "www.roc.example.com") == (Answer.ELSEWHERE, "www.roc.example.com.")


def test_first_rule_that_matches_stops() -> None:
    corefile = block(
        "rewrite name roc.example.com first.prod.svc.cluster.local",
        "rewrite name first.prod.svc.cluster.local second.prod.svc.cluster.local",
        "kubernetes cluster.local",
    )

    assert answer(corefile, "roc.example.com") == (Answer.SERVICE, "first.prod.svc.cluster.local.")


def test_rules_behind_continue_see_the_new_name() -> None:
    corefile = block(
        "rewrite continue name roc.example.com first.prod.svc.cluster.local",
        "rewrite name roc.example.com never.prod.svc.cluster.local",
        "rewrite type ANY A",
        r"rewrite name regex ^first\.(.*)\.$ second.{1}",
        "kubernetes cluster.local",
    )

    found = resolve("roc.example.com", workspace_of({"Corefile": corefile}))

    assert (found.answer, found.name) == (Answer.SERVICE, "second.prod.svc.cluster.local.")
    assert [step.parameters for step in found.steps] == [
        {"from": "roc.example.com", "to": "first.prod.svc.cluster.local"},
        {"from": "first.prod.svc.cluster.local", "to": "second.prod.svc.cluster.local"},
    ]


def test_block_of_the_longest_zone_gets_the_question() -> None:
    corefile = (
        block("rewrite name roc.example.com server.prod.svc.cluster.local", "kubernetes cluster.local")
        + block("forward . 10.0.0.1", keys="example.com")
        + block("hosts {", "10.0.0.9 deep.roc.example.com", "}", keys="roc.example.com:53")
    )

    assert answer(corefile, "roc.example.com")[0] is Answer.ELSEWHERE
    assert answer(corefile, "deep.roc.example.com") == (Answer.ADDRESS, "10.0.0.9")
    assert answer(corefile, "server.prod.svc.cluster.local") == (Answer.SERVICE, SERVICE)


def test_block_is_chosen_before_the_rewrite() -> None:
    corefile = block("rewrite name roc.example.com server.prod.svc.cluster.local", keys="example.com") + block(
        "kubernetes cluster.local"
    )

    assert answer(corefile, "roc.example.com") == (Answer.ELSEWHERE, SERVICE)


def test_block_on_another_port_is_not_asked() -> None:
    corefile = block("forward . 10.0.0.1") + block(
        "rewrite name roc.example.com server.prod.svc.cluster.local", "kubernetes cluster.local", keys=".:5353"
    )

    assert answer(corefile, "roc.example.com") == (Answer.ELSEWHERE, "roc.example.com.")


def test_only_port_is_asked_whatever_it_is() -> None:
    assert answer(block("kubernetes cluster.local", keys=".:8053"), SERVICE)[0] is Answer.SERVICE


def test_block_for_encrypted_dns_is_not_asked() -> None:
    assert answer(block("kubernetes cluster.local", keys="tls://."), SERVICE)[0] is Answer.ELSEWHERE


def test_hosts_come_before_kubernetes_and_behind_rewrite() -> None:
    corefile = block(
        "kubernetes cluster.local",
        "hosts {",
        "  10.0.0.9 server.prod.svc.cluster.local other.example.com",
        "  10.0.0.8 roc.example.com server.prod.svc.cluster.local",
        "  fallthrough",
        "}",
        "rewrite name roc.example.com server.prod.svc.cluster.local",
    )

    assert answer(corefile, "other.example.com") == (Answer.ADDRESS, "10.0.0.9")
    assert answer(corefile, "roc.example.com") == (Answer.ADDRESS, "10.0.0.9")


def test_hosts_answer_only_for_their_zones() -> None:
    corefile = block("hosts /dev/null example.org {", "  10.0.0.9 roc.example.com", "}", "forward . 10.0.0.1")

    assert answer(corefile, "roc.example.com")[0] is Answer.ELSEWHERE


def test_zone_that_kubernetes_does_not_cover_is_elsewhere() -> None:
    corefile = block("rewrite name roc.example.com server.prod.svc.cluster.local", "kubernetes k8s.local in-addr.arpa")

    assert answer(corefile, "roc.example.com") == (Answer.ELSEWHERE, SERVICE)
    assert answer(corefile, "server.prod.svc.k8s.local")[0] is Answer.SERVICE


def test_kubernetes_without_zones_serves_those_of_its_block() -> None:
    corefile = block("kubernetes", keys="cluster.local")

    assert answer(corefile, SERVICE)[0] is Answer.SERVICE


@pytest.mark.parametrize(
    "line",
    [
        "import /etc/coredns/custom/*.override",
        "rewrite name {$HOST} server.prod.svc.cluster.local",
        "rewrite name roc.example.com {$TARGET}",
        r"rewrite name regex (?:{$HOST}) server.prod.svc.cluster.local",
        'template IN A example.com {\n    answer "{{ .Name }} 60 IN A 10.0.0.1"\n}',
        "file /etc/coredns/example.db",
        "records {\n    @ 60 IN A 10.0.0.1\n}",
        "hosts /etc/coredns/hosts {\n    fallthrough\n}",
        "hosts {\n    10.0.0.1 {$HOST}\n    fallthrough\n}",
    ],
)
def test_what_nobody_can_tell_is_unknown(line: str) -> None:
    assert answer(block(*line.splitlines(), "kubernetes cluster.local", "forward . 10.0.0.1"), "roc.example.com")[
        0
    ] is (Answer.UNKNOWN)


@pytest.mark.parametrize(
    "line",
    [
        "template ANY HINFO . {\n    rcode NXDOMAIN\n}",
        "cache 30",
        "rewrite type A AAAA",
        "rewrite name",
        "rewrite name regex ( x",
        "hosts /etc/coredns/hosts example.org",
        "bind 169.254.20.10",
    ],
)
def test_what_cannot_change_the_answer_is_passed_over(line: str) -> None:
    corefile = block(*line.splitlines(), "kubernetes cluster.local", "forward . 10.0.0.1")

    assert answer(corefile, "roc.example.com") == (Answer.ELSEWHERE, "roc.example.com.")


def test_import_at_the_top_may_bring_a_block_for_the_name() -> None:
    assert answer("import /etc/coredns/custom/*.server\n" + block("forward . 10.0.0.1"), "roc.example.com")[0] is (
        Answer.UNKNOWN
    )


def test_rule_of_a_snippet_counts_where_it_is_imported() -> None:
    corefile = "(rules) {\n    rewrite name roc.example.com server.prod.svc.cluster.local\n}\n" + block(
        "import rules", "kubernetes cluster.local"
    )

    found = resolve("roc.example.com", workspace_of({"Corefile": corefile}))

    assert found.answer is Answer.SERVICE
    assert lines_of(found) == [("rewrite", "Corefile", 2, "server.prod.svc.cluster.local")]


def test_without_a_corefile_only_the_usual_zone_is_the_clusters() -> None:
    workspace = workspace_of("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")

    assert resolve("Server.Prod.svc.cluster.local", workspace) == Resolution(Answer.SERVICE, SERVICE)
    assert resolve("roc.example.com", workspace) == Resolution(Answer.ELSEWHERE, "roc.example.com.")


def test_any_of_several_corefiles_cures() -> None:
    hosts = block("hosts {", "  10.0.0.9 roc.example.com", "}")
    rewrite = block("rewrite name roc.example.com server.prod.svc.cluster.local", "kubernetes cluster.local")
    plain = block("forward . 10.0.0.1")

    files = {"a/Corefile": plain, "b/Corefile": hosts, "c/Corefile": rewrite}
    assert resolve("roc.example.com", workspace_of(files)).answer is Answer.SERVICE
    del files["c/Corefile"]
    assert resolve("roc.example.com", workspace_of(files)).answer is Answer.ADDRESS
    del files["b/Corefile"]
    assert resolve("roc.example.com", workspace_of(files)).answer is Answer.ELSEWHERE


def test_cache_on_the_node_is_not_the_clusters_dns() -> None:
    rewrite = block("rewrite name roc.example.com server.prod.svc.cluster.local", "kubernetes cluster.local")
    text = CONFIG_MAP.format(name="node-local-dns", text=textwrap.indent(rewrite, "    "))

    assert resolve("roc.example.com", workspace_of(text)).answer is Answer.ELSEWHERE


@pytest.mark.parametrize(
    ("style", "indentation"), [("|", "    "), ("|-", "    "), ("|2-", "        "), (">", "      ")]
)
def test_steps_point_at_their_line_in_the_config_map(style: str, indentation: str) -> None:
    corefile = block(
        "rewrite name roc.example.com other.example.com",
        "hosts {",
        "  10.0.0.9 other.example.com",
        "}",
    )
    text = CONFIG_MAP.format(name="coredns", text=textwrap.indent(corefile, indentation)).replace("|\n", f"{style}\n")
    if style == ">":
        text = text.replace(f"{indentation}}}\n", f"{indentation}  }}\n").replace(
            f"{indentation}.", f"{indentation}  ."
        )
        text = text.replace(f"{indentation}  .", "      # first line\n\n        .")

    found = resolve("roc.example.com", workspace_of(text))

    assert (found.answer, found.name) == (Answer.ADDRESS, "10.0.0.9")
    (rewrite, path, first, target), (hosts, _, second, name) = lines_of(found)
    assert (rewrite, hosts, path) == ("rewrite", "hosts", "manifests.yaml")
    assert text.splitlines()[first - 1].endswith(f"roc.example.com {target}")
    assert text.splitlines()[second - 1].endswith(f"10.0.0.9 {name}")
    assert (target, name) == ("other.example.com", "other.example.com")


def test_zones_of_the_cluster_are_those_of_kubernetes() -> None:
    assert cluster_zones(workspace_of({"Corefile": block("kubernetes K8s.local cluster.local in-addr.arpa")})) == {
        "k8s.local.",
        "cluster.local.",
    }
    assert cluster_zones(workspace_of({"Corefile": block("forward . 10.0.0.1")})) == {"cluster.local."}


def test_many_rules_and_names_cost_no_more_than_their_sum() -> None:
    rules = [f"rewrite name h{number}.example.com s{number}.prod.svc.cluster.local" for number in range(1_500)]
    hosts = ["hosts {", *(f"  10.0.0.1 e{number}.example.com" for number in range(1_500)), "}"]
    patterns = [rf"rewrite name regex ^p{number}\.(.*)$ x" for number in range(1_500)]
    workspace = workspace_of({"Corefile": block(*rules, *hosts, *patterns, "kubernetes cluster.local")})

    start = time.perf_counter()
    answers = {
        resolve(f"{letter}{number}.example.com", workspace).answer for number in range(1_500) for letter in "hex"
    }

    assert answers == {Answer.SERVICE, Answer.UNKNOWN}
    assert time.perf_counter() - start < 10  # rule by rule it would take minutes
