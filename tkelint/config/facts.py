"""What the configuration declares of a cluster: its facts, and the objects that exist elsewhere."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

from tkelint.cluster import Clb, External
from tkelint.config.problems import shown
from tkelint.patterns import pattern
from tkelint.security_group import AllowanceError, SecurityGroup, parse_allowance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.config.problems import Complaints
    from tkelint.syntax.document import FieldPath

_DOMAIN_NAME: Final = pattern(r"(?=.{1,253}\Z)[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?(?:\.[0-9A-Za-z-]{1,63})*\Z")
_DIGITS_AND_DOTS: Final = pattern(r"[0-9.]+\Z")


def declared_facts(values: Mapping[str, Any], path: FieldPath, complaints: Complaints) -> dict[str, Any]:
    """The values of the facts that stand at a path, as rules ask for them."""
    facts = dict(values)
    if facts.get("inClusterClients") == "unknown":
        del facts["inClusterClients"]
    if "features" in facts:
        facts["features"] = tuple(each for each in facts["features"] if each is not None)
    if "nodeSecurityGroup" in facts:
        facts["nodeSecurityGroup"] = _group(facts["nodeSecurityGroup"], (*path, "nodeSecurityGroup"), complaints)
    if "securityGroups" in facts:
        groups = facts["securityGroups"].items()
        facts["securityGroups"] = {
            identity: _group(group, (*path, "securityGroups", identity), complaints) for identity, group in groups
        }
    if "clbs" in facts:
        clbs = facts["clbs"].items()
        facts["clbs"] = {identity: _clb(clb, (*path, "clbs", identity), complaints) for identity, clb in clbs}
    return facts


def _group(value: Mapping[str, Any], path: FieldPath, complaints: Complaints) -> SecurityGroup:
    rules = []
    for index, text in enumerate(value.get("allow", ())):
        if text is not None:
            try:
                rules.append(parse_allowance(str(text)))
            except AllowanceError as error:
                place = (*path, "allow", index)
                complaints.add(place, "not-an-allowance", suggestion=error.near, value=shown(text))
    return SecurityGroup(tuple(rules))


def _clb(value: Mapping[str, Any], path: FieldPath, complaints: Complaints) -> Clb:
    address = value.get("address", "")
    if address and not _is_host(address):
        complaints.add((*path, "address"), "not-an-address", value=shown(address))
    return Clb(
        network=value.get("network"),
        address=address,
        created_by=value.get("createdBy"),
        pass_to_target=value.get("passToTarget"),
        type=value.get("type"),
        used_by_other_cluster=value.get("usedByOtherCluster"),
        listener_quota=value.get("listenerQuota"),
    )


def _is_host(text: str) -> bool:
    """Whether a text is an IP address or a domain name. Digits and dots alone are meant as an address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _DOMAIN_NAME.match(text) is not None and not _DIGITS_AND_DOTS.match(text)
    return True


def external(value: Mapping[str, Any]) -> External:
    """An object that is declared to exist elsewhere."""
    return External(
        kind=value.get("kind", ""),
        name=value.get("name", ""),
        namespace=value.get("namespace"),
        ports=tuple(value.get("ports", ())),
        hosts=tuple(value.get("hosts", ())),
        reason=value.get("reason", ""),
    )


def entries_of(value: Mapping[str, Any], key: str) -> Iterator[tuple[FieldPath, Any]]:
    """The sound items of a list, each with its path."""
    for index, each in enumerate(value.get(key, ())):
        if each is not None:
            yield (key, index), each
