"""Links of a built site that lead nowhere: pages and files that are not there, anchors that no page has.

Pages elsewhere are not fetched, so that a build needs no network and no third party can break it; their addresses are
held against a pattern: `https`, a host name with a dot, nothing that stands for an address still to be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

_ELSEWHERE: Final = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[^\s<>\"{}|\\^`]*)?(?:\?[^\s<>]*)?(?:#.*)?")
_ATTRIBUTES: Final = {"a": "href", "img": "src", "script": "src", "link": "href"}


class _Page(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what links and what can be linked to."""
        values = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := values.get(name))}
        link = values.get(_ATTRIBUTES.get(tag, ""))
        if link is not None and values.get("rel") not in ("canonical", "preconnect"):
            self.links.append(link)


def dead_links(site: Path, root: str = "/") -> Iterator[str]:
    """`page: link` for each link of the site that leads nowhere. `root` is the path under which it is published."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        for link in dict.fromkeys(page.links):
            if not _is_alive(link.replace(root, "/", 1) if link.startswith(root) else link, path, site, pages):
                yield f"{path.relative_to(site)}: {link}"


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _is_alive(link: str, path: Path, site: Path, pages: dict[Path, _Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme in ("data", "mailto", "javascript"):
        return parts.scheme != "javascript"
    if parts.scheme or parts.netloc:
        return _ELSEWHERE.fullmatch(link) is not None
    target = _target(unquote(parts.path), path, site)
    if not target.is_file():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in {*pages[target].anchors, "__skip"}


def _target(link: str, path: Path, site: Path) -> Path:
    """The file that a link of a page means, which 404.html has from the root."""
    if not link:
        return path
    target = Path(f"{site}{link}" if link.startswith("/") else path.parent / link).resolve()
    return target / "index.html" if target.is_dir() else target
