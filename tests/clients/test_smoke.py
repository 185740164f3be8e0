"""Answers judged by what a check wants: what passes, what fails, what cannot be told, and why."""

import json
from datetime import timedelta

import pytest

from pipeline_health.clients.smoke import LARGEST, body_wanted, commit_of, judge
from pipeline_health.clients.visit import Page
from pipeline_health.core.model.gate_policy import (
    HeaderCheck,
    JsonCheck,
    Scalar,
    SmokeCheck,
    VersionCheck,
)
from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction

QUICK = timedelta(seconds=0.5)
REDACT = Redaction([Secret("planted-secret")])
SHA = "9F8E7D6C" * 5
VERSION = VersionCheck(path="/version", key="build.commit")


def page(
    body: str | bytes = "",
    *,
    status: int = 200,
    packing: str = "",
    cut: bool = False,
    **headers: str,
) -> Page:
    """Give an answer; a `_` in the name of a header stands for a hyphen."""
    return Page(
        status=status,
        says=f"answered {status}",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body.encode() if isinstance(body, str) else body,
        packing=packing,
        cut=cut,
    )


def judged(found: Page, wanted: SmokeCheck, *, took: timedelta = QUICK) -> tuple[bool | None, str]:
    """Judge it under our redaction."""
    return judge(found, wanted, took=took, redact=REDACT)


def by_json(key: str, value: Scalar) -> SmokeCheck:
    """Want a value of the JSON."""
    return SmokeCheck(path="/", json=JsonCheck(key=key, value=value))


def by_header(name: str, contains: str = "") -> SmokeCheck:
    """Want a header."""
    return SmokeCheck(path="/", header=HeaderCheck(name=name, contains=contains))


PLAIN = SmokeCheck(path="/")
SAYS_OK = SmokeCheck(path="/", contains="ok")

PASSES = [
    (page(), PLAIN),
    (page(status=302), SmokeCheck(path="/", status=(200, 302))),
    (page("it is ok"), SAYS_OK),
    (page("grüße"), SmokeCheck(path="/", contains="grüße")),
    (page("ok", packing="Identity"), SAYS_OK),
    (page("ok", cut=True), SAYS_OK),
    (page('{"a":{"b":"ok"}}'), by_json("a.b", "ok")),
    (page('\ufeff{"a":"ok"}'), by_json("a", "ok")),
    (page('{"a":1}'), by_json("a", 1)),
    (page('{"a":1.0}'), by_json("a", 1)),
    (page('{"a":1}'), by_json("a", 1.0)),
    (page('{"a":true}'), by_json("a", value=True)),
    (page('{"a":null}'), by_json("a", None)),
    (page('{"a":""}'), by_json("a", "")),
    (page(etag="x"), by_header("ETag")),
    (page(content_type="application/json; charset=utf-8"), by_header("Content-Type", "json")),
    (page(), SmokeCheck(path="/", within=QUICK)),
]


@pytest.mark.parametrize(("found", "wanted"), PASSES)
def test_what_is_as_it_is_wanted_passes(found: Page, wanted: SmokeCheck) -> None:
    """And says no more than the status."""
    assert judged(found, wanted) == (True, found.says)


FAILS = [
    (page(status=500), PLAIN, "answered 500, not 200"),
    (page(status=500), SmokeCheck(path="/", status=(200, 204)), "answered 500, not 200 or 204"),
    (page("OK"), SAYS_OK, 'answered 200, but its body does not contain "ok"'),
    (
        page("OK", cut=True),
        SAYS_OK,
        'answered 200, but its body does not contain "ok", as far as it was read (1 MiB)',
    ),
    (page("<html>"), by_json("a", 1), "answered 200, but its body is no JSON"),
    (page(b"\xff"), by_json("a", 1), "answered 200, but its body is no JSON"),
    (page("[" * 100_000), by_json("a", 1), "answered 200, but its body is no JSON"),
    (page('{"a":NaN}'), by_json("a", 1), "answered 200, but its body is no JSON"),
    (page('{"a":{}}'), by_json("a.b", 1), "answered 200, but its JSON has no a.b"),
    (page('{"a":[1]}'), by_json("a.0", 1), "answered 200, but its JSON has no a.0"),
    (page("[]"), by_json("a", 1), "answered 200, but its JSON has no a"),
    (page('{"a":true}'), by_json("a", 1), "answered 200, but its a is true, not 1"),
    (page('{"a":1}'), by_json("a", value=True), "answered 200, but its a is 1, not true"),
    (page('{"a":0}'), by_json("a", value=False), "answered 200, but its a is 0, not false"),
    (page('{"a":"1"}'), by_json("a", 1), 'answered 200, but its a is "1", not 1'),
    (page('{"a":null}'), by_json("a", "ok"), 'answered 200, but its a is null, not "ok"'),
    (page('{"a":{}}'), by_json("a", "ok"), 'answered 200, but its a is an object, not "ok"'),
    (page('{"a":[]}'), by_json("a", "ok"), 'answered 200, but its a is a list, not "ok"'),
    (page(), by_header("ETag"), "answered 200, but without the header ETag"),
    (
        page(content_type="text/html"),
        by_header("Content-Type", "json"),
        'answered 200, but its header Content-Type is "text/html", which does not contain "json"',
    ),
    (
        page(),
        SmokeCheck(path="/", within=timedelta(seconds=0.4)),
        "answered 200, but after 0.50 s, not within 0.4 s",
    ),
    (
        page("OK"),
        SmokeCheck(path="/", contains="ok", within=timedelta(seconds=0.4)),
        "answered 200, but after 0.50 s, not within 0.4 s, but its body does not contain",
    ),
    (
        page("ok", status=500),
        SmokeCheck(path="/", contains="no", header=HeaderCheck(name="ETag")),
        "answered 500, not 200, but without the header ETag",
    ),
    (page(packing="gzip"), SmokeCheck(path="/", contains="ok", header=HeaderCheck(name="a")), ""),
]


