"""Runs the operator's own tests against the live URL: the `EndToEnd` port, as a command."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Final

from pipeline_health.core.inert import inert, visible
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.live import Tested
from pipeline_health.e2e.checkout import Checkout
from pipeline_health.e2e.group import NotStartedError, ProcessGroup
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Clock
from pipeline_health.secret import Secret

GRACE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where commands are run, and what they get as PATH and HOME, or by name, if asked for."""

    directory: Path
    path: str
    home: str
    variables: Mapping[str, Secret] = field(default_factory=dict)


class LocalEndToEnd:
    """Runs commands on this host, without a shell and with hardly anything of our environment.

    *redact* is for their output; *grace* is how long they may tidy up when they have to end.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        redact: Callable[[str], str],
        clock: Clock,
        grace: timedelta = GRACE,
    ) -> None:
        self._here = surroundings
        self._redact = redact
        self._clock = clock
        self._grace = grace
        self._checkout = Checkout(
            surroundings.directory, path=surroundings.path, home=surroundings.home
        )

    def run(
        self,
        command: Sequence[str],
        *,
        passing: Sequence[str],
        base: str,
        commit: Sha,
        repo: RepoName,
        timeout: timedelta,
    ) -> Tested:
        """Run *command* against the base URL, to its end or to that of *timeout*.

        It passes when it exits with 0. It is not run in a work tree of *repo* that is not at
        *commit*. Whatever it started is gone afterwards, also when we are interrupted.
        """
        missing = [name for name in passing if name not in self._here.variables]
        if missing:
            says = f"was not run: {', '.join(missing)} of e2e_env is not set"
            return self._tested(says, passed=None)
        mismatch = self._checkout.mismatch(repo, commit)
        if mismatch is not None:
            return self._tested(mismatch.says, passed=False if mismatch.certain else None)
        environment = {
            **{name: self._here.variables[name].reveal() for name in passing},
            "PATH": self._here.path,
            "HOME": self._here.home,
            "BASE_URL": base,
            "COMMIT_SHA": commit,
        }
        return self._run(command, environment, timeout)

    def _run(
        self, command: Sequence[str], environment: Mapping[str, str], timeout: timedelta
    ) -> Tested:
        began = self._clock.monotonic()
        group = ProcessGroup(
            command,
            environment=environment,
            directory=self._here.directory,
            clock=self._clock,
            grace=self._grace,
        )
        try:
            with group:
                code = group.wait(timeout)
        except NotStartedError as exc:
            return self._tested(f"could not be started: {_why(command, exc.why)}", passed=False)
        took = self._clock.monotonic() - began
        says = _ending(code, took=took, timeout=timeout)
        return self._tested(says, passed=code == 0, output=group.output())

    def _tested(self, says: str, *, passed: bool | None, output: bytes = b"") -> Tested:
        return Tested(
            what="the end-to-end command",
            passed=passed,
            says=self._redact(says),
            at=self._clock.now(),
            tail=inert(self._redact(visible(output.decode("utf-8", "replace")))),
        )


def _why(command: Sequence[str], exc: OSError) -> str:
    match exc:
        case FileNotFoundError() if exc.filename == command[0]:
            return f"there is no {command[0]}, or what it is to be run by is not there"
        case PermissionError():
            return f"{command[0]} is not executable"
        case _:
            return f"{exc.strerror} ({exc.filename or command[0]})"


def _ending(code: int | None, *, took: float, timeout: timedelta) -> str:
    if code is None:
        return f"did not end within {timeout.total_seconds():g} s and was stopped"
    after = f"after {took:.1f} s"
    if code >= 0:
        return f"exited with {code} {after}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"was killed by {name} {after}"
