"""The worlds of a run: each is one cluster, as far as it is known, with its own facts and externals.

Most repositories have one. Overlays and charts make more: two overlays of a base are two worlds, in which the same
object is no duplicate. Without `clusters` in the configuration, plain manifests are a world, and each render is one in
which the plain manifests are known. What another render has may be in the same cluster or not, so that a reference to
it is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkelint.elsewhere import Elsewhere
from tkelint.engine import World, Worlds
from tkelint.kustomize import read_kustomizations
from tkelint.reader import FileState, FileStatus, Reading, kustomizations_in
from tkelint.rendered import Render, readings_of
from tkelint.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from tkelint.config import Config
    from tkelint.config.model import Cluster
    from tkelint.elsewhere import Others
    from tkelint.kustomize import Kustomizations


# What is no object by itself and was looked at all the same, as a part of an overlay.
_PARTS = frozenset({"kustomization", "kustomize-patch"})


class _Rendered(NamedTuple):
    """A render and its readings."""

    render: Render
    readings: Sequence[Reading]


def worlds_of(readings: Sequence[Reading], renders: Sequence[Render], config: Config) -> Worlds:
    """The worlds of what was read and rendered."""
    targets = {reading.source.path for reading in readings if reading.targeted}
    rendered = [_Rendered(each, readings_of(each, targeted=_is_targeted(each, targets))) for each in renders]
    replaced = {path for each in renders for path in each.replaces}
    plain = [_as_it_stands(reading, replaced) for reading in _with_failures(readings, rendered)]
    return Worlds(
        tuple(_worlds(plain, rendered, config)),
        tuple(_with_renders(readings, rendered)),
        tuple(_statuses(readings, rendered, replaced)),
        frozenset(reading.source.path for reading in readings if not reading.targeted),
    )


def _is_targeted(render: Render, targets: Collection[str]) -> bool:
    failed = {failure.place.source.path for failure in render.failures}
    return any(path in targets for path in (*render.replaces, *render.inputs, *failed))


def _with_failures(readings: Sequence[Reading], rendered: Sequence[_Rendered]) -> Iterator[Reading]:
    """The readings, with what tools complain of in files that they made nothing of."""
    failed = {each.source.path: each for one in rendered if not one.render.files for each in one.readings}
    for reading in readings:
        failure = failed.pop(reading.source.path, None)
        yield reading if failure is None else reading._replace(errors=(*reading.errors, *failure.errors))
    yield from failed.values()


def _as_it_stands(reading: Reading, replaced: Collection[str]) -> Reading:
    """A file among plain manifests: of what was rendered the objects are known by what became of them."""
    if reading.source.path not in replaced:
        return reading
    return reading._replace(resources=(), documents=(), unread=(), status=reading.status._replace(reason=""))


def _worlds(plain: Sequence[Reading], rendered: Sequence[_Rendered], config: Config) -> Iterator[World]:
    """Those of the configuration, then those that none of it claims."""
    made = [each for each in rendered if each.render.files]
    names = names_of(each.render.name for each in made)
    claimed: set[str] = set()
    for cluster in config.clusters:
        inside = [reading for reading in plain if cluster.has(reading.source.path)]
        own = [each for each in made if cluster.has_render(each.render.name)]
        claimed |= {reading.source.path for reading in inside} | {each.render.name for each in own}
        yield _of_cluster(cluster, plain, inside, own, config)
    rest = [each for each in made if each.render.name not in claimed]
    left = [_known(reading) if reading.source.path in claimed else reading for reading in plain]
    is_open = any(not each.render.complete for each in rendered)
    kustomizations = _kustomizations(left, is_open=is_open or (bool(rendered) and _renames(left)))
    elsewhere = Elsewhere([each.readings for each in rest])
    if any(_says_something(reading) for reading in left) or not (config.clusters or rest):
        yield _world("", left, config, kustomizations, elsewhere.seen_from(None))
    known = [_known(reading) for reading in left] if rest else []
    for index, each in enumerate(rest):
        others = elsewhere.seen_from(index)
        yield _world(names[each.render.name], [*known, *each.readings], config, kustomizations, others)


def _of_cluster(
    cluster: Cluster, plain: Sequence[Reading], inside: Sequence[Reading], own: Sequence[_Rendered], config: Config
) -> World:
    """A cluster of the configuration: its files and renders together, and nothing that it is not said to have."""
    paths = {reading.source.path for reading in inside}
    context = [_known(each) for each in plain if each.source.path not in paths and _knows(cluster, each, config)]
    readings = [*inside, *context, *(reading for each in own for reading in each.readings)]
    kustomizations = _kustomizations(readings, is_open=any(not each.render.complete for each in own))
    return _world(cluster.name, readings, config.of_cluster(cluster), kustomizations)


def _knows(cluster: Cluster, reading: Reading, config: Config) -> bool:
    """Whether a file is read for the references of a cluster."""
    return cluster.knows(reading.source.path) or config.knows(reading.source.path)


def _world(
    name: str,
    readings: Sequence[Reading],
    config: Config,
    kustomizations: Kustomizations,
    elsewhere: Others | None = None,
) -> World:
    def workspace() -> Workspace:
        facts = config.facts(resource for reading in readings for resource in reading.resources)
        return Workspace(
            readings, facts, externals=config.externals, kustomizations=kustomizations, elsewhere=elsewhere
        )

    return World(name, readings, workspace)


def _kustomizations(readings: Iterable[Reading], *, is_open: bool) -> Kustomizations:
    """What kustomizations that were not built say of the files beside them."""
    unbuilt = [reading for reading in readings if not reading.is_rendered]
    found = read_kustomizations(kustomizations_in(unbuilt))
    return found._replace(generated=found.generated | {"*"}) if is_open else found


def _says_something(reading: Reading) -> bool:
    """Whether rules look at a file."""
    return reading.targeted and bool(reading.resources or reading.errors)


def _renames(readings: Iterable[Reading]) -> bool:
    """Whether a kustomization that was not built gives other names to the objects beside it."""
    return any(
        isinstance(value, dict) and (value.get("namePrefix") or value.get("nameSuffix"))
        for _, value in kustomizations_in(readings)
    )


def _known(reading: Reading) -> Reading:
    """The reading of a file that is known and not linted."""
    resources = tuple(resource.untargeted() for resource in reading.resources)
    return reading._replace(targeted=False, resources=resources)


def _with_renders(readings: Sequence[Reading], rendered: Sequence[_Rendered]) -> Iterator[Reading]:
    """Every reading once; that of a file which could not be read as it stands has the objects rendered from it."""
    made = {each.source.path: each for one in rendered for each in one.readings}
    for reading in readings:
        became = made.get(reading.source.path)
        if became is not None and not reading.resources:
            yield reading._replace(resources=became.resources, is_rendered=True)
        else:
            yield reading


def _statuses(
    readings: Sequence[Reading], rendered: Sequence[_Rendered], replaced: Collection[str]
) -> Iterator[FileStatus]:
    """What became of each file: of one that was rendered what that came to, the worst of several renders."""
    made: dict[str, FileStatus] = {}
    for one in rendered:
        for reading in one.readings:
            path, status = reading.source.path, reading.status
            made[path] = min(made.get(path, status), status, key=_order)
    for reading in readings:
        path, status = reading.source.path, reading.status
        became = made.get(path)
        if became is not None and (path in replaced or became.state is FileState.UNREADABLE):
            yield became
        elif path in replaced and (status.resources or status.reason in _PARTS):
            state = FileState.LINTED if reading.targeted else FileState.CONTEXT
            yield FileStatus(path=path, state=state, resources=status.resources)
        else:
            yield status
    skipped = {str(status): status for one in rendered for status in one.render.skipped}
    yield from skipped.values()


def _order(status: FileStatus) -> tuple[bool, int]:
    """What weighs most first: what could not be read, then what has most objects."""
    return status.state is not FileState.UNREADABLE, -status.resources


def names_of(paths: Iterable[str]) -> dict[str, str]:
    """The shortest end of each folder that tells it from the others.

    >>> names_of(["web/overlays/prod", "web/overlays/test", "db/overlays/prod"])
    {'web/overlays/prod': 'web/overlays/prod', 'web/overlays/test': 'test', 'db/overlays/prod': 'db/overlays/prod'}
    """
    paths = list(paths)
    ends: dict[str, int] = {}
    for path in paths:
        for end in _ends(path):
            ends[end] = ends.get(end, 0) + 1
    return {path: next((end for end in _ends(path) if ends[end] == 1), path) for path in paths}


def _ends(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[start:]) for start in range(len(parts) - 1, -1, -1))
