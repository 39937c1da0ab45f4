"""What a name of two labels or more leads to: Services, CLBs, or nothing that is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkelint.problem import Related
from tkelint.resolver import Answer, cluster_zones
from tkelint.search_list import meaning_of, search_list
from tkelint.service_names import service_name
from tkelint.services import is_placeholder
from tkelint.traffic import addressed, all_frontends, resolution_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.pods import Workload
    from tkelint.resolver import Resolution
    from tkelint.resource import Resource
    from tkelint.search_list import SearchList
    from tkelint.traffic import Frontend
    from tkelint.workspace import Workspace


_MOST_CANDIDATES = 20  # Services of one name, where the namespace is not said


class Way(NamedTuple):
    """One thing that a name leads to, with the lines that say so: a way to a CLB, or else a Service by its own name."""

    steps: tuple[Related, ...]
    service: Resource
    frontend: Frontend | None = None


class Destination(NamedTuple):
    """Everything a name leads to; where that is nothing, `state` says why: `missing`, `outside`, `unknown`.

    `steps` are then the lines of Corefiles that made it so.
    """

    ways: tuple[Way, ...]
    state: str = ""
    steps: tuple[Related, ...] = ()


class Destinations:
    """The destination of each name, looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._zones = workspace.once(cluster_zones)
        self._services_by_name = _services_by_name(workspace)
        self._known: dict[tuple[str, SearchList | None, str | None], Destination] = {}

    def of(self, name: str, client: Workload) -> Destination:
        """What a name leads to when a client asks for it, whose search list may complete it."""
        searches = search_list(client, self._workspace)
        key = name, searches, client.resource.namespace
        if key not in self._known:
            self._known[key] = self._find(name, client)
        return self._known[key]

    def _find(self, name: str, client: Workload) -> Destination:
        if _is_this_pod(name):
            return Destination(())
        meaning = meaning_of(name, client, self._workspace)
        if meaning is not None and meaning.full_name != name:
            called = meaning.reference.candidates[:_MOST_CANDIDATES]
            if called:
                return Destination(tuple(_way(each, name) for each in called))
            if name.endswith(".svc"):
                name = meaning.full_name
        resolution = resolution_of(name, self._workspace)
        is_service = resolution.answer is Answer.SERVICE
        ways = tuple(self._by_service_name(resolution) if is_service else self._by_frontend(resolution))
        if ways:
            return Destination(ways)
        if is_placeholder(name):
            return Destination(())
        if is_service:
            return Destination((), self._why_nothing(resolution), resolution.steps)
        state = "unknown" if resolution.answer is Answer.UNKNOWN else "outside"
        return Destination((), state, resolution.steps)

    def _by_service_name(self, resolution: Resolution) -> Iterator[Way]:
        name = service_name(resolution.name, self._zones)
        for each in self._services(name.service, name.namespace) if name else ():
            yield _way(each, resolution.name.rstrip("."), resolution.steps)

    def _services(self, name: str, namespace: str) -> Sequence[Resource]:
        known = self._services_by_name
        return known.get((name, namespace)) or known.get((name, None)) or ()

    def _by_frontend(self, resolution: Resolution) -> Iterator[Way]:
        found = addressed(resolution, all_frontends(self._workspace))
        if not found:
            yield from self._by_cluster_address(resolution)
        for frontend in found:
            yield Way(resolution.steps, frontend.resource, frontend)

    def _why_nothing(self, resolution: Resolution) -> str:
        """`missing` where the Services of the namespace are here and none has the name, else `unknown`."""
        name = service_name(resolution.name, self._zones)
        if name is None or (name.service, name.namespace) == ("kubernetes", "default"):
            return "unknown"
        near = self._workspace.once(_service_by_namespace).get(name.namespace)
        if near is None:
            return "unknown"
        is_missing = self._workspace.find("Service", name.service, near, name.namespace).is_missing
        return "missing" if is_missing else "unknown"

    def _by_cluster_address(self, resolution: Resolution) -> Iterator[Way]:
        if resolution.answer is Answer.ADDRESS:
            for service in self._workspace.once(_services_by_address).get(resolution.name, ()):
                node = service.node("spec", "clusterIP")
                reason = Related(node, "cluster-address", {"address": resolution.name, "service": service.label})
                yield Way((*resolution.steps, reason), service)


def _is_this_pod(name: str) -> bool:
    """Whether an address is that of the Pod itself, or of all that it has."""
    return name.startswith("127.") or name in ("0.0.0.0", "localhost.localdomain")  # noqa: S104 - nothing is bound


def _way(service: Resource, name: str, steps: tuple[Related, ...] = ()) -> Way:
    reason = Related(service.node("metadata", "name"), "service", {"name": name, "service": service.label})
    return Way((*steps, reason), service)


def _services_by_name(workspace: Workspace) -> dict[tuple[str, str | None], list[Resource]]:
    found: dict[tuple[str, str | None], list[Resource]] = {}
    for service in workspace.of_type("Service"):
        found.setdefault((service.name, service.namespace), []).append(service)
    return found


def _service_by_namespace(workspace: Workspace) -> dict[str | None, Resource]:
    """One Service of each namespace."""
    return {service.namespace: service for service in workspace.of_type("Service")}


def _services_by_address(workspace: Workspace) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for service in workspace.of_type("Service"):
        address = service.get("spec", "clusterIP")
        if isinstance(address, str) and address.replace(".", "").isdigit():
            found.setdefault(address, []).append(service)
    return found
