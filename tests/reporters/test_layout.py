from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkelint.reporters.layout import joined, paragraphs, width, wrap

CHINESE = "IPVS 模式下，集群内访问本集群内网 Service（LoadBalancer 类型）出现“完全不通”，或者联通不稳定。"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("port", 4),
        ("端口", 4),
        ("，", 2),
        ("Ａ", 2),
        ("e\u0301", 1),
        ("한", 2),
        ("\u1112\u1161\u11ab", 2),
        ("…", 1),
        ("", 0),
    ],
)
def test_width_counts_cells(text: str, cells: int) -> None:
    assert width(text) == cells


@given(st.text(st.sampled_from("ab `。，（“”端口.):"), max_size=60), st.integers(8, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, room: int) -> None:
    assert "".join(wrap(text, room)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("room", [20, 31, 40, 60])
def test_lines_fit_the_room(room: int) -> None:
    lines = wrap(CHINESE, room, 0, 2)

    assert all(width(line) <= room for line in lines)
    assert len(lines) > 1


@pytest.mark.parametrize("room", range(16, 60))
def test_punctuation_stays_with_the_character_it_belongs_to(room: int) -> None:
    lines = wrap(CHINESE, room)

    assert not any(line.startswith(tuple("，。）”")) for line in lines)
    assert not any(line.endswith(tuple("（“")) for line in lines)


def test_brackets_of_english_stay_with_a_chinese_word() -> None:
    assert wrap("page (回环)", 10) == ["page (回", "环)"]
    assert wrap("page (回环)", 7) == ["page", "(回环)"]


def test_long_word_is_not_broken() -> None:
    assert wrap("see https://cloud.tencent.com/document/product/457/80913 there", 20) == [
        "see",
        "https://cloud.tencent.com/document/product/457/80913",
        "there",
    ]


def test_short_code_is_not_broken() -> None:
    assert wrap("add `key: value` here", 12) == ["add", "`key: value`", "here"]


def test_apostrophe_is_part_of_an_english_word() -> None:
    assert wrap("it doesn’t", 5) == ["it", "doesn’t"]


def test_first_indent_is_room_already_taken() -> None:
    assert wrap("aaa bbb", 7, first_indent=4, indent=2) == ["aaa", "  bbb"]


def test_paragraphs_and_list_items_keep_their_form() -> None:
    text = "One line\ncontinued.\n\n- first item that is long\n- second\n\n1. step"

    assert list(paragraphs(text, 18, 2)) == [
        "  One line",
        "  continued.",
        "",
        "  - first item",
        "    that is long",
        "  - second",
        "",
        "  1. step",
    ]


def test_joined_chinese_lines_have_no_space_between() -> None:
    assert joined("报文被\n  丢弃。\nThen retry\nonce.\n") == "报文被丢弃。 Then retry once."
