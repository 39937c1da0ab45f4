"""The report as one HTML page that needs nothing else: filters, frames with colours, and the path of a request drawn.

`values` makes the data of the page, `pictures` the drawings, `words` what it says; the scripts in `page/` show it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tkelint.reporters.graph.svg import STYLE
from tkelint.reporters.html.values import page_value
from tkelint.reporters.web_page import web_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions

_FOLDER: Final = Path(__file__).parent / "page"
_SCRIPTS: Final = ("state", "filters", "elements", "code", "picture", "details", "list", "paper", "controls")


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The page, in both languages, beginning with that of the options."""
    scripts = [_FOLDER / f"{name}.js" for name in _SCRIPTS]
    styles = (STYLE, _FOLDER / "page.css", _FOLDER / "finding.css")
    return web_page(_FOLDER / "page.html", scripts, styles, page_value(report, options))
