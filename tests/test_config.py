"""The configuration: what it says, and everything that can be wrong with it, each with its place."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linting import lint_texts, resource_of
from tkelint.cluster import Clb, External
from tkelint.config import (
    Config,
    ConfigError,
    ConfigProblem,
    RuleSetting,
    config_from,
    find_config,
    load_config,
    with_assumptions,
)
from tkelint.config.problems import _TEXTS, nearest, shown
from tkelint.config.validate import _WORDS
from tkelint.problem import Finding, Severity
from tkelint.security_group import NODE_PORTS

SCHEMA = json.loads(Path("tkelint/config.schema.json").read_bytes())

Load = Callable[[str], Config]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Git repository with a folder `app` that is the current one."""
    root = (tmp_path / "project").resolve()
    (root / ".git").mkdir(parents=True)
    (root / "app").mkdir()
    monkeypatch.chdir(root / "app")
    return root


@pytest.fixture
def load(project: Path) -> Load:
    """Load a configuration from its text, in `app`."""

    def load_text(text: str) -> Config:
        (project / "app" / ".tkelint.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        return load_config(project / "app")

    return load_text


def complaints(load: Callable[[], object]) -> list[str]:
    """What is wrong, a line each."""
    with pytest.raises(ConfigError) as error:
        load()
    assert str(error.value) == error.value.text("en")
    lines = error.value.text().splitlines()
    assert len(error.value.text("zh").splitlines()) == len(lines)
    return lines


def test_the_example_of_the_design_is_understood(load: Load, project: Path) -> None:
    config = load(
        """\
        cluster:
          kubernetesVersion: "1.28.3"
          kubeProxyMode: IPVS
          kubeProxyVersion: v1.20.6-tke.12
          corednsVersion: 1.8.4
          networkMode: vpc-cni
          clusterKind: Standard
          accountType: standard
          controllerVersion: v2.11.0
          defaultIngressClass: nginx
          nodeCount: 3
          backendQuota: 200
          nodeSecurityGroup: {allow: ["30000-32767/tcp", 100.127.0.0/16]}
          securityGroups: {sg-0a1b2c3d: {allow: [443/tcp]}}
          features: [l7-keepalive, healthcheck-non-vip, snat-pro]
          ipStack: ipv4
          clbReuse: disabled
          clbs:
            lb-6swtabcd: {network: internal, address: 10.0.0.12, createdBy: user, passToTarget: true}
            lb-6swtabce: {type: classic, usedByOtherCluster: true, listenerQuota: 60}
          inClusterClients: unknown
        externals:
        - {kind: Service, namespace: prod, name: "db-*", ports: [5432], hosts: [db.example.com], reason: Terraform}
        context: [../platform/manifests]
        paths: [deploy]
        exclude: ["**/vendor/**"]
        rules: {service-loopback: {severity: error}, ingress-loopback: {enabled: false}}
        ignore: [{rule: ingress-loopback, object: Ingress/prod/legacy, reason: moved in May, expires: 2027-05-31}]
        failOn: error
        language: zh
        """
    )

    assert {fact.name: fact.value for fact in config.cluster if fact.name not in _STRUCTURED} == {
        "kubernetesVersion": "1.28.3",
        "kubeProxyMode": "ipvs",
        "kubeProxyVersion": "v1.20.6-tke.12",
        "corednsVersion": "1.8.4",
        "networkMode": "VPC-CNI",
        "clusterKind": "standard",
        "accountType": "standard",
        "controllerVersion": "v2.11.0",
        "defaultIngressClass": "nginx",
        "nodeCount": 3,
        "backendQuota": 200,
        "features": ("l7-keepalive", "healthcheck-non-vip", "snat-pro"),
        "ipStack": "IPv4",
        "clbReuse": "disabled",
        "inClusterClients": None,
    }
    assert config.cluster.clb("lb-6swtabcd") == Clb(
        network="internal", address="10.0.0.12", created_by="user", pass_to_target=True
    )
    assert config.cluster.clb("lb-6swtabce") == Clb(type="classic", used_by_other_cluster=True, listener_quota=60)
    nodes, listeners = config.cluster.node_security_group, config.cluster.security_group("sg-0a1b2c3d")
    assert nodes is not None
    assert nodes.allows(NODE_PORTS, "tcp")
    assert listeners is not None
    assert listeners.allows(443, "tcp")
    assert config.externals == (
        External(
            kind="Service", namespace="prod", name="db-*", ports=(5432,), hosts=("db.example.com",), reason="Terraform"
        ),
    )
    assert (config.context, config.paths, config.exclude) == (
        ("../platform/manifests",),
        ("deploy",),
        ("**/vendor/**",),
    )
    assert config.rules == {
        "service-loopback": RuleSetting(severity=Severity.ERROR),
        "ingress-loopback": RuleSetting(enabled=False),
    }
    assert [(each.rule, each.object, each.reason, each.expires) for each in config.ignores] == [
        ("ingress-loopback", "Ingress/prod/legacy", "moved in May", dt.date(2027, 5, 31))
    ]
    assert config.ignores[0].place.source.path == ".tkelint.yaml"
    assert config.ignores[0].place.region.start_line == 28
    assert (config.fail_on, config.language) == ("error", "zh")
    assert (config.root, config.boundary) == (project / "app", project)
    assert config.is_project


_STRUCTURED = ("nodeSecurityGroup", "securityGroups", "clbs")


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "---\n", "{}\n", "cluster:\n  # nodeCount: 3\nrules:\nignore:\n"]
)
def test_a_configuration_that_says_nothing_is_fine(load: Load, text: str) -> None:
    config = load(text)

    assert not any(fact.is_known for fact in config.cluster)
    assert (config.rules, config.ignores) == ({}, ())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("clusterz: {}", "1:1: unknown key 'clusterz'; did you mean cluster?"),
        ("cluster: {kube_proxy_mode: ipvs}", "1:11: unknown key 'kube_proxy_mode'; did you mean kubeProxyMode?"),
        ("kubeProxyMode: ipvs", "1:1: unknown key 'kubeProxyMode'; did you mean cluster.kubeProxyMode?"),
        ("cluster: {externals: []}", "1:11: unknown key 'externals'; did you mean externals?"),
        ("zzz: 1", "1:1: unknown key 'zzz'"),
        ("cluster: {kubeProxyMode: ipv}", "1:26: 'ipv' is none of iptables, ipvs; did you mean ipvs?"),
        ("cluster: {kubeProxyMode: true}", "1:26: 'true' is none of iptables, ipvs"),
        (
            "cluster: {kubernetesVersion: 1.30}",
            "1:30: '1.30' without quotes is a number, not text; did you mean \"1.30\"?",
        ),
        ("cluster: {kubernetesVersion: latest}", "1:30: 'latest' is not of the form '1.28.3'"),
        ("cluster: {kubeProxyVersion: v1.20.6}", "1:29: 'v1.20.6' is not of the form 'v1.20.6-tke.12'"),
        ("cluster: {nodeCount: 0}", "1:22: '0' is less than 1"),
        ("cluster: {nodeCount: three}", "1:22: 'cluster.nodeCount' must be a whole number, not text"),
        ("cluster: {features: snat-pro}", "1:21: 'cluster.features' must be a list, not text"),
        ("cluster: {clbs: {web: {network: public}}}", "1:18: 'web' is not of the form lb-6swtabcd"),
        ("cluster: {clbs: {lb-1: {}}}", "1:24: 'cluster.clbs.lb-1' must not be empty"),
        (
            "cluster: {clbs: {lb-1: {address: 10.0.0.300}}}",
            "1:34: '10.0.0.300' is neither an address nor a domain name",
        ),
        ("cluster: {clbs: {lb-1: {address: -x}}}", "1:34: '-x' is neither an address nor a domain name"),
        ("cluster: {securityGroups: {sg-1: {}}}", "1:28: the key 'allow' is missing"),
        ("cluster: [ipvs]", "1:10: 'cluster' must be a mapping, not a list"),
        ("- cluster", "1:1: the configuration must be a mapping, not a list"),
        ("externals: [{kind: service, name: x}]", "1:20: 'service' is not of the form 'Service'"),
        ("externals: [{kind: Service, name: x, ports: [70000]}]", "1:46: '70000' is more than 65535"),
        ("externals: [{kind: Service, name: x, ports: []}]", "1:45: 'externals[0].ports' must not be empty"),
        ("externals: [{kind: Service}]", "1:13: the key 'name' is missing"),
        (
            "rules: {service-lopback: {enabled: false}}",
            "1:9: no rule is called 'service-lopback'; did you mean service-loopback?",
        ),
        ("rules: {service-loopback: {severity: info}}", "1:38: 'info' is none of error, warning, note"),
        ("rules: {service-loopback: off}", "1:27: 'rules.service-loopback' must be a mapping, not true or false"),
        ("rules: {service-loopback: {}}", "1:27: 'rules.service-loopback' must not be empty"),
        ("ignore: [{rule: service-loopback}]", "1:10: the key 'reason' is missing"),
        ("ignore: [{rule: service-loopback, reason: ''}]", "1:43: 'ignore[0].reason' must not be empty"),
        ("ignore: [{rule: service-loopback, reason: ' '}]", "1:43: ' ' is not of the form 'moved in May'"),
        ("ignore: [{rule: x-y, reason: r}]", "1:17: no rule is called 'x-y'"),
        (
            "ignore: [{rule: service-loopback, reason: r, expires: 2027-02-30}]",
            "1:55: '2027-02-30' is no date of the calendar",
        ),
        (
            "ignore: [{rule: service-loopback, reason: r, expires: soon}]",
            "1:55: 'soon' is not of the form '2027-05-31'",
        ),
        (
            "ignore: [{rule: service-loopback, reason: r, object: legacy}]",
            "1:54: 'legacy' is not of the form 'Ingress/prod/legacy'",
        ),
        (
            "exclude: ['!']",
            "1:11: '!' is no pattern of .gitignore, or has so many stars that matching it could take hours",
        ),
        (
            "exclude: ['*a*b*c*']",
            "1:11: '*a*b*c*' is no pattern of .gitignore, or has so many stars that matching it could take hours",
        ),
        ("exclude: vendor", "1:10: 'exclude' must be a list, not text"),
        ("paths: ['']", "1:9: 'paths[0]' must not be empty"),
        ("paths: [/etc]", "1:9: '/etc' must be relative to the project root"),
        ("context: [../../etc]", "1:11: '../../etc' leads outside of the project; name it on the command line instead"),
        ("failOn: high", "1:9: 'high' is none of error, warning, note, never"),
        (
            "docsUrl: 'javascript:alert(1)'",
            "1:10: 'javascript:alert(1)' is not of the form 'https://docs.example.com/tkelint/'",
        ),
        ("language: de", "1:11: 'de' is none of en, zh"),
        ("a: [", "1:4: no valid YAML: found no value where one must be"),
        ("paths: [a]\npaths: [b]", "2:1: 'paths' is written twice"),
        ("paths: [a]\n---\npaths: [b]", "3:1: holds more than one document"),
        ("a: &a {b: *a}", "1:"),  # the rest is the parser's text
    ],
)
def test_each_mistake_is_reported_with_its_place(load: Load, text: str, complaint: str) -> None:
    lines = complaints(lambda: load(text))

    assert len(lines) == 1
    assert lines[0].startswith(f".tkelint.yaml:{complaint}")
    assert complaint.endswith(":") or lines[0] == f".tkelint.yaml:{complaint}"


