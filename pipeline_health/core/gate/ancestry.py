"""Does one commit contain another? Here what was forced off the branch contains nothing.

`observe.contains` lets the head contain everything, so that old failures can be over. A promotion
must not be proved by that.
"""

from typing import assert_never

from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import Contains, Relation
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import contains_by_history


def holds(view: ProjectView, *, newer: Sha, older: Sha) -> bool | Contains:
    """Tell whether *newer* is *older* or a descendant of it, or give the question to be asked.

    An answer that could not be had stays a question: nothing is concluded from it.
    """
    if newer == older:
        return True
    by_history = contains_by_history(view, newer, older)
    if by_history is not None:
        return by_history
    question = Contains(repo=view.policy.repo, newer=newer, older=older)
    answer = view.answers.contains.get(question)
    if not isinstance(answer, Seen):
        return question
    match answer.value:
        case Relation.IDENTICAL | Relation.AHEAD:
            return True
        case Relation.BEHIND | Relation.DIVERGED | Relation.MISSING:
            return False
        case never:
            assert_never(never)
