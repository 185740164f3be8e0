"""What became of the mutants: kept between runs, counted by module, compared with the list."""

import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from mutant_code import ROOT, modules, path_of
from mutant_tests import Verdict

LIST = ROOT / "tests" / "mutants.toml"
_KEPT = ROOT / ".mutants"
_NOT_LISTED = "no reason is listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Of the *modules*, patterns of names, *at_least* so many in a hundred must be killed."""

    name: str
    modules: list[str]
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Say *why* no test misses the *survivors*, nor any other whose name matches one of *like*."""

    why: str
    survivors: list[str] = field(default_factory=list)
    like: list[str] = field(default_factory=list)

    def covers(self, key: str) -> bool:
        """Tell whether it is a reason for *key*."""
        return key in self.survivors or any(re.fullmatch(each, key) for each in self.like)


class Tried(NamedTuple):
    """A mutant, and what became of it."""

    key: str
    verdict: Verdict


class Kept:
    """The verdicts on the mutants of *module* as its text is now, also of earlier runs."""

    def __init__(self, module: str) -> None:
        text = path_of(module).read_bytes()
        self._file = _KEPT / f"{module or 'core'}-{sha256(text).hexdigest()[:12]}.jsonl"
        self._known: dict[str, Verdict] = {}
        if self._file.exists():
            for line in self._file.read_text().splitlines():
                key, verdict = json.loads(line)
                self._known[key] = Verdict(verdict)

    def verdict(self, key: str) -> Verdict | None:
        """Give what became of *key*, if it was killed: a survivor may have met its test by now."""
        known = self._known.get(key)
        return None if known is Verdict.SURVIVED else known

    def keep(self, key: str, verdict: Verdict) -> None:
        """Write down what became of *key*."""
        if self._known.get(key) is not verdict:
            self._known[key] = verdict
            _KEPT.mkdir(exist_ok=True)
            with self._file.open("a") as file:
                _ = file.write(json.dumps([key, verdict]) + "\n")


@dataclass(slots=True)
class Report:
    """Counts by module, and the survivors."""

    modules: dict[str, Counter[Verdict]] = field(default_factory=dict)
    survivors: set[str] = field(default_factory=set)

    def add(self, module: str, tried: list[Tried]) -> None:
        """Count what was *tried* of *module*, and say so."""
        self.modules[module] = Counter(each.verdict for each in tried)
        self.survivors |= {each.key for each in tried if each.verdict is Verdict.SURVIVED}
        if tried:
            _say(_row(module, self.modules[module]))

    def code(self) -> int:
        """Say what is wrong; give 1 when anything is."""
        wrong = [*self._too_few(), *self._not_as_listed()]
        for why, count in Counter(map(_why, self.survivors)).most_common():
            _say(f"{count:5} survived: {why}")
        for line in wrong:
            _say(line)
        return 1 if wrong else 0

    def _too_few(self) -> Iterator[str]:
        for group, of_group in self._by_group().items():
            count = sum((self.modules[name] for name in of_group), Counter[Verdict]())
            if not _tried(count):
                continue
            _say(_row(f"= {group}", count))
            at_least = next(each.at_least for each in groups() if each.name == group)
            if _share(count) < at_least:
                yield f"{group}: fewer than {at_least} % are killed"

    def _by_group(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {group.name: [] for group in groups()}
        for module in self.modules:
            found[_group_of(module)].append(module)
        return found

    def _not_as_listed(self) -> Iterator[str]:
        known = {key for each in reasons() for key in each.survivors}
        whole = {name for name, count in self.modules.items() if _is_whole(count)}
        for key in sorted(self.survivors):
            if _why(key) == _NOT_LISTED:
                yield f"not listed: {key}"
        for key in sorted(known - self.survivors):
            if _module_of(key) in whole:
                yield f"listed, and does not survive: {key}"


@cache
def groups() -> tuple[Group, ...]:
    """Give the groups, of which a module is in the first that names it."""
    return tuple(Group(**each) for each in tomllib.loads(LIST.read_text())["group"])


@cache
def reasons() -> tuple[Reason, ...]:
    """Give every reason that is listed."""
    return tuple(Reason(**each) for each in tomllib.loads(LIST.read_text())["reason"])


def _module_of(key: str) -> str:
    """Give the module whose mutant is *key*: `gate.ci`, and not `gate`, which begins alike."""
    return max((name for name in modules() if key.startswith(f"{name}.")), key=len, default="")


def _why(key: str) -> str:
    """Give the first reason that covers *key*."""
    return next((reason.why for reason in reasons() if reason.covers(key)), _NOT_LISTED)


def _group_of(module: str) -> str:
    return next(
        group.name
        for group in groups()
        if any(fnmatchcase(module, pattern) for pattern in group.modules)
    )


def _tried(count: Counter[Verdict]) -> int:
    return count.total() - count[Verdict.NOT_TRIED]


def _is_whole(count: Counter[Verdict]) -> bool:
    return count[Verdict.NOT_TRIED] == 0


def _share(count: Counter[Verdict]) -> float:
    killed = count[Verdict.KILLED] + count[Verdict.TIMED_OUT]
    return 100 * killed / _tried(count)


def _row(name: str, count: Counter[Verdict]) -> str:
    late = f"{count[Verdict.TIMED_OUT]} timed out"
    lived = f"{count[Verdict.SURVIVED]} survived"
    left = f"{count[Verdict.NOT_TRIED]} not tried"
    numbers = f"{count.total():6} mutants  {_share(count):5.1f} % killed  {late:>14}"
    return f"{name:28}{numbers}  {lived:>13}  {left:>14}"


def _say(line: str) -> None:
    _ = sys.stdout.write(f"{line}\n")
    _ = sys.stdout.flush()