def test_everything_that_is_wrong_is_reported_at_once(load: Load) -> None:
    text = """\
        cluster:
          kubeProxyMod: ipvs
          nodeSecurityGroup: {allow: [443, 100.127.1.0/16, 80/tcp], deny: []}
          clbs: {lb-1: {network: inside, address: x..y}}
        externals: [{kind: Service, name: db, prots: [1]}, 5]
        context: [../../x]
        rules: {nothing-like-it: {severity: error}}
        ignore:
        - {rule: servce-loopback, expires: 2027-13-01}
        """

    grammar = "ports with protocol (443/tcp), a source (10.0.0.0/8), or both (443/tcp from 10.0.0.0/8)"
    assert complaints(lambda: load(text)) == [
        ".tkelint.yaml:2:3: unknown key 'kubeProxyMod'; did you mean kubeProxyMode?",
        f".tkelint.yaml:3:31: '443' is no inbound rule: {grammar}; did you mean 443/tcp?",
        f".tkelint.yaml:3:36: '100.127.1.0/16' is no inbound rule: {grammar}; did you mean 100.127.0.0/16?",
        ".tkelint.yaml:3:61: unknown key 'deny'",
        ".tkelint.yaml:4:26: 'inside' is none of internal, public",
        ".tkelint.yaml:4:43: 'x..y' is neither an address nor a domain name",
        ".tkelint.yaml:5:39: unknown key 'prots'; did you mean ports?",
        ".tkelint.yaml:5:52: 'externals[1]' must be a mapping, not a whole number",
        ".tkelint.yaml:6:11: '../../x' leads outside of the project; name it on the command line instead",
        ".tkelint.yaml:7:9: no rule is called 'nothing-like-it'",
        ".tkelint.yaml:9:3: the key 'reason' is missing",
        ".tkelint.yaml:9:10: no rule is called 'servce-loopback'; did you mean service-loopback?",
        ".tkelint.yaml:9:36: '2027-13-01' is no date of the calendar",
    ]


