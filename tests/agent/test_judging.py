"""What is judged once is judged as often as it must be."""

from dataclasses import replace

from agent_types import Shop
from pipeline_health.agent.look import judged, with_answers
from pipeline_health.core.model.snapshot import Snapshot


class Eyewitness:
    """Keeps what each look showed."""

    def __init__(self) -> None:
        self.seen: list[Snapshot] = []

    def keep(self, snapshot: Snapshot) -> None:
        """Keep it."""
        self.seen.append(snapshot)


def test_no_rule_reads_evidence(shop: Shop) -> None:
    """So that a look is not judged again when nothing but evidence was found out."""
    witness = Eyewitness()
    shop.host.machine = replace(shop.host.machine, recorder=witness)
    shop.fail_ci()
    shop.web.deploy("FAILED", log="error: boom")
    shop.host.cycle()
    (snapshot,) = witness.seen
    answers = snapshot.projects[0].answers
    blank = with_answers(snapshot, replace(answers, evidence={}))

    assert len(answers.evidence) == 2
    assert judged(snapshot).observations == judged(blank).observations
