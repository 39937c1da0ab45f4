from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sarif_om
from samples import (
    LOOPBACK,
    LOOPBACK_RULE,
    SECRET,
    SERVICE,
    TARGET_PORT,
    backend_missing,
    finding,
    place,
    related,
    report,
    rule,
    shop,
    span,
)

from tkelint import __version__
from tkelint.problem import Severity
from tkelint.report import FileState, FileStatus, Report
from tkelint.reporters import ReporterOptions, render, sarif
from tkelint.reporters.line_hash import line_hashes
from tkelint.reporters.sarif_json import json_value
from tkelint.reporters.sarif_text import markdown, plain_text, shortened

FIXTURES = Path(__file__).parents[1] / "fixtures"
SCHEMA = json.loads((FIXTURES / "sarif" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))

CheckExpected = Callable[[str, str], None]


def log_of(report: Report, **options: Any) -> Any:
    return json.loads("".join(render("sarif", report, ReporterOptions(**options))))


def run_of(report: Report, **options: Any) -> Any:
    [run] = log_of(report, **options)["runs"]
    return run


def result_of(*findings: Any, **options: Any) -> Any:
    return run_of(report(findings), **options)["results"][0]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("sample", [shop(), report()], ids=["everything", "empty"])
def test_log_is_what_the_standard_says(sample: Report, language: str) -> None:
    jsonschema.Draft4Validator(SCHEMA).validate(log_of(sample, language=language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_log_reads_as_expected(language: str, check_expected: CheckExpected) -> None:
    output = "".join(render("sarif", shop(), ReporterOptions(language=language)))

    check_expected(f"reporters/shop.{language}.sarif", output.replace(f'"{__version__}"', '"VERSION"'))


def test_empty_run_has_results_and_rules() -> None:
    run = run_of(report(rules=(LOOPBACK_RULE,)))

    assert run["results"] == []
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == ["service-loopback"]
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_every_result_names_its_rule_twice_and_its_level() -> None:
    run = run_of(shop())

    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")


def test_level_is_written_even_where_the_library_has_it_as_default() -> None:
    warning = finding("a-rule", place(SERVICE, "htpp"), severity=Severity.WARNING)

    assert result_of(warning)["level"] == "warning"
    assert run_of(report((warning,)))["tool"]["driver"]["rules"][0]["defaultConfiguration"] == {"level": "error"}


def test_suppressed_findings_are_left_out() -> None:
    assert shop().suppressed
    assert len(run_of(shop())["results"]) == len(shop().findings)
    assert "suppressions" not in json.dumps(log_of(shop()))


def test_region_is_one_line() -> None:
    whole = finding("a-rule", place(SERVICE, "spec:\n  type: LoadBalancer"))

    region = result_of(whole)["locations"][0]["physicalLocation"]["region"]

    assert region == {"startLine": 9, "startColumn": 1, "endLine": 9, "endColumn": 6, "snippet": {"text": "spec:"}}


def test_columns_count_code_points() -> None:
    run = run_of(report((finding("a-rule", place(SERVICE, "应为 http")),)))

    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert (region["startColumn"], region["endColumn"]) == (27, 34)


def test_uris_are_relative_to_the_checkout() -> None:
    location = result_of(TARGET_PORT, repository=Path("/srv"))["locations"][0]["physicalLocation"]

    assert location["artifactLocation"] == {"uri": "shop/deploy/orders/service.yaml"}


@pytest.mark.parametrize(
    ("repository", "expected"),
    [(None, "tkelint/"), (Path("/srv/shop"), "tkelint/"), (Path("/srv"), "tkelint/shop/")],
)
def test_each_project_of_a_repository_is_a_category(repository: Path | None, expected: str) -> None:
    assert run_of(report(), repository=repository)["automationDetails"]["id"] == expected


def test_github_line_hash_is_that_of_the_first_line() -> None:
    fingerprints = result_of(TARGET_PORT)["partialFingerprints"]

    assert fingerprints["primaryLocationLineHash"] == line_hashes(SERVICE, {15})[15]


def test_same_object_twice_has_fingerprints_that_differ() -> None:
    results = run_of(report((TARGET_PORT, TARGET_PORT)))["results"]

    assert [result["partialFingerprints"]["tkelint/v1"] for result in results] == [
        "22222222bbbbbbbb:1",
        "22222222bbbbbbbb:2",
    ]


def test_flow_is_one_code_flow_with_inline_locations() -> None:
    [flow] = result_of(LOOPBACK)["codeFlows"]
    [thread] = flow["threadFlows"]

    lines = [hop["location"]["physicalLocation"]["region"]["startLine"] for hop in thread["locations"]]
    assert lines == [13, 10, 11]
    assert thread["locations"][0]["location"]["message"]["text"] == (
        "Deployment prod/worker: the Pod calls the address of the CLB."
    )


def test_related_places_are_numbered() -> None:
    locations = result_of(TARGET_PORT)["relatedLocations"]

    assert [location["id"] for location in locations] == [1, 2]
    assert locations[1]["physicalLocation"]["artifactLocation"]["uri"] == "deploy/worker/deployment.yaml"


def test_chinese_message_has_the_english_one_below() -> None:
    message = result_of(LOOPBACK, language="zh")["message"]["text"]

    chinese, english = message.split("\n")
    assert chinese.endswith("只有一个节点时完全不通。假定：kubeProxyMode=ipvs。")
    assert english.endswith("dead with a single node. Assumed: kubeProxyMode=ipvs.")


def test_help_is_in_both_languages_the_readers_first() -> None:
    [chosen] = run_of(report(rules=(LOOPBACK_RULE,)), language="zh")["tool"]["driver"]["rules"]

    markdown_ = chosen["help"]["markdown"]
    assert 0 < markdown_.index("如何修复") < markdown_.index("How to repair it")
    assert "[避免四层回环问题](https://cloud.tencent.com/document/product/457/80913)" in markdown_
    assert "tkelint: ignore[service-loopback]" in markdown_
    assert chosen["help"]["text"].startswith("Call the Service by its DNS name 'orders.prod")


def test_rule_is_described_within_the_limits_of_github() -> None:
    long = rule("a-rule", why={"en": "word " * 500, "zh": "字"}, tags=tuple(f"tag-{number}" for number in range(30)))

    [described] = run_of(report(rules=(long,)))["tool"]["driver"]["rules"]

    assert len(described["fullDescription"]["text"]) <= 1024
    assert len(described["properties"]["tags"]) == 20
    assert described["name"] == "ARule"
    assert described["properties"]["precision"] == "high"
    assert "security-severity" not in described["properties"]


def test_unreadable_files_and_crashes_are_notifications() -> None:
    [invocation] = run_of(shop())["invocations"]

    assert invocation["executionSuccessful"] is False
    notices = [
        (
            notice["level"],
            notice["message"]["text"],
            notice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        )
        for notice in invocation["toolExecutionNotifications"]
    ]
    assert notices == [
        (
            "error",
            (
                "tkelint has a bug: rule service-hairpin failed 2 times, first on Service prod/orders "
                "(deploy/orders/service.yaml): KeyError."
            ),
            "deploy/orders/service.yaml",
        ),
        ("warning", "deploy/broken.yaml was not looked at: not valid YAML or JSON.", "deploy/broken.yaml"),
        ("warning", "deploy/part.yaml was not looked at: Helm template, not rendered.", "deploy/part.yaml"),
        (
            "warning",
            "dump.bin was not looked at: no text in UTF-8, UTF-16 or UTF-32 (byte 0xff at offset 0).",
            "dump.bin",
        ),
    ]


def test_files_without_objects_are_no_notifications() -> None:
    status = FileStatus(path="values.yaml", state=FileState.NOT_RESOURCES, reason="values-file")

    assert "toolExecutionNotifications" not in run_of(report()._replace(files=(status,)))["invocations"][0]


def test_beyond_the_limit_the_worst_are_kept_and_a_notice_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "RESULTS_LIMIT", 2)
    error = finding("e", place(SERVICE, "htpp"))

    run = run_of(report((backend_missing("a"), backend_missing("b"), error)))

    assert [result["ruleId"] for result in run["results"]] == ["e", "ingress-backend-service-missing"]
    [notice] = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"].startswith("Only the worst 2 of 3 findings are in this file")


def test_related_places_beyond_the_limit_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "RELATED_LIMIT", 1)

    run = run_of(report((TARGET_PORT,)))

    assert len(run["results"][0]["relatedLocations"]) == 1
    [notice] = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == ("1 finding has more than 1 related places; the rest were left out.")


