"""Which lines of the evidence belong to which step, and which of them are the errors."""

import re
from collections.abc import Iterator

from pipeline_health.core.model.questions import Evidence
from pipeline_health.frozen import dataclass

_ERROR = "##[error]"
_LAST = 40
_WARNING = re.compile(
    r"\s*(?:##\[warning\]|(?:(?:[\[\]]{1,2}|\[?[\w-]+\]?)\s*)?warn(?:ing)?\b)", re.IGNORECASE
)
_TESTS = re.compile(r"\b(?:tests?|smoke|e2e|specs?|lint|coverage)\b", re.IGNORECASE)
_PREPARES = re.compile(
    r"\b(?:set ?up|install\w*|ci|checkout|log ?in|authenticat\w*|validat\w*|deploy\w*|publish\w*"
    r"|push|build\w*|docker|containers|caches?|upload\w*|download\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Lines of one failing step, or of all where they cannot be told apart.

    *places* are those steps. *errors* are the lines that say what went wrong; warnings are in
    neither, because green logs have them too.
    """

    places: tuple[str, ...]
    errors: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def is_of_tests(self) -> bool:
        """Tell whether it may quote what a test expects."""
        return any(_is_test(place) for place in self.places)


def passages_of(evidence: Evidence) -> tuple[Passage, ...]:
    """Give the passages of *evidence*: the tail names the step above the lines of each.

    Of what a running product printed only the end counts: before, it told of its users.
    """
    everywhere = evidence.steps or evidence.jobs
    parts = tuple(_parts(evidence, everywhere))
    first = None if evidence.runtime and not evidence.steps else evidence.first_error
    told = tuple(_passage(places, lines, first) for places, lines in parts)
    if first is None or any(first in line for _, lines in parts for line in lines):
        return told
    lines = (first, *(line for passage in told for line in passage.lines))
    return (Passage(places=everywhere, errors=(first,), lines=lines), *told)


def _parts(
    evidence: Evidence, everywhere: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    headings = {f"--- {step} ---": step for step in evidence.steps}
    places, lines = everywhere, list[str]()
    for line in evidence.tail.splitlines()[-_LAST if evidence.runtime else 0 :]:
        step = headings.get(line)
        if step is None:
            lines.append(line)
        else:
            yield places, lines
            places, lines = (step,), []
    yield places, lines


def _passage(places: tuple[str, ...], lines: list[str], first: str | None) -> Passage:
    kept = tuple(line for line in lines if not _WARNING.match(line))
    return Passage(
        places=places,
        errors=tuple(line for line in kept if _ERROR in line or (first and first in line)),
        lines=kept,
    )


def _is_test(place: str) -> bool:
    """Judge by the step; one that only prepares is no test although its job is called so."""
    job, _, step = place.rpartition(" / ")
    if _TESTS.search(step):
        return True
    return bool(_TESTS.search(job)) and not _PREPARES.search(step)
