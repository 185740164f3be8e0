"""The floor: `python -m benchmarks.floor RECORDED GITHUB RAILWAY` makes the same requests.

A bare httpx loop: the same methods, paths, headers and bodies, on as many connections as were in
use at once. A request is sent as soon as those are answered that were answered when the agent sent
it, so that as many are under way at any moment as the agent had, and nothing comes in between.
"""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.recorded import Asked, at_once, read, waited_for


def main(recorded: Path, github: str, railway: str) -> None:
    """Send them all."""
    requests = read(recorded)
    bases = {"github": github, "railway": railway.removesuffix("/graphql/v2")}
    befores = waited_for(requests)
    answered = [threading.Event() for _ in requests]
    turns = iter(range(len(requests)))
    gate = threading.Lock()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    with httpx.Client(timeout=60, limits=limits) as client:

        def work() -> None:
            for turn in _taken(turns, gate):
                for before in befores[turn]:
                    answered[before].wait()
                _send(client, requests[turn], bases)
                answered[turn].set()

        workers = [threading.Thread(target=work) for _ in range(at_once(requests))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


def _taken(turns: Iterator[int], gate: threading.Lock) -> Iterator[int]:
    while True:
        with gate:
            turn = next(turns, None)
        if turn is None:
            return
        yield turn


def _send(client: httpx.Client, asked: Asked, bases: dict[str, str]) -> None:
    headers = {n: v for n, v in asked.headers.items() if n.lower() not in _OF_THE_WIRE}
    url = bases[asked.host] + asked.target
    client.request(asked.method, url, headers=headers, content=asked.body.encode()).read()


_OF_THE_WIRE = frozenset({"host", "content-length", "connection"})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