def test_problems_are_said_in_chinese_too(load: Load) -> None:
    with pytest.raises(ConfigError) as error:
        load("cluster: {kubeProxyMod: ipvs, nodeCount: x}")

    assert error.value.text("zh").splitlines() == [
        ".tkelint.yaml:1:11: 未知的键 'kubeProxyMod'，是否应为 kubeProxyMode？",
        ".tkelint.yaml:1:42: 'cluster.nodeCount' 应为整数，而不是字符串",
    ]


def test_all_texts_have_both_languages_and_the_same_parameters() -> None:
    for text in _TEXTS.values():
        parameters = [sorted(re.findall(r"\{(\w+)\}", text[language])) for language in ("en", "zh")]
        assert parameters[0] == parameters[1]


def test_a_long_list_of_problems_is_cut(load: Load) -> None:
    lines = complaints(lambda: load("\n".join(f"key{number}: 1" for number in range(60))))

    assert len(lines) == 51
    assert lines[-1] == "and 10 more"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"kubeProxyMod{number}: 1" for number in range(20_000)),
        "ignore:\n" + "- {rule: service-lopback, reason: known}\n" * 20_000,
        "rules:\n" + "\n".join(f"  rule-{number}: {{enabled: false}}" for number in range(20_000)),
    ],
    ids=["keys", "ignores", "rules"],
)
def test_a_large_configuration_takes_no_minutes(load: Load, text: str) -> None:
    start = time.perf_counter()

    lines = complaints(lambda: load(text))

    assert lines[-1] == "and 450+ more"
    assert time.perf_counter() - start < 20  # 2 seconds on a quiet machine; without a bound, minutes


