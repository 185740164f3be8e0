"""The tests of the core, warm: which line each runs, and a child that runs some of them."""

import gc
import mmap
import os
import resource
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

import coverage
import pytest

from mutant_code import CORE, Mutant, UnloadableError, put_in_place, readers

_MEMORY = 4 * 2**30
"""So many bytes may a child have."""
_PATIENCE, _LEAST = 10, 2.0
"""A test may take so many times as long as it did, and at least so many seconds of processor."""
_NUMBER = 8
_LATELY = 12
_SURVIVED, _KILLED, _BROKEN = 0, 1, 2


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    NOT_TRIED = "not tried"


class Failures:
    """A plugin of pytest that keeps what failed."""

    def __init__(self) -> None:
        self.reports: list[pytest.TestReport] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test, or what prepares or ends one, that failed."""
        if report.failed:
            self.reports.append(report)


@dataclass(slots=True, kw_only=True)
class Known:
    """The tests by number, how long each takes, and which of them run a line of a file."""

    items: Sequence[pytest.Item]
    failures: Failures
    seconds: list[float] = field(default_factory=list)
    runs: dict[tuple[str, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    imported: set[tuple[str, int]] = field(default_factory=set)
    lately: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def learn(self, watch: coverage.Coverage) -> bool:
        """Run every test once, under *watch*; say whether all pass."""
        for number, item in enumerate(self.items):
            watch.switch_context(str(number))
            began = time.process_time()
            _run(item)
            self.seconds.append(time.process_time() - began)
        watch.stop()
        seen = watch.get_data()
        for path in CORE.rglob("*.py"):
            for line, contexts in seen.contexts_by_lineno(str(path)).items():
                self.runs[str(path), line] |= {int(each) for each in contexts if each.isdigit()}
                if "" in contexts:
                    self.imported.add((str(path), line))
        gc.collect()
        gc.freeze()  # a child that looks through what is there already would copy all of it
        return not self.failures.reports

    def is_imported(self, mutant: Mutant) -> bool:
        """Tell whether what *mutant* changes runs while modules load."""
        return any((mutant.file, line) in self.imported for line in mutant.mutation.lines)

    def reaching(self, mutant: Mutant) -> list[int]:
        """Give the tests that may miss *mutant*: first those that did lately, then the fastest."""
        lines = {(mutant.file, line) for line in mutant.mutation.lines}
        if self.is_imported(mutant):
            lines |= {(file, line) for file, span in readers(mutant) for line in span}
        found = set[int]().union(*(self.runs.get(line, set()) for line in lines))
        lately = [each for each in self.lately[mutant.module] if each in found]
        rest = found.difference(lately)
        return lately + sorted(rest, key=lambda number: self.seconds[number])

    def verdict(self, mutant: Mutant) -> Verdict:
        """Run the tests that reach *mutant* in a child, until one fails."""
        order = self.reaching(mutant)
        with mmap.mmap(-1, _NUMBER) as told:
            child = os.fork()
            if child == 0:
                self._live(mutant, order, told)
            _, status = os.waitpid(child, 0)
            number = int.from_bytes(told[:_NUMBER], "big")
        if os.WIFSIGNALED(status):
            is_late = os.WTERMSIG(status) == signal.SIGPROF
            return Verdict.TIMED_OUT if is_late else Verdict.KILLED
        if os.WEXITSTATUS(status) == _SURVIVED:
            return Verdict.SURVIVED
        if os.WEXITSTATUS(status) != _KILLED:
            msg = f"the child of {mutant.key} ended with {status}"
            raise RuntimeError(msg)
        lately = self.lately[mutant.module]
        self.lately[mutant.module] = [number, *(each for each in lately if each != number)][
            :_LATELY
        ]
        return Verdict.KILLED

    def _live(self, mutant: Mutant, order: Iterable[int], told: mmap.mmap) -> NoReturn:
        """Be the mutant, in a process of one's own, until a test fails or all have passed."""
        code = _BROKEN
        try:
            code = self._outlived(mutant, order, told)
        except BaseException:  # noqa: BLE001 -- whatever it is, the child must end here
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _outlived(self, mutant: Mutant, order: Iterable[int], told: mmap.mmap) -> int:
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        try:
            put_in_place(mutant, imported=self.is_imported(mutant))
        except UnloadableError:
            return _KILLED
        sink = os.open(os.devnull, os.O_WRONLY)
        _ = os.dup2(sink, 1), os.dup2(sink, 2)
        for number in order:
            told[:_NUMBER] = number.to_bytes(_NUMBER, "big")
            signal.setitimer(signal.ITIMER_PROF, _LEAST + _PATIENCE * self.seconds[number])
            _run(self.items[number])
            if self.failures.reports:
                return _KILLED
        return _SURVIVED


def _run(item: pytest.Item) -> None:
    _ = item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
