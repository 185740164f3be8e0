"""The table of signatures, line by line: every way of saying it, in tests, and beside others."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from incident_builders import CI, PROJECT, T0, deployment, run
from pipeline_health.core.diagnose import SIGNATURES, diagnose
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import Cause, CauseClass
from pipeline_health.core.model.questions import Evidence
from signature_variants import (
    CODE,
    CREDENTIAL,
    OF_CI,
    PROVIDERS,
    QUOTABLE,
    REFUSES,
    VAGUE,
)
from signatures import DEPLOY, EXAMPLES, INSTALL, TEST, Example

FINDING = Finding(
    symptom=CI, project=PROJECT, since=T0, commit=None, trace=run(), says="Workflow CI failed."
)
ALL = [example for examples in EXAMPLES.values() for example in examples]
FAILS = "FAILED tests/test_cart.py::test_total - assert 3 == 4"
OF_THE_TABLE = {row.name: row.provider for row in SIGNATURES if row.provider is not None}


def cause_of(*lines: str, step: str, finding: Finding = FINDING) -> Cause:
    """Give the cause that *lines* of *step* tell."""
    seen = Evidence(at=T0, complete=True, steps=(step,) if step else (), tail="\n".join(lines))
    return diagnose(finding, seen)


def _variants() -> Iterator[tuple[str, str, str, str]]:
    """Give each line with its row, its step, and the key of the cause."""
    for (name, step), keys in CREDENTIAL.items():
        yield from ((name, step, line, key) for key, lines in keys.items() for line in lines)
    for (name, step), keys in PROVIDERS.items():
        yield from (
            (name, step, line, f"{key}: {name}") for key, lines in keys.items() for line in lines
        )
    for (name, step), told in OF_CI.items():
        yield from ((name, step, line, f"CI: {name}") for line in told)
    for (name, step), told in CODE.items():
        yield from ((name, step, line, "CI") for line in told)


VARIANTS = tuple(_variants())


@pytest.mark.parametrize(
    ("name", "step", "line", "key"), VARIANTS, ids=[each[2][:40] for each in VARIANTS]
)
def test_another_way_of_saying_it_is_recognised_too(
    name: str, step: str, line: str, key: str
) -> None:
    """Tools change their words; each way that the table knows has a line of its own."""
    cause = cause_of("Preparing.", line, "Done.", step=step)

    assert (f"The log says so: {name}.", key) == (cause.why, cause.key)


@pytest.mark.parametrize("example", ALL, ids=lambda example: f"{example.name}: {example.line[:40]}")
def test_in_a_test_words_count_unless_a_test_may_expect_them(example: Example) -> None:
    """A lost runner is lost in a test as well; a refused token may be what the test is about."""
    if example.line:
        cause = cause_of(example.line, step="test / Run tests")
        is_told = example.name in cause.why
        needs_its_step = example.name == "refused in a step that deploys or logs in"
        assert is_told is (example.name not in QUOTABLE and not needs_its_step)


@pytest.mark.parametrize("step", ["Deploy / smoke test", "e2e / Release test"])
def test_a_refusal_in_a_test_of_what_was_deployed_is_no_word_on_a_credential(step: str) -> None:
    """The step deploys by its name, and tests all the same."""
    assert cause_of("HTTP 403 Forbidden", step=step).of is CauseClass.UNKNOWN


@pytest.mark.parametrize("line", VAGUE)
def test_what_is_vague_is_asked_last_even_where_it_is_the_error(line: str) -> None:
    """That a script failed is the first that a log says, and the last that helps."""
    seen = Evidence(at=T0, complete=True, steps=(TEST,), tail=f"{line}\n{FAILS}", first_error=line)

    assert diagnose(FINDING, seen).why == "The log says so: a Python test fails."
    assert (
        diagnose(FINDING, replace(seen, tail=line)).why != "The log says so: a Python test fails."
    )


@pytest.mark.parametrize(
    "example", [each for each in ALL if each.name in OF_THE_TABLE and each.line]
)
def test_whom_the_table_names_is_named_whatever_else_the_line_mentions(example: Example) -> None:
    """Railway's command line is a package of npm, and its builds run in Actions."""
    others = f"{example.line} (while railway, npm and docker.io were used)"
    elsewhere = replace(FINDING, trace=deployment())

    cause = cause_of(others, step=example.step, finding=elsewhere)

    assert example.key == cause.key


