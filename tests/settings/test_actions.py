"""What is known of the run around us, and that nothing is believed that GitHub would not say."""

from pathlib import Path

import pytest

from pipeline_health.settings.actions import Actions, actions_of

RUN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_RUN_ID": "4711",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_STEP_SUMMARY": "/step/summary",
    "GITHUB_OUTPUT": "/step/output",
}
URL = "https://github.example/acme/shop/actions/runs/4711"
STEP = Actions(run_id=4711, run_url=URL, summary=Path("/step/summary"), output=Path("/step/output"))


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        ({}, STEP),
        ({"GITHUB_ACTIONS": "false"}, Actions(run_id=4711)),
        ({"GITHUB_ACTIONS": ""}, Actions(run_id=4711)),
        (
            {"GITHUB_STEP_SUMMARY": "", "GITHUB_OUTPUT": ""},
            Actions(run_id=4711, run_url=URL),
        ),
        (
            {"GITHUB_RUN_ID": ""},
            Actions(summary=STEP.summary, output=STEP.output),
        ),
        *(
            ({name: value}, Actions(run_id=4711, summary=STEP.summary, output=STEP.output))
            for name, value in (
                ("GITHUB_SERVER_URL", ""),
                ("GITHUB_SERVER_URL", "javascript:alert(1)//"),
                ("GITHUB_REPOSITORY", ""),
                ("GITHUB_REPOSITORY", "shop"),
            )
        ),
    ],
)
def test_a_run_is_known_by_what_github_sets(changed: dict[str, str], known: Actions) -> None:
    """Each variable by itself; outside of Actions only the number counts."""
    assert actions_of({**RUN, **changed}) == known


@pytest.mark.parametrize(
    "number", ["", "-1", "+1", "1.0", " 1", "one", "\uff11\uff12", "\u00b2", "9" * 5000]
)
def test_what_is_no_number_is_no_run(number: str) -> None:
    """Digits of another script, and more of them than a number may have, are none either."""
    assert actions_of({"GITHUB_RUN_ID": number}).run_id is None


def test_an_empty_environment_is_no_run() -> None:
    """Nothing is made up."""
    assert actions_of({}) == Actions()
