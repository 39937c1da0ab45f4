from __future__ import annotations

import copy
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.linting import lint_texts, resource_of
from tkelint import rule as rules_module
from tkelint.config import config_from
from tkelint.engine import Selection, lint
from tkelint.problem import Finding, Problem
from tkelint.reader import read_files
from tkelint.source import SourceFile
from tkelint.workspace import Workspace

SHOP = {path.relative_to("examples/shop").as_posix(): path.read_text("utf-8") for path in sorted(Path("examples/shop").rglob("*/*.yaml"))}  # fmt: skip
BROKEN = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}, {port: 81}]}\n"
RULE = "service-port-name-missing"


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str, int, str]]:
    return [(each.rule_id, each.place.source.path, each.place.span.start, each.message["en"]) for each in findings]


def test_the_shop_has_something_to_say_of_most_folders() -> None:
    report = lint_texts(SHOP)

    assert report.crashes == ()
    assert len({finding.rule_id.partition("-")[0] for finding in report.findings}) >= 5


def test_findings_do_not_depend_on_the_order_of_files() -> None:
    shuffled = list(SHOP.items())
    random.Random(7).shuffle(shuffled)

    assert said(lint_texts(SHOP).findings) == said(lint_texts(dict(shuffled)).findings)


def test_rules_change_nothing() -> None:
    sources = [(SourceFile(path, text), True) for path, text in SHOP.items()]
    readings, kustomizations = read_files(sources)
    workspace = Workspace(readings, config_from({}, Path()).facts([]), kustomizations=kustomizations)
    before = copy.deepcopy([resource.value for resource in workspace.resources])

    for rule in rules_module.load_rules().values():
        if not rule.reported_by:
            for resource in workspace.resources:
                if resource.type in rule.kinds:
                    list(rule.check(resource, workspace))

    assert [resource.value for resource in workspace.resources] == before


def test_a_crashing_rule_is_an_entry_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(resource: object, workspace: object) -> list[Problem]:
        value = "hunter2"
        raise KeyError(value)

    monkeypatch.setattr("tkelint.checks.service_ports.port_duplicate", crash)
    rules_module._check_named.cache_clear()
    monkeypatch.setattr(rules_module, "_check_named", rules_module._check_named.__wrapped__)

    report = lint_texts(BROKEN, rules={RULE, "service-port-duplicate"})

    assert [(each.rule_id, each.error, each.times) for each in report.crashes] == [
        ("service-port-duplicate", "KeyError", 1)
    ]
    assert "KeyError: " not in report.crashes[0].traceback
    assert {finding.rule_id for finding in report.findings} == {RULE}


def test_only_targets_are_reported_on_while_the_rest_is_known() -> None:
    ingress = SHOP["storefront/storefront.yaml"]
    sources = [(SourceFile(path, text), text is ingress) for path, text in SHOP.items()]

    report = lint(sources, config_from({}, Path()))

    assert {finding.place.source.path for finding in report.findings} == {"storefront/storefront.yaml"}
    assert "service-name-missing" in {finding.rule_id for finding in report.findings}


@pytest.mark.parametrize(
    ("selection", "config", "runs"),
    [
        (Selection(), {}, True),
        (Selection(select=[RULE]), {}, True),
        (Selection(select=["service"]), {}, True),
        (Selection(select=["ingress"]), {}, False),
        (Selection(ignore=[RULE]), {}, False),
        (Selection(ignore=["service"]), {}, False),
        (Selection(), {"rules": {RULE: {"enabled": False}}}, False),
        (Selection(select=[RULE]), {"rules": {RULE: {"enabled": False}}}, True),
    ],
)
def test_selection_of_rules(selection: Selection, config: dict[str, object], runs: bool) -> None:
    report = lint([(SourceFile("a.yaml", BROKEN), True)], config_from(config, Path()), selection=selection)

    assert (RULE in {finding.rule_id for finding in report.findings}) is runs


def test_severity_of_the_configuration_wins() -> None:
    report = lint_texts(BROKEN, {"rules": {RULE: {"severity": "note"}}}, rules={RULE})

    assert {finding.severity.value for finding in report.findings} == {"note"}


def fingerprints(text: str, path: str = "a.yaml") -> list[str]:
    return sorted(finding.fingerprint for finding in lint_texts({path: text}, rules={RULE}).findings)


def test_fingerprint_survives_moving_indenting_and_reordering() -> None:
    moved = "# a comment\n\napiVersion: v1\nkind: Service\nspec:\n    ports:\n      - port: 81\n      - port: 80\nmetadata:\n    name: a\n"

    assert len(set(fingerprints(BROKEN))) == 2
    assert fingerprints(BROKEN) == fingerprints(moved, "elsewhere/b.yaml")


def test_fingerprint_tells_objects_apart() -> None:
    assert fingerprints(BROKEN) != fingerprints(BROKEN.replace("name: a", "name: b"))


WORDS = st.sampled_from(
    ["apiVersion: v1", "kind: Service", "kind: Ingress", "kind: ConfigMap", "kind: List", "metadata:", "spec:", "items:", "  name: a",
     "  annotations:", "    service.cloud.tencent.com/prevent-loopback: true", "  annotations: null", "  ports: [", "{{ .Values.x }}",
     "  ports: 5", "  - a", "---", "  rules: {}", "data: {Corefile: '.:53 {'}", "data:\n  Corefile: |\n    rewrite name a", "# tkelint: ignore[",
     "  selector: [a]", "*a", "&a", "\t", "\ufeff", "\x00", "  type: LoadBalancer", "- - -"]
)  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS | st.text(max_size=8), max_size=25))
def test_no_text_makes_a_run_raise_or_a_rule_crash(lines: list[str]) -> None:
    report = lint_texts({"a.yaml": "\n".join(lines), "Corefile": "\n".join(reversed(lines))})

    assert report.crashes == ()
    for finding in report.findings:
        region = finding.place.region
        assert (1, 1) <= (region.start_line, region.start_column) <= (region.end_line, region.end_column)


def test_rule_is_only_asked_of_objects_with_its_annotation_or_field() -> None:
    from tests.reporters.samples import rule  # noqa: PLC0415
    from tkelint.engine import _Dispatch  # noqa: PLC0415

    always = rule("always")
    annotated = rule("annotated", annotations=frozenset({"a", "b"}))
    fielded = rule("fielded", fields=frozenset({"ports"}))
    either = rule("either", annotations=frozenset({"a"}), fields=frozenset({"type"}))
    dispatch = _Dispatch([always, annotated, fielded, either])

    def asked(metadata: str, spec: str) -> set[str]:
        text = f"apiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {spec}\n"
        found = [each.id for each in dispatch.rules_for(resource_of(text))]
        assert len(found) == len(set(found))
        return set(found)

    assert asked("{name: x}", "{}") == {"always"}
    assert asked("{name: x}", "text") == {"always"}
    assert asked("{annotations: {a: '1', b: '2', c: '3'}}", "{}") == {"always", "annotated", "either"}
    assert asked("{annotations: {a: '1'}}", "{type: x, ports: []}") == {"always", "annotated", "either", "fielded"}