def test_words_for_every_keyword_of_the_schema() -> None:
    def keywords(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("properties", "$defs"):
                    for inner in value.values():
                        yield from keywords(inner)
                else:
                    yield key
                    yield from keywords(value)

    annotations = {"$schema", "$ref", "title", "description", "examples", "items"}
    assert set(keywords(SCHEMA)) - annotations - {"properties", "$defs"} == set(_WORDS)


def test_every_pattern_of_the_schema_has_an_example_that_fits() -> None:
    def parts(part: object) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict):
            yield part
            for inner in part.values():
                yield from parts(inner)

    patterned = [part for part in parts(SCHEMA) if isinstance(part.get("pattern"), str)]
    assert patterned
    for part in patterned:
        assert re.search(part["pattern"], part["examples"][0])


KEYS = [*SCHEMA["properties"], *SCHEMA["properties"]["cluster"]["properties"], "rule", "reason", "name", "kind", "x"]
SCALARS = st.none() | st.booleans() | st.integers() | st.text()
CONTENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner), max_leaves=12
)


@given(CONTENTS)
def test_no_content_raises_anything_else(content: Any) -> None:
    problems: tuple[ConfigProblem, ...] = ()
    try:
        config_from(content, Path())
    except ConfigError as error:
        problems = error.problems
    assert all(problem.line and problem.column for problem in problems)


