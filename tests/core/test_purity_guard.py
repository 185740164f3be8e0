"""The guard of this directory catches I/O."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ATTEMPTS: dict[str, Callable[[], object]] = {
    "file": lambda: Path(os.devnull).read_bytes(),
    "socket": lambda: socket.getaddrinfo("127.0.0.1", 9),
    "process": lambda: subprocess.run([sys.executable, "-V"], check=False),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_core_test_that_does_io_fails(attempt: Callable[[], object]) -> None:
    """Opening a file, asking for an address, or starting a process fails the test at once."""
    with pytest.raises(pytest.fail.Exception, match="a test of the pure core"):
        attempt()
