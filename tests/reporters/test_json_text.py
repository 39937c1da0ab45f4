from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkelint.reporters.json_text import json_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(VALUES, st.integers(0, 4))
def test_layout_changes_nothing(value: object, depth: int) -> None:
    assert json.loads("".join(json_text(value, depth))) == value


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, '{"a": [{"b": 1}, 2], "c": []}\n'),
        (1, '{\n"a": [{"b": 1}, 2],\n"c": []\n}\n'),
        (2, '{\n"a": [\n{"b": 1},\n2\n],\n"c": []\n}\n'),
    ],
)
def test_entries_have_lines_of_their_own_down_to_the_depth(depth: int, expected: str) -> None:
    assert "".join(json_text({"a": [{"b": 1}, 2], "c": []}, depth)) == expected


def test_keys_are_harmless_too() -> None:
    assert "".join(json_text({"\u202e": 1}, 1)) == '{\n"\\u202e": 1\n}\n'
