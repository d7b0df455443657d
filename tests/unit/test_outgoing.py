"""Which addresses of users are asked: their form, and the machines that their names lead to."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.outgoing import MAX_LENGTH, UnsafeAddressError, destination, is_public, may_reach

PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255"),
    *("169.253.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255", "192.0.1.0", "11.0.0.0", "9.255.255.255"),
    *("2a00:1450::1", "2606:4700::1111", "2001:200::1", "2003::1", "64:ff9b::8.8.8.8"),
]
PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.0.1"),
    *("169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.0.171", "192.0.2.1", "192.88.99.1"),
    *("192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8"),
    *("64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::8.8.8.8", "100::1", "5f00::1"),
    *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
    *("2002:7f00:1::1", "2002:808:808::1", "3fff::1", "3fff:fff::1", "4000::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "febf::1", "fe80::1%eth0", "2a00:1450::1%eth0", "fec0::1", "ff02::1", "ff0e::1"),
]


@pytest.mark.parametrize("machine", PUBLIC)
def test_machines_of_the_internet(machine: str) -> None:
    assert is_public(ip_address(machine))


@pytest.mark.parametrize("machine", PRIVATE)
def test_machines_that_nobody_is_sent_to(machine: str) -> None:
    assert not is_public(ip_address(machine))
    assert not may_reach(machine, destination("https://a.example", is_development=False), is_development=False)


@given(st.ip_addresses(v=4))
def test_what_the_registry_calls_private_is_never_public(machine: IPv4Address) -> None:
    if is_public(machine):
        assert not any((machine.is_private, machine.is_loopback, machine.is_link_local, machine.is_multicast))
        assert not machine.is_reserved
        assert machine not in IPv4Network("100.64.0.0/10")


@given(st.ip_addresses(v=6))
def test_nor_of_the_new_internet(machine: IPv6Address) -> None:
    if is_public(machine):
        assert machine in IPv6Network("2000::/3") or machine in IPv6Network("64:ff9b::/96")
        assert not any((machine.is_private, machine.is_multicast, machine.is_link_local, machine.is_site_local))
        assert machine.ipv4_mapped is None
        assert machine.sixtofour is None
        assert machine.teredo is None


@given(st.ip_addresses(v=4))
def test_an_old_address_inside_a_new_one_is_no_way_around(machine: IPv4Address) -> None:
    hidden = int(machine)
    assert is_public(IPv6Address((0x64FF9B << 96) | hidden)) == is_public(machine)
    assert not is_public(IPv6Address((0xFFFF << 32) | hidden))
    assert not is_public(IPv6Address((0x2002 << 112) | (hidden << 80)))
    assert not is_public(IPv6Address(hidden))


@pytest.mark.parametrize("text", ["", "localhost", "8.8.8.8:53", "8.8.8", "0x8.8.8.8", "[::1]", "a.example"])
def test_what_is_no_address_is_not_asked(text: str) -> None:
    for is_development in (True, False):
        asked = destination("https://a.example", is_development=is_development)
        assert not may_reach(text, asked, is_development=is_development)


def test_in_development_this_machine_may_be_asked_and_no_other_without_tls() -> None:
    plain = destination("http://localhost:8080", is_development=True)
    secure = destination("https://a.example", is_development=True)
    for machine in ("127.0.0.1", "::1"):
        assert may_reach(machine, plain, is_development=True)
        assert may_reach(machine, secure, is_development=True)
        assert not may_reach(machine, secure, is_development=False)
    for machine in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1"):
        assert not may_reach(machine, plain, is_development=True)
    assert not may_reach("10.0.0.1", secure, is_development=True)


@pytest.mark.parametrize(
    ("url", "host", "port", "target", "authority"),
    [
        ("https://a.example", "a.example", 443, "/", "a.example"),
        ("https://A.Example/Hook?a=%20b&c", "a.example", 443, "/Hook?a=%20b&c", "a.example"),
        ("https://a.example?x=1", "a.example", 443, "/?x=1", "a.example"),
        ("https://a.example:443/", "a.example", 443, "/", "a.example"),
        ("https://a.example:8443/x@y:z", "a.example", 8443, "/x@y:z", "a.example:8443"),
        ("https://xn--mllheim-n2a.example/", "xn--mllheim-n2a.example", 443, "/", "xn--mllheim-n2a.example"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/", "8.8.8.8"),
        ("https://[2a00:1450::1]:1024/", "2a00:1450::1", 1024, "/", "[2a00:1450::1]:1024"),
    ],
)
def test_addresses_that_are_asked(url: str, host: str, port: int, target: str, authority: str) -> None:
    asked = destination(url, is_development=False)
    assert (asked.host, asked.port, asked.target, asked.authority) == (host, port, target, authority)
    assert asked.at("8.8.8.8") == f"https://8.8.8.8:{port}{target}"
    assert asked.at("2a00::1") == f"https://[2a00::1]:{port}{target}"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "a.example",
            "//a.example",
            "ftp://a.example",
            "HTTPS://a.example",
            "http://a.example",
            "https:a.example",
        ),
        *(
            "https://",
            "https:///x",
            "https://user@a.example",
            "https://user:pw@a.example",
            "https://a.example@b.example",
        ),
        *("https://a.example#x", "https://a.example/#", "https://a.example\\@b.example", "https://a.example/\\"),
        *("https://a.example:0", "https://a.example:22", "https://a.example:80", "https://a.example:1023"),
        *("https://a.example:65536", "https://a.example:", "https://a.example:+443", "https://a.example:４43"),
        *(
            "https://a b.example",
            "https://a.example/a b",
            " https://a.example",
            "https://a.example\n",
            "https://a.example/\r\nX:",
        ),
        *("https://ä.example", "https://a。example", "https://a.example/ä", "https://a..example", "https://.example"),
        *("https://a.example.", "https://-a.example", "https://a-", "https://intranet", "https://localhost"),
        *("https://127.0.0.1", "https://127.1", "https://2130706433", "https://0x7f000001", "https://0177.0.0.1"),
        *("https://10.0.0.1", "https://a.0x7f", "https://a.1", "https://169.254.169.254", "https://[::1]"),
        *("https://[::ffff:8.8.8.8]", "https://[fe80::1%25eth0]", "https://[1.2.3.4]", "https://[::1", "https://::1"),
        "https://" + "a" * 64 + ".example",
        "https://a.example/" + "a" * MAX_LENGTH,
    ],
)
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(UnsafeAddressError):
        destination(url, is_development=False)


@pytest.mark.parametrize(
    "url",
    ["http://a.example", "http://8.8.8.8", "http://localhost:22", "http://127.0.0.1:1", "http://localhost.a.example"],
)
def test_development_opens_nothing_but_this_machine(url: str) -> None:
    with pytest.raises(UnsafeAddressError):
        destination(url, is_development=True)


@given(st.text(max_size=80).map(lambda text: f"https://{text}") | st.text(max_size=40))
def test_whatever_passes_names_one_host_and_one_port(url: str) -> None:
    try:
        asked = destination(url, is_development=False)
    except UnsafeAddressError:
        return
    assert asked.scheme == "https"
    assert asked.port == 443 or 1024 <= asked.port <= 65_535
    assert not set(asked.authority) & set(" \\@#/?\r\n\t")
    assert not set(asked.target) & set(" \\#\r\n\t")
    assert asked.authority.isascii()
    assert "." in asked.host or ":" in asked.host
