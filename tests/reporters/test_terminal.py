from __future__ import annotations

import io
from pathlib import Path

import pytest

from tkelint.reporters import ReporterOptions
from tkelint.reporters.terminal import (
    WIDTH_WITHOUT_TERMINAL,
    file_url,
    link,
    paint,
    terminal_width,
    wants_color,
    wants_hyperlinks,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, True, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_environment_decides_on_colors(environment: dict[str, str], on_terminal: bool, in_pipe: bool) -> None:
    assert wants_color("auto", Terminal(), environment) is on_terminal
    assert wants_color("auto", io.StringIO(), environment) is in_pipe


def test_option_beats_the_environment() -> None:
    assert wants_color("always", io.StringIO(), {"NO_COLOR": "1"})
    assert not wants_color("never", Terminal(), {"FORCE_COLOR": "1"})


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, True), ({"TERM": "linux"}, False), ({"CI": "true"}, False), ({"FORCE_HYPERLINK": "0"}, False)],
)
def test_hyperlinks_are_for_terminals(environment: dict[str, str], expected: bool) -> None:
    assert wants_hyperlinks(Terminal(), environment) is expected
    assert not wants_hyperlinks(io.StringIO(), environment)


def test_hyperlinks_can_be_forced() -> None:
    assert wants_hyperlinks(io.StringIO(), {"FORCE_HYPERLINK": "1"})


@pytest.mark.parametrize(
    ("columns", "expected"),
    [("132", 132), ("3", 40), ("0", WIDTH_WITHOUT_TERMINAL), ("wide", WIDTH_WITHOUT_TERMINAL)],
)
def test_width_comes_from_columns(columns: str, expected: int) -> None:
    assert terminal_width(io.StringIO(), {"COLUMNS": columns}) == expected


def test_paint_and_link_leave_text_alone_unless_wanted() -> None:
    plain = ReporterOptions()

    assert paint("text", "error", plain) == "text"
    assert link("text", "https://example.com", plain) == "text"


def test_nothing_is_painted_when_there_is_nothing() -> None:
    assert paint("", "error", ReporterOptions(color=True)) == ""


def test_link_cannot_be_left_by_its_address() -> None:
    linked = link("text", "https://example.com/\x1b\\\x07 中", ReporterOptions(hyperlinks=True))

    assert linked == "\x1b]8;;https://example.com/%1B%5C%07%20%E4%B8%AD\x1b\\text\x1b]8;;\x1b\\"


def test_file_url_is_absolute_and_encoded() -> None:
    assert file_url(Path("/srv/shop"), "deploy/订单 1.yaml") == "file:///srv/shop/deploy/%E8%AE%A2%E5%8D%95%201.yaml"
