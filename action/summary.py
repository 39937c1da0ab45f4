"""The job's summary: a SARIF log as Markdown, worst findings first, with the way of the first request that loops.

GitHub drops a summary of more than 1 MiB as a whole, so what does not fit is counted instead.
"""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING, Any, Final

from action.code_scanning import LEVELS, Log
from action.texts import say
from tkelint.reporters.markdown_text import flowchart, link, plain, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LIMIT: Final = 2**20
_MISSED_SHOWN = 50
_ROOM_FOR_THE_REST = 4096  # the line that counts what was left out


def summary(log: Log, environment: Mapping[str, str], limit: int = LIMIT, remark: str = "") -> str:
    """The summary, at most `limit` bytes of UTF-8. A remark, already Markdown, follows the counts."""
    head = "\n\n".join((*_head(log), *([remark] if remark else ()))) + "\n"
    tail = "".join(f"\n{block}\n" for block in (_first_path(log), *_listed(log)) if block)
    room = limit - len(head.encode()) - len(tail.encode()) - _ROOM_FOR_THE_REST
    return head + _table(log, environment, room) + tail


def failure(status: int, language: str) -> str:
    """The summary of a run that wrote no report."""
    return f"## tkelint\n\n{say('no-report', language, status=status)}\n"


def _head(log: Log) -> Iterator[str]:
    yield "## tkelint"
    counts = {level: log.count(level) for level in LEVELS}
    missed = len(list(log.not_looked_at()))
    if not any(counts.values()):
        yield say("caused-nothing" if log.compared_with else "clean", log.language)
    if missed or any(counts.values()):
        yield say("counts", log.language, missed=missed, **counts)
    if log.compared_with:
        yield say("compared", log.language, old=plain(log.compared_with), unchanged=log.unchanged)


def _table(log: Log, environment: Mapping[str, str], room: int) -> str:
    """The findings as a table of at most `room` bytes, and how many did not fit."""
    results = log.results
    if not results:
        return ""
    titles = [say(key, log.language) for key in ("severity", "rule", "place", "problem")]
    lines = ["", row(titles), row(["---"] * len(titles))]
    room -= sum(len(line.encode()) + 1 for line in lines)
    shown = 0
    for result in results:
        line = _finding(log, result, environment)
        room -= len(line.encode()) + 1
        if room < 0:
            break
        lines.append(line)
        shown += 1
    if shown < len(results):
        lines += ["", say("more", log.language, count=len(results) - shown)]
    return "\n".join(lines) + "\n"


def _finding(log: Log, result: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    place = result["locations"][0]["physicalLocation"]
    return row(
        (
            say(result["level"], log.language),
            link(result["ruleId"], _help_address(log, result["ruleIndex"])),
            link(_place(place), _address(place, environment)),
            plain(_message(result)),
        )
    )


def _help_address(log: Log, index: int) -> str | None:
    rules = log.run["tool"]["driver"]["rules"]
    return rules[index].get("helpUri") if 0 <= index < len(rules) else None


def _message(result: Mapping[str, Any]) -> str:
    """The message in the language of the run, without the English below it."""
    return str(result["message"]["text"]).partition("\n")[0]


def _place(place: Mapping[str, Any]) -> str:
    path = urllib.parse.unquote(place["artifactLocation"]["uri"])
    region = place["region"]
    return f"{path}:{region['startLine']}:{region['startColumn']}"


def _address(place: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    """The page of the line at the commit that was linted; none for a file outside of the repository."""
    uri = place["artifactLocation"]["uri"]
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    server, repository, commit = (environment.get(name) for name in names)
    if not (server and repository and commit) or uri.startswith(("file:", "/", "../")):
        return None
    return f"{server}/{repository}/blob/{commit}/{uri}#L{place['region']['startLine']}"


def _first_path(log: Log) -> str:
    """The worst finding that is proven by a path, with a picture of it."""
    result = next((result for result in log.results if result.get("codeFlows")), None)
    if result is None:
        return ""
    hops = result["codeFlows"][0]["threadFlows"][0]["locations"]
    labels = [hop["location"]["message"]["text"] for hop in hops]
    return f"### {say('path', log.language)}\n\n{plain(_message(result))}\n\n{flowchart(labels)}"


def _listed(log: Log) -> Iterator[str]:
    """What was not looked at, and what was not rendered, each folded away."""
    yield _folded("missed", list(log.not_looked_at()), log.language)
    yield _folded("unrendered", log.unrendered, log.language)


def _folded(heading: str, texts: Sequence[str], language: str) -> str:
    if not texts:
        return ""
    items = [f"- {plain(text)}" for text in texts[:_MISSED_SHOWN]]
    if len(texts) > _MISSED_SHOWN:
        items.append(f"- {say('missed-more', language, count=len(texts) - _MISSED_SHOWN)}")
    return "\n".join([f"<details><summary>{say(heading, language)}</summary>", "", *items, "", "</details>"])
