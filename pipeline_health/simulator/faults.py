"""What can go wrong between a client and a provider, on order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

Host: TypeAlias = Literal["github", "railway"]

Mode: TypeAlias = Literal[
    "status",
    "html",
    "truncate",
    "empty",
    "graphql_error",
    "cut_before",
    "cut_after",
    "primary_limit",
    "secondary_limit",
    "bare_limit",
    "delay",
    "trickle",
    "partial",
]
"""What was asked for happens all the same in `truncate`, `empty`, `cut_after`, `trickle` and
`partial`. A `bare_limit` is a secondary one that does not say when to come back."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One order: go wrong so often, where *match* is part of `METHOD /path?query document`."""

    host: Host
    mode: Mode
    match: str
    times: int
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float | None = None

    def hits(self, host: str, text: str) -> bool:
        """Tell whether this order is for a request."""
        alias = rf"\b{re.escape(self.body)}\b"
        named = self.mode != "partial" or re.search(alias, text) is not None
        return self.times > 0 and self.host == host and self.match in text and named


class Faults:
    """The orders that still stand; each request takes the first that is for it."""

    def __init__(self) -> None:
        self._standing: list[Fault] = []

    def add(  # noqa: PLR0913 - the vocabulary of the stories
        self,
        *,
        host: Host,
        mode: Mode,
        match: str = "",
        times: int = 1,
        status: int = 502,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Fault:
        """Order a fault for the next *times* requests to *host* that *match* is found in; gives it.

        *seconds*: how long a delay is (1 by default) or a byte of a trickle takes (1), how long a
        limit lasts (60). *body*: what is answered, the message of a graphql_error, the alias of a
        partial answer.
        """
        if mode not in get_args(Mode) or host not in get_args(Host):
            msg = f"no fault {mode!r} of host {host!r}: use one of {', '.join(get_args(Mode))}"
            raise ValueError(msg)
        fault = Fault(
            host=host,
            mode=mode,
            match=match,
            times=times,
            status=status,
            body=body,
            headers=dict(headers or {}),
            seconds=seconds,
        )
        self._standing.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._standing.clear()

    def take(self, host: str, text: str) -> Fault | None:
        """Give the fault for a request, used up once, or None."""
        for fault in self._standing:
            if fault.hits(host, text):
                fault.times -= 1
                return fault
        return None
