"""JUnit's and Checkstyle's XML: well formed whatever is in the manifests, in the shape that readers know."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SERVICE, finding, place, report, shop

from tkelint.problem import Severity
from tkelint.report import FileState, FileStatus, Report
from tkelint.reporters import ReporterOptions, render
from tkelint.reporters.harmless import harmless
from tkelint.reporters.xml_text import content, tag

# What Jenkins' schema allows: element -> (attributes required, attributes allowed, elements below).
JUNIT = {
    "testsuites": (set(), {"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped"}, {"testcase"}),
    "testcase": ({"name"}, {"classname"}, {"failure", "error", "skipped", "system-out"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}
CHECKSTYLE = {
    "checkstyle": ({"version"}, set(), {"file"}),
    "file": ({"name"}, set(), {"error"}),
    "error": ({"line", "severity", "message", "source"}, {"column"}, set()),
}
HOSTILE = "x]]>\x00\x1b[31m\ufffe\udcff<script>&amp;\"'\u202e\n::error::y ##[group]z --><?xml?>&#0;"


def tree(name: str, report: Report, **options: Any) -> ET.Element:
    said = "".join(render(name, report, ReporterOptions(**options)))
    return ET.fromstring(said.encode())  # noqa: S314 - our own text


def hostile() -> Report:
    found = finding("a-rule", place(SERVICE, "htpp"), HOSTILE, subject=HOSTILE, field=HOSTILE)
    return report((found, found))._replace(
        files=(FileStatus(path=HOSTILE, state=FileState.UNREADABLE, reason="not-text", parameters={"detail": HOSTILE}),)
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("sample", [shop, hostile, report])
@pytest.mark.parametrize(("name", "shape"), [("junit", JUNIT), ("checkstyle", CHECKSTYLE)])
def test_shape_is_the_one_that_readers_know(name: str, shape: dict[str, Any], sample: Any, language: str) -> None:
    root = tree(name, sample(), language=language)

    assert root.tag == next(iter(shape))
    for element in root.iter():
        required, optional, below = shape[element.tag]
        assert required <= set(element.attrib) <= required | optional
        assert {child.tag for child in element} <= below


@given(st.text())
def test_text_and_attributes_say_what_was_given(text: str) -> None:
    element = ET.fromstring(f"{tag('a', {'b': text})}{content(text)}</a>".encode())  # noqa: S314 - our own text

    assert (element.text or "") == element.get("b") == harmless(text)


def test_counts_are_those_of_the_tests() -> None:
    root = tree("junit", shop())

    for suite in (root, *root.iter("testsuite")):
        assert int(suite.get("tests", "")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures", "")) == len(list(suite.iter("failure")))
        assert int(suite.get("errors", "")) == len(list(suite.iter("error")))
    assert len(list(root.iter("failure"))) == len(shop().findings)
    assert [suite.get("name") for suite in root if suite.get("skipped") == "1"] == [
        "deploy/broken.yaml",
        "deploy/part.yaml",
        "dump.bin",
    ]


def test_note_is_a_test_that_passed_and_says_something() -> None:
    (case,) = tree("junit", report((finding("a-rule", place(SERVICE, "htpp"), severity=Severity.NOTE),))).iter(
        "testcase"
    )

    assert [child.tag for child in case] == ["system-out"]
    assert "Something is wrong" in str(case[0].text)


def test_file_without_problems_is_a_test_that_passed() -> None:
    clean = report()._replace(files=(FileStatus(path="a.yaml", state=FileState.LINTED, resources=1),))

    (case,) = tree("junit", clean).iter("testcase")

    assert (case.get("name"), case.get("classname"), list(case)) == ("no problems in 1 file", "a.yaml", [])


def test_names_of_tests_differ_and_do_not_hold_lines() -> None:
    found = finding("a-rule", place(SERVICE, "htpp"))
    moved = finding("a-rule", place(SERVICE, "http"))

    names = [case.get("name") for case in tree("junit", report((found, moved))).iter("testcase")]

    assert names == [f"a-rule: Service prod/orders spec.ports[0].targetPort{number}" for number in ("", " (2)")]


def test_failure_tells_place_path_and_remedy() -> None:
    case = next(case for case in tree("junit", shop()).iter("failure") if case.get("type") == "service-loopback")

    lines = str(case.text).splitlines()
    assert lines[0].startswith("deploy/orders/service.yaml:8:5: Deployment `prod/worker` reaches")
    assert lines[1] == "the Pod calls the address of the CLB"
    assert any(line.startswith("help: Call the Service by its DNS name") for line in lines)


def test_checkstyle_names_files_of_the_checkout_and_places() -> None:
    root = tree("checkstyle", report((finding("a-rule", place(SERVICE, "htpp")),)), repository=Path("/srv"))

    assert root[0].get("name") == "shop/deploy/orders/service.yaml"
    assert root[0][0].attrib == {
        "line": "15",
        "column": "19",
        "severity": "error",
        "message": "Something is wrong",
        "source": "tkelint.a-rule",
    }
