"""Corefiles against the recorded answers of CoreDNS itself: verdict, error text, tree, zones, plugins."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML
from syntax import corefile_goldens as goldens

CASES = YAML(typ="safe").load(goldens.FIXTURES / "cases.yaml")
ANSWERS = {answer["name"]: answer for answer in goldens.read_lines("cases.jsonl")}


def assert_agrees(text: str, answer: dict[str, Any], environment: dict[str, str]) -> None:
    corefile = goldens.parse_as_recorded(text, environment)
    recorded = answer.get("parse", "")

    assert goldens.parse_error(corefile, recorded) == recorded
    if recorded:
        return
    blocks = answer.get("blocks", [])
    expected = [{"keys": block["keys"], "directives": block.get("directives", {})} for block in blocks]
    assert goldens.tree(corefile) == expected
    assert goldens.key_error(corefile) == answer.get("zones", "")
    if "zones" in answer:
        return
    assert [goldens.zones(block) for block in corefile.blocks if not block.dropped] == [
        sorted(block.get("zones", [])) for block in blocks
    ]
    for plugin, understood in goldens.plugin_results(corefile, blocks):
        for_comparison = {key: plugin[key] for key in plugin if plugin[key]}
        assert understood == for_comparison
    for name, recorded, said in goldens.setup_errors(corefile, blocks):
        assert (name, said) == (name, recorded)
    is_accepted = not any("error" in plugin for block in blocks for plugin in block.get("plugins", ()))
    # With an import that is not read, a `bind` or `view` may be in it.
    if (
        is_accepted
        and corefile.is_complete
        and not goldens.binds_to_names(corefile)
        and not goldens.differs_deliberately(answer.get("servers", ""))
    ):
        assert goldens.server_error(corefile) == answer.get("servers", "")


def test_every_case_has_an_answer() -> None:
    assert [case["name"] for case in CASES] == list(ANSWERS)
    assert len(CASES) == len(ANSWERS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_agrees_with_coredns(case: dict[str, Any]) -> None:
    assert_agrees(case["text"], ANSWERS[case["name"]], case.get("env", {}))


@pytest.mark.parametrize("name", ["mutations", "directives", "setups"])
def test_generated_inputs_agree_with_coredns(name: str) -> None:
    answers = goldens.read_lines(f"{name}.jsonl.gz")

    for answer in answers:
        assert_agrees(answer["text"], answer, {})

    refused = sum("parse" in answer for answer in answers)
    assert len(answers) >= 2000
    # Neither all right nor all wrong, or nothing would be tested.
    assert name != "mutations" or len(answers) // 4 < refused < len(answers) * 3 // 4


def test_generated_directives_are_not_all_refused() -> None:
    plugins = [
        plugin
        for answer in goldens.read_lines("directives.jsonl.gz")
        for block in answer.get("blocks", ())
        for plugin in block.get("plugins", ())
    ]

    for name in ("rewrite", "hosts", "kubernetes", "forward"):
        accepted = sum(plugin["name"] == name and "error" not in plugin for plugin in plugins)
        assert accepted > 100


def test_generated_setups_are_accepted_and_refused_for_every_plugin() -> None:
    outcomes: dict[str, set[bool]] = {}
    for answer in goldens.read_lines("setups.jsonl.gz"):
        for block in goldens.parse_as_recorded(answer["text"], {}).blocks:
            plugins = [plugin for each in answer.get("blocks", ()) for plugin in each.get("plugins", ())]
            refused = {plugin["name"] for plugin in plugins if plugin.get("error")}
            for directive in block.directives if "blocks" in answer else ():
                outcomes.setdefault(directive.name.text, set()).add(directive.name.text in refused)

    assert len(outcomes) >= 49
    # geoip and tls open a file.
    assert {name for name, seen in outcomes.items() if len(seen) < 2} <= {"geoip", "tls"}


@pytest.mark.parametrize(
    "case", [case for case in CASES if not ANSWERS[case["name"]].get("parse")], ids=lambda c: c["name"]
)
def test_without_known_directives_the_same_is_read(case: dict[str, Any]) -> None:
    known = goldens.parse_as_recorded(case["text"], case.get("env", {}))
    tokens, _ = goldens.tokenize(case["text"])
    values = {name: case.get("env", {}).get(name, "") for token in tokens for name in token.variables}

    unknown = goldens.parse(case["text"], values)

    assert goldens.tree(unknown) == goldens.tree(known)
    assert [error.code for error in unknown.errors] == [error.code for error in known.errors]
