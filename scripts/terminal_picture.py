"""Draw what a command prints on a terminal as an SVG picture, for the README.

    scripts/terminal_picture.py --width 90 docs/pictures/shop.svg -- tkelint examples/shop

The command runs with colours forced and the given width. The picture is text, not pixels; it loads nothing, neither
fonts nor scripts, and shows in the reader's own monospaced and Chinese fonts. `rich` reads the ANSI sequences. Its own
SVG export gives Chinese text half of the room it needs, so the drawing is done here, with a position for every run of
narrow or of wide characters: carets stand under their text whatever the fonts are.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.style import Style

# Readable on light and on dark pages: the picture brings its own background.
THEME = TerminalTheme(
    (13, 17, 23),
    (201, 209, 217),
    [
        *((72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34)),
        *((88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)),
    ],
)
LATIN_FONTS = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono'"
CHINESE_FONTS = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC'"
CELL, LINE = 8.4, 20
FONT_SIZE, WIDE_FONT_SIZE = 14, 16  # a wide character fills two cells
MARGIN, BAR = 16, 36

# A piece of text without two blanks in a row, which not every viewer keeps.
PIECE = re.compile(r"\S+(?: \S+)*")


def main() -> int:
    """Run the command and write the picture. The command's exit status does not matter: findings make it 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=90, help="columns of the terminal")
    parser.add_argument("--lines", type=int, help="draw only so many lines")
    parser.add_argument("--title", help="what stands in the title bar (default: the command)")
    parser.add_argument("picture", type=Path, help="the SVG file to write")
    parser.add_argument("command", nargs="+", help="the command with its arguments")
    options = parser.parse_args()
    lines = run(options.command, options.width).rstrip("\n").split("\n")[: options.lines]
    title = " ".join(options.command) if options.title is None else options.title
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    options.picture.write_text("\n".join(draw(lines, options.width, title)) + "\n", encoding="utf-8")
    return 0


def run(command: list[str], width: int, folder: Path | None = None) -> str:
    """What a command prints on a terminal of this width, run in a folder (default: the current one)."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(width), "FORCE_HYPERLINK": "0"}
    environment.pop("NO_COLOR", None)
    outcome = subprocess.run(
        command, check=False, cwd=folder, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return outcome.stdout


def draw(lines: list[str], columns: int, title: str) -> Iterator[str]:
    """The SVG of lines with ANSI sequences: a window with a title bar, and the text in it."""
    width, height = columns * CELL + 2 * MARGIN, len(lines) * LINE + BAR + MARGIN
    background, foreground = THEME.background_color.hex, THEME.foreground_color.hex
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    yield f"<title>{escape(title)}</title>"
    fonts = f"{FONT_SIZE}px {LATIN_FONTS}, {CHINESE_FONTS}, monospace"
    yield f"<style>text {{ font: {fonts}; fill: {foreground} }} .wide {{ font-size: {WIDE_FONT_SIZE}px }}</style>"
    yield f'<rect width="100%" height="100%" rx="8" fill="{background}"/>'
    for index, color in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        yield f'<circle cx="{MARGIN + 6 + 20 * index}" cy="18" r="6" fill="{color}"/>'
    yield f'<text x="{width / 2:g}" y="23" text-anchor="middle" fill-opacity="0.7">{escape(title)}</text>'
    console = Console(width=columns, color_system="truecolor")
    for number, line in enumerate(lines):
        yield from draw_line(line, BAR + number * LINE + FONT_SIZE, console)
    yield "</svg>"


def draw_line(line: str, baseline: int, console: Console) -> Iterator[str]:
    """One line of the terminal, each run at its own place."""
    cells = 0
    for segment in Text.from_ansi(line, end="").render(console):
        for offset, run_ in runs(segment.text):
            x, room = MARGIN + (cells + offset) * CELL, cell_len(run_) * CELL
            kind = ' class="wide"' if is_wide(run_[0]) else ""
            place = f'x="{x:.1f}" y="{baseline}" textLength="{room:.1f}"'
            yield f"<text {place}{kind}{style_of(segment.style)}>{escape(run_)}</text>"
        cells += cell_len(segment.text)


def runs(text: str) -> Iterator[tuple[int, str]]:
    """The pieces of a text that are all narrow or all wide, each with the cell where it starts."""
    cells = 0
    for _, group in itertools.groupby(text, key=is_wide):
        characters = "".join(group)
        for match in PIECE.finditer(characters):
            yield cells + cell_len(characters[: match.start()]), match[0]
        cells += cell_len(characters)


def is_wide(character: str) -> bool:
    """Whether a character takes two cells."""
    return cell_len(character) == 2


def style_of(style: Style | None) -> str:
    """Colour, weight and faintness of a style as an attribute, nothing for the defaults."""
    declarations = []
    if style is not None and style.color is not None and not style.color.is_default:
        declarations.append(f"fill:{style.color.get_truecolor(THEME).hex}")
    if style is not None and style.bold:
        declarations.append("font-weight:bold")
    if style is not None and style.dim:
        declarations.append("opacity:0.6")
    return f' style="{";".join(declarations)}"' if declarations else ""


if __name__ == "__main__":
    sys.exit(main())
