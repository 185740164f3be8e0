"""What is told of a cycle that is over."""

from collections import Counter

from properties.cycles import Passed


def waits_for_the_caps(passed: Passed) -> bool:
    """Tell whether an issue waits until more may be filed."""
    waiting = () if passed.report is None else passed.report.waiting
    return any("when the caps allow it" in why for why in waiting)


def line_of(passed: Passed, season: str) -> str:
    """Tell of a cycle in a line: what came of it, and what went wrong."""
    if passed.died:
        became = "died"
    elif passed.report is not None:
        became = passed.report.sentence
    else:
        became = passed.refused or passed.broke
    spoiled = Counter(passed.witness.spoiled)
    trouble = "".join(f" [{kind}{f' x{n}' if n > 1 else ''}]" for kind, n in spoiled.items())
    middle = f" <{passed.interrupted}>" if passed.interrupted else ""
    return f"{passed.computer} ({season}{middle}{trouble}): {became}"
