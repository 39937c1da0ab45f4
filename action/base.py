"""What the findings of a run are compared with: the base of a pull request or of a merge queue's group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from action.runner import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tkelint.git_objects import Repository


class Base(NamedTuple):
    """A revision as `--since` takes it, empty for none, and the text that says why a pull request has none."""

    revision: str = ""
    obstacle: str = ""


def base_of(environment: Mapping[str, str], event: Mapping[str, Any], paths: Sequence[str]) -> Base:
    """What the input `since` means: a revision, `none`, or with `auto` the base that the event names."""
    wanted = text_of(environment, "since") or "auto"
    if wanted != "auto":
        return Base("" if wanted == "none" else wanted)
    named = _named(environment.get("GITHUB_EVENT_NAME", ""), event)
    if named is None:
        return Base()
    from tkelint.git_objects import GitError  # noqa: PLC0415 - most runs compare with nothing

    try:
        return Base(_revision(*named, _repository(environment, paths)))
    except GitError:
        return Base(obstacle="no-base")


def _named(name: str, event: Mapping[str, Any]) -> tuple[str, str] | None:
    """The base that an event names, and the head of a pull request.

    `pull_request_target` is left out: its checkout is the base, unless the workflow takes another one.
    """
    if name == "pull_request":
        pull_request = event.get("pull_request") or {}
        base, head = (str((pull_request.get(side) or {}).get("sha", "")) for side in ("base", "head"))
        return base, head
    if name == "merge_group":
        return str((event.get("merge_group") or {}).get("base_sha", "")), ""
    return None


def _revision(base: str, head: str, repository: Repository) -> str:
    """The base as the checkout has it. Raises `GitError` where it does not.

    GitHub checks out the merge of the pull request, whose first parent is the base as it is now; two commits are enough
    to have it. The commit of the event may be older.
    """
    parents = repository.parents("HEAD")
    if head and parents[1:] == (head,):
        return repository.commit(parents[0]) + ".."
    commit = repository.commit(base)
    repository.merge_base(commit, repository.commit("HEAD"), base)
    return commit


def _repository(environment: Mapping[str, str], paths: Sequence[str]) -> Repository:
    """The repository that the paths lie in: the checkout, or one below the workspace."""
    from tkelint.discovery import common_folder  # noqa: PLC0415 - as above
    from tkelint.git_objects import Repository  # noqa: PLC0415
    from tkelint.gitignore import find_git_root  # noqa: PLC0415

    folder = common_folder(paths)
    return Repository(find_git_root(folder) or Path(folder), environment)