def test_masked_data_is_declared() -> None:
    masked = report((finding("a-rule", place(SECRET, "aHVudGVyMg==")),))._replace(
        secrets={SECRET.path: (span(SECRET, "aHVudGVyMg=="),)},
    )

    run = run_of(masked)

    assert run["redactionTokens"] == ["***"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["snippet"]["text"] == "***"
    assert "redactionTokens" not in run_of(report())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [here](https://evil)", "see [here] (https://evil)."),
        ("\\[a][b](1)", "\\[a][b] (1)."),
        ("spec.ports[0].port is 80", "spec.ports[0].port is 80."),
        ("`x` and `y`.", "'x' and 'y'."),
        ("block {0} {a}", "block {{0}} {a}."),
        ("line\nbreak\x1b", "line break␛."),
        ("真的？", "真的？"),
    ],
)
def test_text_of_a_manifest_is_no_link_and_no_placeholder(text: str, expected: str) -> None:
    assert plain_text(text, "en") == expected


def test_sentence_ends_as_its_language_does() -> None:
    assert plain_text("端口不存在", "zh") == "端口不存在。"


def test_markdown_has_no_html_outside_of_code() -> None:
    assert markdown("<img src=x> `<Name>-auto` \n```\n<b>\n``` <b>\x1b") == (
        "&lt;img src=x> `<Name>-auto` \n```\n<b>\n``` &lt;b>␛"
    )


def test_long_text_is_shortened_with_an_ellipsis() -> None:
    assert shortened("one two three", 8) == "one two…"
    assert shortened("one two", 7) == "one two"


def test_objects_of_the_library_are_written_in_the_spelling_of_the_standard() -> None:
    result = sarif_om.Result(
        message=sarif_om.Message(text="x"), rule_id="a", rule_index=-1, locations=[], properties={"a": (1, None)}
    )

    assert json_value(result) == {
        "message": {"text": "x"},
        "ruleId": "a",
        "level": "warning",
        "locations": [],
        "properties": {"a": [1, None]},
    }


def test_defaults_made_by_a_factory_are_left_out() -> None:
    assert json_value(sarif_om.ToolComponent(name="x")) == {"name": "x"}
    assert json_value(sarif_om.ToolComponent(name="x", contents=["localizedData"])) == {
        "name": "x",
        "contents": ["localizedData"],
    }


def test_label_of_a_related_place_is_no_link() -> None:
    hostile = TARGET_PORT._replace(related=(related(place(SERVICE, "htpp"), "[x](https://evil)", "y"),))

    assert result_of(hostile)["relatedLocations"][0]["message"]["text"] == "[x] (https://evil): y."