def test_hostile_values_do_not_reach_the_terminal_whole() -> None:
    assert shown("\x1b[31mred\x9b\n::error::") == "'\\u001b[31mred\\u009b\\u000a::error::'"
    assert shown("x" * 1_000) == f"'{'x' * 60}…'"
    assert shown(None) == "'null'"


def test_a_long_word_costs_no_time() -> None:
    start = time.perf_counter()

    assert nearest("x" * 10_000_000, ["cluster"]) == ""
    assert time.perf_counter() - start < 0.1


def test_the_nearest_ignores_case_and_separators() -> None:
    assert nearest("vpccni", ["VPC-CNI", "GlobalRouter"]) == "VPC-CNI"
    assert nearest("KUBE-PROXY-MODE", ["kubeProxyMode", "kubeProxyVersion"]) == "kubeProxyMode"
    assert nearest("unrelated", ["cluster", "paths"]) == ""


def test_the_nearest_file_wins_up_to_the_git_root(project: Path) -> None:
    for folder in (project.parent, project):
        (folder / ".tkelint.yaml").touch()
    deep = project / "app" / "deploy"
    deep.mkdir()

    assert find_config(deep) == project / ".tkelint.yaml"
    (project / "app" / ".tkelint.yml").touch()
    assert find_config(deep) == project / "app" / ".tkelint.yml"
    (project / ".tkelint.yaml").unlink()
    (project / "app" / ".tkelint.yml").unlink()
    assert find_config(deep) is None


def test_outside_of_git_the_search_ends_at_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path.resolve() / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / ".tkelint.yaml").touch()
    monkeypatch.chdir(tmp_path / "a")

    assert find_config(inner) is None
    (tmp_path / "a" / ".tkelint.yaml").touch()
    assert find_config(inner) == inner.parent / ".tkelint.yaml"
    monkeypatch.chdir(inner)
    assert find_config(inner.parent) == inner.parent / ".tkelint.yaml"
    assert find_config(inner) is None


def test_without_a_file_the_git_root_is_the_project(project: Path) -> None:
    config = load_config(project / "app")

    assert (config.root, config.boundary, config.path, config.is_project) == (project, project, None, True)


def test_without_a_file_and_without_git_there_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    config = load_config(tmp_path)

    assert (config.root, config.is_project) == (tmp_path.resolve(), False)


def test_a_file_can_be_left_out_or_named(project: Path) -> None:
    (project / "app" / ".tkelint.yaml").write_text("nonsense: 1")
    shared = project.parent / "shared.yaml"
    shared.write_text("failOn: note")

    assert load_config(project / "app", use_file=False).fail_on is None
    config = load_config(project / "app", path=shared)
    assert (config.fail_on, config.path, config.root) == ("note", shared, project)


