"""What the gate is told of a project: its checks, and what its own tests get of our environment."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pipeline_health.core.model.gate_policy import (
    HeaderCheck,
    JsonCheck,
    Scalar,
    SmokeCheck,
    VersionCheck,
)
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.secret import Secret
from pipeline_health.settings import Settings

Loads = Callable[..., Settings]
Refusals = Callable[..., list[str]]

SHOP = ProjectName("shop")
PROJECT = '[[projects]]\nname = "shop"\nrepo = "acme-incorporated/shop"\n[projects.gate]\n'
TESTED = f'{PROJECT}e2e = ["npm", "test"]\ne2e_env = ["E2E_USER", "E2E_PASSWORD"]\n'


def smoke(loads: Loads, check: str) -> SmokeCheck:
    """Give the one check that a file holds, as the core knows it."""
    (found,) = loads(f"{PROJECT}smoke = [{check}]").policy.projects[0].gate.smoke
    return found


def test_a_check_arrives_as_it_was_written(loads: Loads) -> None:
    """Every key of it, in the core's types."""
    found = smoke(
        loads,
        '{ path = "/api?a=1", status = [200, 302], contains = "ok", within = "2s", '
        'json = { key = "db.state", value = "up" }, header = { name = "ETag", contains = "W/" } }',
    )

    assert found == SmokeCheck(
        path="/api?a=1",
        status=(200, 302),
        contains="ok",
        json=JsonCheck(key="db.state", value="up"),
        header=HeaderCheck(name="ETag", contains="W/"),
        within=timedelta(seconds=2),
    )


def test_the_shortest_check_wants_a_200(loads: Loads) -> None:
    """And a header may be wanted without a word about its value."""
    assert smoke(loads, '{ path = "/" }') == SmokeCheck(path="/")
    assert smoke(loads, '{ path = "/", header = { name = "ETag" } }').header == HeaderCheck(
        name="ETag"
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [('"1"', "1"), ("1", 1), ("1.5", 1.5), ("true", True), ("false", False), ('""', "")],
)
def test_a_value_keeps_the_type_it_was_written_in(
    loads: Loads, written: str, value: Scalar
) -> None:
    """True is not 1, and 1 is not its text."""
    found = smoke(loads, f'{{ path = "/", json = {{ key = "a", value = {written} }} }}').json

    assert found is not None
    assert (found.value, type(found.value)) == (value, type(value))


def test_the_version_is_found_by_a_path_of_keys(loads: Loads) -> None:
    """The key `json` of the file is the key of the answer."""
    gate = loads(f'{PROJECT}version = {{ path = "/version", json = "build.commit" }}')

    assert gate.policy.projects[0].gate.version == VersionCheck(path="/version", key="build.commit")


def test_what_the_tests_get_is_read_like_every_secret(
    loads: Loads, secrets_file: Callable[..., object]
) -> None:
    """The environment wins over the file, and the redaction knows what was found."""
    secrets_file("E2E_USER=planted-file\nE2E_PASSWORD=planted-password\n")

    settings = loads(TESTED, GITHUB_TOKEN="planted-github", E2E_USER="planted-user")

    assert settings.e2e_env == {
        "E2E_USER": Secret("planted-user"),
        "E2E_PASSWORD": Secret("planted-password"),
    }
    assert set(settings.e2e_env.values()) < set(settings.secrets())
    assert settings.missing_e2e(SHOP) == ()


def test_what_is_not_set_is_named(loads: Loads) -> None:
    """An empty value is as good as none; only a command that is run needs any."""
    settings = loads(TESTED, GITHUB_TOKEN="planted-github", E2E_USER=" ")
    checked = loads(
        TESTED.replace('e2e = ["npm", "test"]', 'e2e_check = "E2E"'), GITHUB_TOKEN="planted-github"
    )

    assert settings.missing_e2e(SHOP) == ("E2E_USER", "E2E_PASSWORD")
    assert settings.missing_e2e(ProjectName("other")) == ()
    assert checked.missing_e2e(SHOP) == ()


def test_a_word_is_passed_on_and_not_redacted(loads: Loads) -> None:
    """Too short, or in the configuration itself: every text of ours would have holes."""
    settings = loads(
        TESTED, GITHUB_TOKEN="planted-github", E2E_USER="acme-incorporated", E2E_PASSWORD="seven77"
    )

    assert settings.e2e_env["E2E_PASSWORD"] == Secret("seven77")
    assert settings.secrets() == (Secret("planted-github"),)


def test_a_short_password_is_struck_out_of_the_output_of_the_tests(loads: Loads) -> None:
    """A number that only switches something on is not: every count of failures would go."""
    settings = loads(TESTED, GITHUB_TOKEN="planted-github", E2E_USER="1", E2E_PASSWORD="seven77")

    assert settings.secrets_of_tests() == (Secret("planted-github"), Secret("seven77"))


def test_our_own_token_under_another_name_is_refused(refusals: Refusals) -> None:
    """As `GH_TOKEN` holds it in many a workflow; the refusal names it and does not show it."""
    text = f'{PROJECT}e2e_env = ["GH_TOKEN", "TEST_URL"]\n'

    lines = refusals(
        text,
        GITHUB_TOKEN="planted-github",
        GH_TOKEN="planted-github",
        TEST_URL="https://planted-github@shop.example",
    )

    says = "holds a secret of our own, which e2e_env may not pass on"
    assert lines == [f"environment: GH_TOKEN: {says}", f"environment: TEST_URL: {says}"]
