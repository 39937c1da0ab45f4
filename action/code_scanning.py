"""What goes to code scanning: whether a workflow may upload at all, and what the SARIF file says of the run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LEVELS: Final = ("error", "warning", "note")

# Their token is read-only when the pull request comes from a fork; `pull_request_target` has one that can write.
_READ_ONLY_EVENTS: Final = ("pull_request", "pull_request_review", "pull_request_review_comment")


def obstacle(environment: Mapping[str, str], event: Mapping[str, Any]) -> str | None:
    """Why the token of this run surely cannot upload: `fork`, `dependabot`, or None when nothing speaks against it.

    Dependabot's pull requests can (docs.github.com, "Resource not accessible"), its pushes cannot.
    """
    name = environment.get("GITHUB_EVENT_NAME", "")
    if name == "push" and environment.get("GITHUB_ACTOR") == "dependabot[bot]":
        return "dependabot"
    if name in _READ_ONLY_EVENTS and _head_repository(event).lower() != environment["GITHUB_REPOSITORY"].lower():
        return "fork"
    return None


def _head_repository(event: Mapping[str, Any]) -> str:
    """`owner/name` of the repository that a pull request comes from; empty when that fork has been deleted."""
    repository = (event.get("pull_request") or {}).get("head", {}).get("repo") or {}
    return str(repository.get("full_name", ""))


@dataclass(frozen=True)
class Log:
    """A SARIF log that tkelint wrote: one run."""

    value: Mapping[str, Any]

    @property
    def run(self) -> dict[str, Any]:
        """The only run."""
        run: dict[str, Any] = self.value["runs"][0]
        return run

    @property
    def results(self) -> list[dict[str, Any]]:
        """The results of the job, worst first, otherwise in the order of the file.

        Those that were there before the change are only in the file, for code scanning.
        """
        caused = [result for result in self.run["results"] if result.get("baselineState") != "unchanged"]
        return sorted(caused, key=lambda result: LEVELS.index(result["level"]))

    @property
    def unchanged(self) -> int:
        """How many results were there before the change."""
        return len(self.run["results"]) - len(self.results)

    @property
    def compared_with(self) -> str:
        """What the results were compared with: `main (1a2b3c4d5)`; empty without a comparison."""
        return str(self._comparison.get("old", ""))

    @property
    def unrendered(self) -> Sequence[str]:
        """The files of the change that were compared as they stand, since nothing rendered them."""
        return tuple(self._comparison.get("unrendered", ()))

    @property
    def _comparison(self) -> Mapping[str, Any]:
        comparison: Mapping[str, Any] = self.run.get("properties", {}).get("comparison", {})
        return comparison

    @property
    def language(self) -> str:
        """The language that the messages begin in: `en` or `zh`."""
        return str(self.run.get("language", "en"))[:2]

    def count(self, level: str) -> int:
        """How many results have this level."""
        return Counter(result["level"] for result in self.results)[level]

    def not_looked_at(self) -> Iterator[str]:
        """What tkelint says of each file that it could not look at."""
        for notice in self.run["invocations"][0].get("toolExecutionNotifications", ()):
            if notice["level"] == "warning" and notice.get("locations"):
                yield str(notice["message"]["text"])

    def set_category(self, category: str) -> None:
        """Set the category. It must be in the file: there it beats the `category` of the upload."""
        self.run["automationDetails"] = {"id": category.rstrip("/") + "/"}
