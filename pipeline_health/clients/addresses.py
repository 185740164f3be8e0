"""Which addresses only this network can mean, and which place a redirect leads to."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

# An IPv4 address in the last 32 bits: compatible, translated (RFC 6052, 6145), and local NAT64.
_CARRIERS = tuple(map(IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")))


def is_internal(host: str) -> bool:
    """Tell whether *host* is this machine, or an address that is not public.

    Private networks, loopback, link-local (where clouds keep their metadata), and what is reserved.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (address.is_site_local or any(_carried(address))):
        return True
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_multicast or not address.is_global


def _carried(address: IPv6Address) -> Iterator[bool]:
    """Tell of each IPv4 address that *address* leads to by way of a gateway whether it is ours."""
    inner = [IPv4Address(int(address) & 0xFFFFFFFF) for net in _CARRIERS if address in net]
    if address.sixtofour is not None:
        inner.append(address.sixtofour)
    return (not each.is_global for each in inner)


def is_same_place(url: httpx.URL, target: httpx.URL) -> bool:
    """Tell whether *target* is on the host of *url*; from http to https it may change the port."""
    if target.host != url.host:
        return False
    upgraded = (url.scheme, target.scheme) == ("http", "https") and not (url.port or target.port)
    return upgraded or (target.scheme, target.port) == (url.scheme, url.port)
