from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkelint.syntax.domain_name import (
    covers,
    is_domain_name,
    is_reverse,
    normalise,
    parse_cidr,
    reverse_zones,
    split_transport,
    split_zone_port,
    zones_of,
)
from tkelint.syntax.golang import GoError


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("Example.ORG", ("example.org.",)),
        (".", (".",)),
        ("a.org:53", ("a.org.",)),
        ("tls://a.org", ("a.org.",)),
        ("10.0.0.0/24", ("0.0.10.in-addr.arpa.",)),
        ("10.0.0.0/23", ("0.0.10.in-addr.arpa.", "1.0.10.in-addr.arpa.")),
        ("10.1.2.3/16:53", ("1.10.in-addr.arpa.",)),
        ("0.0.0.0/0", ("in-addr.arpa.",)),
        ("2001:db8::/33", ("0.8.b.d.0.1.0.0.2.ip6.arpa.",)),
        ("10.0.0.0/33", ("10.0.0.0/33.",)),
        ("10.0.0.1", ("10.0.0.1.",)),
        ("a..b", ()),
        ("", ()),
        ("a:", ()),
    ],
)
def test_zones_of_arguments(text: str, zones: tuple[str, ...]) -> None:
    found = zones_of(text)

    assert found[: len(zones)] == zones
    assert bool(found) == bool(zones)


def test_a_mask_off_the_boundary_stands_for_several_zones() -> None:
    network = parse_cidr("2001:db8::/33")

    assert network is not None
    assert len(reverse_zones(network)) == 8


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a:", 'expecting data after last colon: "a:"'),
        ("", 'expecting data after last colon: ""'),
        ("x" * 256, "specified zone is too long: 256 > 255"),
        ("a..b", "zone is not a valid domain name: a..b"),
        ("::/8", "invalid CIDR ::/8"),
    ],
)
def test_zones_are_refused_with_coredns_text(text: str, problem: str) -> None:
    with pytest.raises(GoError) as raised:
        split_zone_port(text)

    assert str(raised.value) == problem


@pytest.mark.parametrize("name", ["a", ".", "a.b.", "*", "a_b", "中文", "x" * 63, r"a\.b", r"a\046", "a b"])
def test_names_that_miekg_dns_takes(name: str) -> None:
    assert is_domain_name(name)


@pytest.mark.parametrize("name", ["", "..", ".a", "a..", "x" * 64, "中" * 22, "a\\", "\\." + "x" * 64])
def test_names_that_miekg_dns_refuses(name: str) -> None:
    assert not is_domain_name(name)


def test_transports_are_exact_lower_case_words() -> None:
    assert split_transport("tls://a") == ("tls", "a")
    assert split_transport("TLS://a") == ("dns", "TLS://a")
    assert split_transport("udp://a") == ("dns", "udp://a")


def test_covering_goes_by_labels() -> None:
    assert covers("a.org.", "x.a.org.")
    assert covers(".", "a.org.")
    assert not covers("a.org.", "xa.org.")


def test_the_reverse_roots_are_no_reverse_zones_to_coredns() -> None:
    assert is_reverse("10.in-addr.arpa.")
    assert not is_reverse("in-addr.arpa.")


@given(st.text(max_size=40))
def test_any_text_is_a_zone_or_refused(text: str) -> None:
    try:
        zones, port = split_zone_port(text)
    except GoError:
        return
    assert zones
    assert all(normalise(zone).endswith(".") for zone in zones)
    assert port == "" or str(int(port)) == port
