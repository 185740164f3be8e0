"""What `why` says beside the failures: alarms taken away, re-runs, and an older monitor."""

from dataclasses import replace

import pytest

from incident_builders import BAD, MINUTE, T0, ailment, incident
from pipeline_health.cli.incidents import explanation
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import (
    CauseClass,
    Incident,
    Naming,
    Phase,
    Remedy,
    Silence,
)

NAMED = Naming(
    by=Fingerprint("pa4e"),
    repo=RepoName("acme/operations"),
    number=12,
    url="https://github.com/acme/operations/issues/12",
    at=T0,
)
HELD = "with too many others at once; another look must prove it again"
REMEDY = Remedy(
    cause=CauseClass.FLAKY, commit=BAD, run_id=101, failed_at=T0, at=T0 + 5 * MINUTE, sent=True
)
SILENCED = replace(ailment(), silence=Silence(says="It was silenced by 1b1b1b1: gone.", at=T0))


@pytest.mark.parametrize(
    ("of", "line"),
    [
        (incident(SILENCED), "silenced     It was silenced by 1b1b1b1: gone."),
        (
            replace(incident(), remedies=(REMEDY,)),
            "re-run       of run 101 tried at 2026-11-22 10:10 UTC",
        ),
        (
            replace(incident(), remedies=(replace(REMEDY, sent=False),)),
            "re-run       of run 101 refused by GitHub at 2026-11-22 10:10 UTC",
        ),
        (replace(incident(), beside=12), "beside       issue 12 of another monitor"),
        (replace(incident(), phase=Phase.RESOLVED), "issue        never filed"),
        (incident(), "issue        not filed yet"),
        (
            replace(incident(), held_since=T0),
            f"held         it recovered 2026-11-22 10:05 UTC {HELD}",
        ),
        (
            replace(incident(), named=NAMED),
            f"named in     {NAMED.url}, from 2026-11-22 10:05 UTC on",
        ),
        (replace(incident(), count=0), "failures     not counted, the newest 2026-11-22 10:05 UTC"),
        (replace(incident(), part_of=NAMED.by), "part of      pa4e, with other projects"),
    ],
)
def test_what_became_of_an_incident_is_said(of: Incident, line: str) -> None:
    """One line each, and none where nothing happened."""
    lines = [each.strip() for each in explanation(of, ())]

    assert line in lines
    said = {"silenced", "re-run", "beside", "held", "named", "part"}
    said &= {each.partition(" ")[0] for each in lines}
    assert said == {line.partition(" ")[0]} - {"issue", "failures"}
