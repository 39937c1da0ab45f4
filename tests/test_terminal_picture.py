"""`scripts/terminal_picture.py`, run as a developer runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "terminal_picture.py"
SVG = "{http://www.w3.org/2000/svg}"
CELL, MARGIN = 8.4, 16

PROGRAM = r"""
import os
print("\x1b[1;31m错误\x1b[0m[<rule>]： a  b")
print("      \x1b[2m^^\x1b[0m", os.environ["FORCE_COLOR"], os.environ["COLUMNS"])
print("left out")
"""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[ET.Element]:
    """The text elements of a picture, without the title."""
    picture = tmp_path_factory.mktemp("pictures") / "docs" / "picture.svg"
    options = ["--width", "40", "--lines", "2", "--title", "tkelint <x>", str(picture)]
    subprocess.run([sys.executable, SCRIPT, *options, "--", sys.executable, "-c", PROGRAM], check=True)
    root = ET.parse(picture).getroot()  # noqa: S314 - our own picture
    assert root.findtext(f"{SVG}title") == "tkelint <x>"
    return root.findall(f"{SVG}text")[1:]


def test_every_run_stands_at_its_cell(texts: list[ET.Element]) -> None:
    places = [(text.text, round((float(text.get("x", "0")) - MARGIN) / CELL, 1)) for text in texts]

    assert places == [
        ("错误", 0),
        ("[<rule>]", 4),
        ("：", 12),
        ("a", 15),
        ("b", 18),
        ("^^", 6),
        ("1 40", 9),
    ]


def test_wide_characters_have_room_for_two_cells(texts: list[ET.Element]) -> None:
    assert [texts[0].get("textLength"), texts[0].get("class")] == [f"{4 * CELL:.1f}", "wide"]
    assert texts[1].get("class") is None


def test_styles_are_drawn(texts: list[ET.Element]) -> None:
    assert texts[0].get("style") == "fill:#ff7b72;font-weight:bold"
    assert texts[1].get("style") is None
    assert texts[5].get("style") == "opacity:0.6"
