"""JSON in a string: read as Go reads it, each part at its own place in the file."""

from __future__ import annotations

import pytest

from tests.linting import resource_of
from tkelint import embedded_json
from tkelint.embedded_json import EmbeddedJson

KEY = "kubernetes.io/ingress.http-rules"


def _embedded(scalar: str) -> EmbeddedJson:
    text = f"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    {KEY}: {scalar}\n"
    found = embedded_json.read(resource_of(text).annotation(KEY))
    assert found is not None
    return found


def _region(node: object) -> tuple[int, int]:
    region = node.place.region  # type: ignore[attr-defined]
    return region.start_line, region.start_column


def test_value_and_place_of_a_part_in_single_quotes() -> None:
    found = _embedded("""'[{"host": "a.b", "port": 80}]'""")

    assert found.value == [{"host": "a.b", "port": 80}]
    assert found.get(0, "port") == 80
    assert found.get(0, "none", default="x") == "x"
    assert found.spelt(0, "host") == '"a.b"'
    assert _region(found.at(0, "port")) == (6, 6 + len(KEY) + len(': \'[{"host": "a.b", "port": ') - 1)
    assert _region(found.key(0, "host")) == (6, 6 + len(KEY) + len(": '[{") - 1)


def test_place_in_double_quotes_counts_escapes() -> None:
    found = _embedded('"{\\"a\\": 1}"')

    assert _region(found.at("a")) == (6, 5 + len(KEY) + len(': "{\\"a\\": '))


def test_place_in_a_block_scalar_is_its_own_line() -> None:
    found = _embedded('|\n      {\n        "a": {"b": [1,\n          2]}\n      }')

    assert _region(found.at("a", "b", 1)) == (9, 11)


def test_path_that_does_not_exist_leads_to_the_key_of_its_longest_prefix() -> None:
    found = _embedded("""'{"a": {}}'""")

    assert found.at("a", "b").part == (1, 4)


@pytest.mark.parametrize(
    ("scalar", "reason", "part"),
    [
        ("'{ Vip: \"1.1.1.1\" }'", "a key in double quotes must stand here", (2, 3)),
        ("\"{'a': 1}\"", "JSON has double quotes, not single ones", (1, 2)),
        ("'[1 2]'", "',' is missing, or a bracket is not closed", (3, 4)),
        ("'[1'", "',' is missing, or a bracket is not closed", (1, 2)),
        ("'{\"a\": }'", "a value is missing here", (6, 7)),
        ("'1 2'", "something follows after the end of the JSON", (2, 3)),
        ('"   "', "it is empty", (2, 3)),
        ('""', "it is empty", (0, 0)),
    ],
)
def test_fault_has_a_place_and_a_reason(scalar: str, reason: str, part: tuple[int, int]) -> None:
    fault = _embedded(scalar).fault

    assert fault is not None
    assert fault.reason["en"] == reason
    assert fault.node.part == part


@pytest.mark.parametrize("scalar", ["'NaN'", "'[Infinity]'", "'" + "9" * 5000 + "'"])
def test_number_that_json_does_not_have_is_a_fault(scalar: str) -> None:
    fault = _embedded(scalar).fault

    assert fault is not None
    assert fault.reason["zh"] == "数值不是合法的 JSON 数值"


def test_hostile_json_is_a_fault() -> None:
    deep, long = _embedded("'" + "[" * 90_000 + "'").fault, _embedded("'" + "[" * 200_000 + "'").fault

    assert deep is not None
    assert deep.reason["en"] == "it is nested too deep"
    assert long is not None
    assert long.reason["en"] == "it is too long"


def test_keys_written_twice_are_told_with_both_places() -> None:
    ((key, first, second),) = _embedded("""'{"a": 1, "b": {}, "a": 2}'""").duplicate_keys()

    assert (key, first.part, second.part) == ("a", (1, 4), (18, 21))


def test_value_that_is_no_string_is_not_read() -> None:
    resource = resource_of(f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, annotations: {{{KEY}: 1}}}}\n")

    assert embedded_json.read(resource.annotation(KEY)) is None


def test_json_that_is_no_yaml_has_the_place_of_the_whole_value() -> None:
    found = _embedded('"{\\n\\t\\"a\\": 1}"')

    assert found.value == {"a": 1}
    assert found.at("a").place