@pytest.mark.parametrize(("found", "wanted", "says"), FAILS)
def test_what_is_not_fails_and_is_named(found: Page, wanted: SmokeCheck, says: str) -> None:
    """What was wanted and what came."""
    passed, said = judged(found, wanted)

    assert passed is False
    assert said.startswith(says)


def test_no_answer_is_a_failure() -> None:
    """In the words of whoever asked."""
    silent = Page(status=None, says="could not be connected to")

    assert judged(silent, SAYS_OK) == (False, "could not be connected to")


@pytest.mark.parametrize(
    ("found", "wanted", "says"),
    [
        (
            page("\x1f\x8b", packing="gzip"),
            SAYS_OK,
            "answered 200, with a packed body, although none was asked for; it was not read",
        ),
        (
            page('{"a":1}', cut=True),
            by_json("a", 1),
            "answered 200, with more than 1 MiB of JSON; it was not read",
        ),
    ],
)
def test_a_body_that_was_not_read_is_not_judged(found: Page, wanted: SmokeCheck, says: str) -> None:
    """Nothing is unpacked: a few bytes could become a gigabyte."""
    assert judged(found, wanted) == (None, says)


@pytest.mark.parametrize(
    ("came", "shown"),
    [
        ("@archon fix #12", "(at)archon fix no. 12"),
        ("a\x1b[31mb\nc\x00", "ab c"),
        ("planted-secret", "***"),
        ("planted\x00-secret", "***"),
        ("y" * 1000, "y" * 79 + "…"),
        ("half \ud800", "half"),
    ],
)
def test_what_came_is_quoted_briefly_and_harmlessly(came: str, shown: str) -> None:
    """Who answers may be anybody; the words will stand in an issue."""
    in_json = judged(page(json.dumps({"a": came})), by_json("a", "ok"))
    in_header = judged(page(a=came), by_header("a", "no"))

    assert in_json[1] == f'answered 200, but its a is "{shown}", not "ok"'
    assert f'is "{shown}", which does not' in in_header[1]


def test_a_number_is_not_quoted_at_length_either() -> None:
    """JSON knows numbers of any length."""
    _, says = judged(page('{"a":' + "1" * 1000 + "}"), by_json("a", 1))

    assert len(says) < 200


def test_a_body_is_read_only_when_it_counts() -> None:
    """A stream without end can be checked for its status."""
    assert [body_wanted(check) for check in (PLAIN, by_header("a"), SAYS_OK, by_json("a", 1))] == [
        0,
        0,
        LARGEST,
        LARGEST,
    ]


# -- the version -----------------------------------------------------------------------------


def test_a_full_commit_id_is_a_version() -> None:
    """In any case; it is compared in one."""
    told = commit_of(page(json.dumps({"build": {"commit": SHA}})), VERSION, redact=REDACT)

    assert told == (SHA.lower(), f"tells that it serves {SHA.lower()}")


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            page('{"build":{"commit":"9f8e7d6"}}'),
            'tells "9f8e7d6" as build.commit; expected the full commit id, all 40 digits of it',
        ),
        (page(json.dumps({"build": {"commit": SHA + "0"}})), 'tells "9F8E7D6C'),
        (page('{"build":{"commit":1234567}}'), "tells 1234567 as build.commit"),
        (page('{"build":{"commit":"planted-secret"}}'), 'tells "***" as build.commit'),
        (page('{"build":{}}'), "answered 200, but its JSON has no build.commit"),
        (page("9f8e7d6"), "answered 200, but its body is no JSON"),
        (page(packing="br"), "answered 200, with a packed body"),
        (page("{}", status=404), "answered 404, where a version was expected"),
        (page("{}", status=302), "answered 302, where a version was expected"),
        (Page(status=None, says="broke the exchange off"), "broke the exchange off, where a"),
    ],
)
def test_everything_else_is_none(found: Page, says: str) -> None:
    """It says what to mend."""
    commit, said = commit_of(found, VERSION, redact=REDACT)

    assert commit is None
    assert said.startswith(says)
