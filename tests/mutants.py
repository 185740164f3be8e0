"""Change the core in thousands of small ways, one at a time, and see a test of it fail for each.

    python tests/mutants.py [--resume] [--sample N] [--seed N] [MODULE …]

`mutations.py` says what is changed. This process imports the core and its tests, runs them once to
learn which test runs which line, and then forks a child for each mutant: the child changes the code
in memory, runs the tests that reach the change, those first that failed lately, and ends at the
first failure. What survives must be listed in `mutants.toml` with the reason why no test misses it.

The exit code is 1 when a group of modules has fewer killed than it must, when a survivor is not
listed, and when one is listed that does not survive. A mutant that used up its time counts as
killed and is counted apart; what was not tried, because of `--sample`, counts as nothing.
"""

import argparse
import random
import sys
from collections.abc import Iterator

import coverage
import pytest
from hypothesis import Phase, settings

from mutant_code import CORE, load, modules, mutants_of
from mutant_report import Kept, Report, Tried
from mutant_tests import Failures, Known, Verdict

_ARGUMENTS = (
    "--override-ini=addopts=",
    "--import-mode=importlib",
    "--strict-markers",
    "--assert=plain",
    "--capture=no",
    "-pno:terminal",
    "-pno:cacheprovider",
    "-pno:xdist",
    "tests/core",
)


class Mutating:
    """A plugin of pytest: for each mutant it runs those tests that reach it."""

    def __init__(self, asked: argparse.Namespace, watch: coverage.Coverage) -> None:
        self.asked, self.watch = asked, watch
        self.failures, self.code = Failures(), 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn what the tests reach, try every mutant, and tell."""
        known = Known(items=session.items, failures=self.failures)
        if not known.learn(self.watch):
            for failed in self.failures.reports:
                _ = sys.stderr.write(f"{failed.nodeid} fails with nothing changed\n")
            return True
        report = Report()
        for module in self.asked.modules or modules():
            report.add(module, list(self._tried(module, known)))
        self.code = report.code()
        return True

    def _tried(self, module: str, known: Known) -> Iterator[Tried]:
        kept, every = Kept(module), mutants_of(module)
        drawn = random.Random(f"{self.asked.seed} {module}")  # noqa: S311 -- no secret
        sample = min(self.asked.sample or len(every), len(every))
        chosen = {each.key for each in drawn.sample(every, sample)}
        for mutant in every:
            if mutant.key not in chosen:
                yield Tried(mutant.key, Verdict.NOT_TRIED)
                continue
            before = kept.verdict(mutant.key) if self.asked.resume else None
            verdict = before or known.verdict(mutant)
            kept.keep(mutant.key, verdict)
            yield Tried(mutant.key, verdict)


def main(arguments: list[str]) -> int:
    """Try the mutants that are asked for; give 1 when the tests do not miss enough of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    _ = parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as gate.ci")
    _ = parser.add_argument("--resume", action="store_true", help="keep the kills of the last run")
    _ = parser.add_argument("--sample", type=int, default=0, help="try so many of each module")
    _ = parser.add_argument("--seed", type=int, default=0, help="which ones are drawn")
    asked = parser.parse_args(arguments)
    phases = (Phase.explicit, Phase.generate)  # the first failure will do, however long it is
    settings.register_profile("mutants", database=None, derandomize=True, phases=phases)
    settings.load_profile("mutants")
    watch = coverage.Coverage(data_file=None, config_file=False, include=[f"{CORE}/*"])
    watch.start()
    load()
    watch.switch_context("collection")  # whoever calls it there has the answer of the original
    mutating = Mutating(asked, watch)
    _ = pytest.main([*_ARGUMENTS], plugins=[mutating, mutating.failures])
    return mutating.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