def test_a_file_that_leads_out_of_the_project_is_not_read(project: Path) -> None:
    (project.parent / "secret").write_text("token: very-secret")
    (project / "app" / ".tkelint.yaml").symlink_to("../../secret")

    lines = complaints(lambda: load_config(project / "app"))

    assert lines == [".tkelint.yaml: cannot be read: leads outside of the project"]
    assert complaints(lambda: load_config(project / "app", path=Path(".tkelint.yaml"))) == lines


@pytest.mark.skipif(os.name != "posix", reason="there are no FIFOs")
def test_a_file_that_is_none_is_said(project: Path) -> None:
    os.mkfifo(project / "app" / "fifo.yaml")
    (project / "app" / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (project / "app" / "large.yaml").write_bytes(b"#" * (2**20 + 1))

    assert complaints(lambda: load_config(project, path=Path("fifo.yaml"))) == [
        "fifo.yaml: cannot be read: no regular file"
    ]
    assert complaints(lambda: load_config(project, path=Path("large.yaml"))) == [
        "large.yaml: cannot be read: too large (1048577 bytes, the limit is 1048576)"
    ]
    assert complaints(lambda: load_config(project, path=Path("binary.yaml")))[0].startswith(
        "binary.yaml: cannot be read"
    )


PYPROJECT = """\
[project]
name = "x"

[tool.tkelint]
paths = ["deploy"]
cluster.nodeCount = 3

[tool.tkelint.cluster.clbs.lb-1]
network = "internal"

[[tool.tkelint.ignore]]
rule = "service-loopback"
reason = "known"
expires = 2027-05-31

[[tool.tkelint.ignore]]
rule = "ingress-loopback"
reason = "known"
"""

needs_toml = pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11")


@needs_toml
def test_pyproject_can_hold_the_configuration(project: Path) -> None:
    (project / "app" / "pyproject.toml").write_text(PYPROJECT)

    config = load_config(project / "app")

    assert config.path == project / "app" / "pyproject.toml"
    assert config.paths == ("deploy",)
    assert config.cluster.value("nodeCount") == 3
    assert config.cluster.clb_network("lb-1") == "internal"
    assert [each.expires for each in config.ignores] == [dt.date(2027, 5, 31), None]
    assert [each.place.region.start_line for each in config.ignores] == [12, 17]


@needs_toml
def test_mistakes_in_pyproject_have_a_line(project: Path) -> None:
    text = PYPROJECT.replace("nodeCount = 3", "kubernetesVersion = 1.30").replace('"internal"', '"inside"')
    (project / "app" / "pyproject.toml").write_text(text.replace('"ingress-loopback"', '"ingres-loopback"'))

    assert complaints(lambda: load_config(project / "app")) == [
        "pyproject.toml:6:1: '1.30' without quotes is a number, not text; did you mean \"1.30\"?",
        "pyproject.toml:9:1: 'inside' is none of internal, public",
        "pyproject.toml:17:1: no rule is called 'ingres-loopback'; did you mean ingress-loopback?",
    ]


@needs_toml
def test_a_broken_pyproject_is_an_error_only_where_it_configures_tkelint(project: Path) -> None:
    pyproject = project / "app" / "pyproject.toml"
    pyproject.write_text("[tool.tkelint]\npaths = [\n")
    assert complaints(lambda: load_config(project / "app"))[0].startswith("pyproject.toml: no valid TOML: ")

    pyproject.write_text("[tool.tkelint]\npaths = =\n")
    assert complaints(lambda: load_config(project / "app")) == ["pyproject.toml:2:9: no valid TOML: Invalid value"]

    pyproject.write_text("[tool.tkelint]\npaths = " + "[" * 5_000 + "]" * 5_000)
    assert complaints(lambda: load_config(project / "app")) == ["pyproject.toml: no valid TOML: nested too deeply"]

    pyproject.write_text("[project]\ndependencies = ['tkelint'\n")
    assert load_config(project / "app").path is None


def test_python_3_10_is_told_what_to_do(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "app" / "pyproject.toml").write_text(PYPROJECT)
    real = importlib.import_module

    def without_toml(name: str) -> object:
        if name in ("tomllib", "tomli"):
            raise ImportError(name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", without_toml)

    (line,) = complaints(lambda: load_config(project / "app"))
    assert line.startswith("pyproject.toml:4:1: Python 3.10 cannot read TOML; use Python 3.11, install tomli, or ")


def test_a_pyproject_that_only_mentions_tkelint_is_none(project: Path) -> None:
    (project / "pyproject.toml").write_text("[dependency-groups]\ndev = ['tkelint']\n")

    assert load_config(project / "app").path is None


def test_assumptions_replace_what_the_file_says(load: Load) -> None:
    config = load("cluster: {kubeProxyMode: iptables, nodeCount: 3, accountType: standard}")

    assumed = with_assumptions(
        config,
        ["kubeProxyMode=IPVS", "nodeCount=1", "features=snat-pro,l7-keepalive", "accountType=unknown",
         "nodeSecurityGroup=30000-32767/tcp,100.127.0.0/16"],
    )  # fmt: skip

    assert assumed.cluster.value("kubeProxyMode") == "ipvs"
    assert assumed.cluster.value("nodeCount") == 1
    assert assumed.cluster.value("features") == ("snat-pro", "l7-keepalive")
    assert assumed.cluster.value("accountType") is None
    assert assumed.cluster.node_security_group is not None
    assert assumed.cluster.node_security_group.allows_source("100.127.0.0/16")
    assert config.cluster.value("kubeProxyMode") == "iptables"


@pytest.mark.parametrize(
    ("assumption", "complaint"),
    [
        ("kubeProxyMod=ipvs", "unknown key 'kubeProxyMod'; did you mean kubeProxyMode?"),
        ("kubeProxyMode=ipv", "'ipv' is none of iptables, ipvs; did you mean ipvs?"),
        ("nodeCount=many", "'cluster.nodeCount' must be a whole number, not text"),
        ("nodeCount=" + "9" * 20, "'cluster.nodeCount' must be a whole number, not text"),
        ("nodeCount", "'nodeCount' is not of the form FACT=VALUE"),
        ("nodeCount=", "'nodeCount=' is not of the form FACT=VALUE"),
        ("clbs=lb-1", "'clbs' can only be declared in the configuration file"),
        ("kubernetesVersion=new", "'new' is not of the form '1.28.3'"),
        ("zzz=unknown", "unknown key 'zzz'"),
    ],
)
def test_wrong_assumptions_are_usage_errors(assumption: str, complaint: str) -> None:
    config = config_from({}, Path())

    assert complaints(lambda: with_assumptions(config, [assumption])) == [f"--assume {assumption}: {complaint}"]


def finding(
    subject: str = "Service prod/web", path: str = "deploy/web.yaml", rule: str = "service-loopback"
) -> Finding:
    place = resource_of("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n", path).node("kind").place
    return Finding(
        rule_id=rule, severity=Severity.ERROR, confidence="high", message={"en": "", "zh": ""}, place=place,
        subject=subject, field="", template=None, fingerprint="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        ({}, True),
        ({"object": "Service/prod/web"}, True),
        ({"object": "Service/web"}, True),
        ({"object": "Service/*/w?b"}, True),
        ({"object": "*/prod/*"}, True),
        ({"object": "Service/test/web"}, False),
        ({"object": "Service/prod"}, False),
        ({"object": "Ingress/prod/web"}, False),
        ({"path": "deploy/"}, True),
        ({"path": "deploy"}, True),
        ({"path": "*.yaml"}, True),
        ({"path": "/web.yaml"}, False),
        ({"path": "deploy/*.yml"}, False),
        ({"path": "deploy/", "object": "Service/other"}, False),
        ({"rule": "ingress-loopback"}, False),
    ],
)
def test_what_an_ignore_entry_covers(entry: dict[str, str], covered: bool) -> None:
    config = config_from({"ignore": [{"rule": "service-loopback", "reason": "known", **entry}]}, Path())

    assert config.ignore_reason(finding()) == ("known" if covered else None)


def test_an_object_without_namespace_is_not_in_one() -> None:
    entries = [{"rule": "service-loopback", "reason": "known", "object": "Service/prod/web"}]

    assert config_from({"ignore": entries}, Path()).ignore_for(finding("Service web")) is None


def test_an_expired_entry_ignores_nothing_and_is_told() -> None:
    entry = {"rule": "service-loopback", "reason": "known", "expires": "2027-05-31"}
    config = config_from({"ignore": [entry]}, Path())
    on_the_last_day = _on(config, dt.date(2027, 5, 31))
    the_day_after = _on(config, dt.date(2027, 6, 1))

    assert on_the_last_day.ignore_reason(finding()) == "known"
    assert on_the_last_day.expired_ignores == ()
    assert the_day_after.ignore_reason(finding()) is None
    assert the_day_after.expired_ignores == the_day_after.ignores


def _on(config: Config, today: dt.date) -> Config:
    return config._replace(today=today)


def test_a_run_uses_what_the_configuration_says() -> None:
    manifest = """\
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: prod}
        spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
        """
    text = textwrap.dedent(manifest)
    rule = "service-node-ports-closed"
    closed = {"cluster": {"nodeSecurityGroup": {"allow": ["443/tcp"]}}}
    opened = {"cluster": {"nodeSecurityGroup": {"allow": ["30000-32767/tcp"]}}}
    ignored = {**closed, "ignore": [{"rule": rule, "object": "Service/prod/*", "reason": "known"}]}
    lowered = {**closed, "rules": {rule: {"severity": "note"}}}

    assert len(lint_texts(text, closed, [rule]).findings) == 1
    assert not lint_texts(text, opened, [rule]).findings
    assert not lint_texts(text, {}, [rule]).findings
    assert [each.severity for each in lint_texts(text, lowered, [rule]).findings] == [Severity.NOTE]
    report = lint_texts(text, ignored, [rule])
    assert not report.findings
    assert [each.suppressed for each in report.suppressed] == ["known"]


def keys_of(part: dict[str, Any]) -> Iterator[str]:
    """Every key that the schema knows, however deep."""
    for name, inner in part.get("properties", {}).items():
        yield name
        yield from keys_of(inner)
    for place in ("items", "additionalProperties"):
        if isinstance(part.get(place), dict):
            yield from keys_of(part[place])
    if "$ref" in part:
        group, name = part["$ref"].split("/")[1:]
        yield from keys_of(SCHEMA[group][name])


def values_of(part: dict[str, Any]) -> Iterator[str]:
    """Every fixed value that the schema knows."""
    yield from part.get("enum", ())
    for inner in (*part.get("properties", {}).values(), part.get("items"), part.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from values_of(inner)


@pytest.mark.parametrize("path", ["docs/configuration.md", "docs/configuration.zh.md"])
def test_every_key_and_value_is_documented(path: str) -> None:
    text = Path(path).read_text(encoding="utf-8")

    assert [key for key in keys_of(SCHEMA) if not re.search(rf"`(?:[\w.\[\]]+\.)?{re.escape(key)}`", text)] == []
    assert [value for value in values_of(SCHEMA) if f"`{value}`" not in text] == []


@pytest.mark.parametrize("path", ["docs/configuration.md", "docs/configuration.zh.md"])
def test_every_example_of_the_documentation_is_valid(path: str, project: Path, load: Load) -> None:
    text = (Path(__file__).parent.parent / path).read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    tables = re.findall(r"^```toml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)

    assert examples
    for example in examples:
        load(example)
    (project / "app" / ".tkelint.yaml").unlink()
    assert tables
    if sys.version_info >= (3, 11):
        for table in tables:
            (project / "app" / "pyproject.toml").write_text(table, encoding="utf-8")
            assert load_config(project / "app").path is not None
