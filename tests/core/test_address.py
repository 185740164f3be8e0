"""Where the page may be served, as the operator writes it."""

import pytest

from pipeline_health.core.model.address import DEFAULT, Address, parse_address


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        (DEFAULT, "127.0.0.1", 8484, True),
        ("localhost:80", "127.0.0.1", 80, True),
        (" LocalHost:0 ", "127.0.0.1", 0, True),
        ("0.0.0.0:8484", "0.0.0.0", 8484, False),  # noqa: S104 - what is refused without a password
        ("10.1.2.3:65535", "10.1.2.3", 65535, False),
        ("[::1]:8484", "::1", 8484, True),
        ("[::]:8484", "::", 8484, False),
        ("[0:0::1]:1", "::1", 1, True),
    ],
)
def test_an_address_and_a_port_are_read(text: str, host: str, port: int, *, loopback: bool) -> None:
    """And written as one would write them."""
    address = parse_address(text)
    assert address == Address(host=host, port=port)
    assert address.is_loopback is loopback
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "8484", ":8484", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1"),
        *("127.0.0.1:٣", "status.example:80", "::1:8484", "[::1]", "[127.0.0.1]:80", "http://x:1"),
        *("127.1:80", "[::1:80", "off"),
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    """A name would be looked up, and could be anybody's."""
    assert parse_address(text) is None