@pytest.mark.parametrize("who", REFUSES)
def test_who_refuses_is_named_by_the_line_and_blames_its_own_secrets_only(who: str) -> None:
    """Of two secrets in a log it is the one that its name gives to whoever refuses."""
    lines, words = REFUSES[who]

    assert [who] * len(lines) == [cause_of(line, step=DEPLOY).key for line in lines]
    for word in words:
        mine, other = f"THE_{word}_AUTH_TOKEN", "STRIPE_SECRET_KEY"
        log = (f"  {other}: ***", f"  {mine}: ***", lines[0])
        assert mine == cause_of(*log, step=DEPLOY).key


@pytest.mark.parametrize(
    ("log", "key"),
    [
        ("STRIPE_API_KEY was read\nSTRIPE_WEBHOOK_SECRET is invalid", "STRIPE_WEBHOOK_SECRET"),
        ("STRIPE_SECRET_KEY is invalid, SENTRY_AUTH_TOKEN was read", "STRIPE_SECRET_KEY"),
    ],
)
def test_the_secret_in_the_words_that_tell_is_blamed(log: str, key: str) -> None:
    """Neither the one before nor the one after them."""
    assert key == cause_of(*log.splitlines(), step=DEPLOY).key


@pytest.mark.parametrize(
    ("steps", "log", "expected"),
    [
        (("build / Build", "ship / Deploy"), "HTTP 403 Forbidden", CauseClass.CREDENTIAL),
        (("ci / test / Install it",), "no space left on device", CauseClass.PLATFORM),
        (("test / Run npm install",), "no space left on device", CauseClass.PLATFORM),
        (("unit tests / make",), "no space left on device", CauseClass.UNKNOWN),
        (("Deploy",), f"src/a.ts(1,5): error TS2322: no\n{FAILS}", CauseClass.CODE),
        (("Deploy",), "STRIPE_SECRET_KEY is not set\n" + "boom\n" * 50, CauseClass.CREDENTIAL),
        (
            ("one", "two"),
            "--- one ---\nnpm error code ERESOLVE\n--- two ---\nboom",
            CauseClass.DEPENDENCY,
        ),
        (
            ("one", "two"),
            "npm error code ERESOLVE\n--- one ---\nboom\n--- two ---\nboom",
            CauseClass.DEPENDENCY,
        ),
    ],
    ids=[
        "in one of the steps that failed",
        "a job of a job",
        "a test that installs first",
        "a job of tests",
        "of one class",
        "long before the end",
        "in the first step",
        "before the first step",
    ],
)
def test_a_line_is_read_for_the_step_that_wrote_it(
    steps: tuple[str, ...], log: str, expected: CauseClass
) -> None:
    """Where the log does not tell the steps apart, any of them may have."""
    seen = Evidence(at=T0, complete=True, steps=steps, tail=log)

    assert diagnose(FINDING, seen).of is expected


def test_the_first_error_is_believed_before_the_lines_around_it() -> None:
    """Nothing marks it in the log but that the runner shows it as the error."""
    error = "src/cart.ts(1,5): error TS2322: no"
    seen = Evidence(at=T0, complete=True, steps=(INSTALL,), tail=f"Not Authorized\n{error}")

    assert diagnose(FINDING, seen).of is CauseClass.CREDENTIAL
    assert diagnose(FINDING, replace(seen, first_error=error)).of is CauseClass.CODE


def test_of_a_running_product_the_last_forty_lines_are_read() -> None:
    """One more, and it tells of another time."""
    log = "KeyError: 'DATABASE_URL'\n" + "GET / 200\n" * 39
    seen = Evidence(at=T0, complete=True, tail=log, runtime=True)

    assert diagnose(FINDING, seen).of is CauseClass.CONFIG
    assert diagnose(FINDING, replace(seen, tail=f"{log}GET / 200")).of is CauseClass.UNKNOWN
