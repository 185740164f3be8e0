"""What a finding itself tells of its cause."""

from dataclasses import replace

import pytest

from builders import PROJECT, ago
from incident_builders import CI, REJECTED, UNKNOWN, page, run
from pipeline_health.core.model.findings import Finding, Kind, Subject, Thing
from pipeline_health.core.model.incident import Cause, CauseClass, Owner
from pipeline_health.core.ownership import owned

RED = Finding(
    symptom=CI,
    project=PROJECT,
    since=ago(hours=1),
    commit=None,
    trace=run(),
    says="Workflow CI does it.",
)
OWN = replace(CI, kind=Kind.CREDENTIAL_REJECTED, subject=Subject(Thing.SECRET, "RAILWAY_TOKEN"))
STUCK = replace(RED, symptom=replace(CI, kind=Kind.MAIN_CI_STUCK))


@pytest.mark.parametrize(
    ("cause", "finding", "expected"),
    [
        pytest.param(UNKNOWN, RED, UNKNOWN, id="an agent's"),
        pytest.param(
            UNKNOWN,
            replace(RED, for_people=True),
            replace(UNKNOWN, owner=Owner.HUMAN),
            id="for people",
        ),
        pytest.param(UNKNOWN, STUCK, replace(UNKNOWN, why="Workflow CI does it."), id="no log"),
        pytest.param(
            UNKNOWN,
            replace(RED, trace=page()),
            replace(UNKNOWN, why="Workflow CI does it."),
            id="a page, which has no log",
        ),
        pytest.param(REJECTED, STUCK, REJECTED, id="a credential says more"),
        pytest.param(
            UNKNOWN,
            replace(RED, symptom=OWN, for_people=True),
            replace(REJECTED, why="Workflow CI does it.", ours=True),
            id="a token of our own",
        ),
        pytest.param(
            UNKNOWN,
            replace(RED, symptom=replace(CI, kind=Kind.SOURCE_BLIND), for_people=True),
            replace(UNKNOWN, why="Workflow CI does it.", owner=Owner.HUMAN),
            id="a blind source",
        ),
        *(
            pytest.param(
                UNKNOWN,
                replace(RED, symptom=replace(CI, kind=kind)),
                Cause(
                    of=CauseClass.CONFIG, key="CI", owner=Owner.HUMAN, why="Workflow CI does it."
                ),
                id=kind,
            )
            for kind in (Kind.CREDENTIAL_SHARED, Kind.ENV_FILE_COMMITTED)
        ),
    ],
)
def test_a_finding_may_know_better_than_its_log(
    cause: Cause, finding: Finding, expected: Cause
) -> None:
    """Who must act, and why, where nothing left a log."""
    assert expected == owned(cause, finding)
