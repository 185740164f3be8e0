"""Which addresses only this network can mean, and which place a redirect leads to."""

from ipaddress import IPv6Address, ip_address

import httpx


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
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_multicast or not address.is_global


def is_same_place(url: httpx.URL, target: httpx.URL) -> bool:
    """Tell whether *target* is on the host of *url*; from http to https it may change the port."""
    if target.host != url.host:
        return False
    upgraded = (url.scheme, target.scheme) == ("http", "https") and not (url.port or target.port)
    return upgraded or (target.scheme, target.port) == (url.scheme, url.port)
