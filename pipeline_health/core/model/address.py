"""Where the page is served: an address of this host and a port, `127.0.0.1:8484`, or nowhere."""

from ipaddress import ip_address
from typing import Final

from pipeline_health.frozen import dataclass

OFF: Final = "off"
DEFAULT: Final = "127.0.0.1:8484"
EXPECTED: Final = 'an address and a port, as in "127.0.0.1:8484" or "[::]:8484", or "off"'
_HIGHEST: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A literal address of this host and a port; 0 lets the system choose one."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Tell whether nobody but this host reaches it."""
        return ip_address(self.host).is_loopback

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address | None:
    """Read `ADDRESS:PORT`, None where it is none; `localhost` is 127.0.0.1."""
    host, _, port = text.strip().rpartition(":")
    if not (port.isascii() and port.isdecimal() and int(port) <= _HIGHEST):
        return None
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed != (":" in host):
        return None
    bare = "127.0.0.1" if host.lower() == "localhost" else host.strip("[]")
    try:
        return Address(host=str(ip_address(bare)), port=int(port))
    except ValueError:
        return None
