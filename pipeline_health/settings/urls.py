"""Which URLs a secret may be sent to."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def url_problem(url: str, *, query: bool = False) -> str | None:
    """Say what is wrong with *url* as a base URL, None when nothing is; never repeats the URL.

    It must be https, or http on this very machine, and hold no user, password, fragment, and no
    query unless *query* allows one.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is no URL; expected https://host/path"
    if not host or port == 0 or not url.isprintable() or " " in url:
        return "is no URL; expected https://host/path"
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        return "is not https; expected https://… (http:// is for this machine only)"
    return _surplus(parts, query=query)


def is_loopback(host: str) -> bool:
    """Tell whether *host* can only be this machine (RFC 6761 for names)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _surplus(parts: SplitResult, *, query: bool) -> str | None:
    if "@" in parts.netloc:
        return "holds a user name or a password; expected a URL without"
    if parts.fragment or (parts.query and not query):
        return "holds a query or a fragment; expected a URL without"
    return None
