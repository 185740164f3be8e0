import json

import pytest

from pipeline_health.clients.errors import (
    ClientError,
    RefusedError,
    UnexpectedShapeError,
    UnreachableError,
)
from pipeline_health.clients.graphql import Endpoint, Problem, Result, ask
from pipeline_health.clients.http import Answer
from wire import NOON, Said, Script, StillClock, http_at, saying


def accept(answer: Answer) -> None:
    """Take every answer."""


def asked(script: Script, clock: StillClock) -> Result:
    """Send a document to *script*."""
    with script.running(), http_at(clock) as http:
        endpoint = Endpoint(host="Pretend", url=script.url, headers={"X-A": "b"}, refuse=accept)
        return ask(http, endpoint, "query { x }", {"v": 1})


def result_of(body: object) -> Result:
    """Give what *body* is read as."""
    return asked(saying(Said(body=json.dumps(body).encode())), StillClock())


def test_a_document_is_posted_with_its_variables() -> None:
    """The body holds the document and the variables, and the headers are those of the endpoint."""
    script = saying(Said(body=b'{"data": {"x": 1}}'))

    result = asked(script, StillClock())

    assert 1 == result.data.number("x")
    assert (NOON, ()) == (result.at, result.problems)
    assert {"query": "query { x }", "variables": {"v": 1}} == json.loads(script.asked[0].body)
    assert ("POST", "b") == (script.asked[0].method, script.asked[0].headers["X-A"])


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(
            {"message": "no", "type": "FORBIDDEN", "path": ["r0", "issues", 3]},
            Problem(message="no", type="FORBIDDEN", path=("r0", "issues", "3")),
            id="github",
        ),
        pytest.param(
            {"message": "no", "extensions": {"code": "BAD"}, "path": None},
            Problem(message="no", type="BAD", path=()),
            id="railway",
        ),
        pytest.param({}, Problem(message="no message", type="", path=()), id="nothing-said"),
    ],
)
def test_an_error_says_what_and_where(error: object, expected: Problem) -> None:
    """Both providers' ways of telling an error are read as one."""
    result = result_of({"data": None, "errors": [error]})

    assert (expected,) == result.problems
    assert result.data.missing


def test_an_error_knows_its_root_field() -> None:
    """The first step of the path is the alias that failed; without a path it is everything."""
    assert "e1" == Problem(message="", type="", path=("e1", "x")).alias
    assert Problem(message="", type="", path=()).alias is None


def test_problems_are_found_below_and_above_a_place() -> None:
    """A null travels upwards, so an error above a place counts for it as one below does."""
    above, below, aside = (
        Problem(message=path, type="", path=tuple(path)) for path in ("a", "abc", "ax")
    )
    whole = Problem(message="whole", type="", path=())
    empty = result_of({"data": None})
    result = Result(data=empty.data, problems=(above, below, aside, whole), at=NOON)

    assert (above, below, whole) == result.problems_under("a", "b")


@pytest.mark.parametrize("body", [{}, [], 1, "x", None], ids=repr)
def test_json_that_is_no_graphql_is_refused(body: object) -> None:
    """An answer with neither data nor errors is no answer."""
    with pytest.raises(UnexpectedShapeError, match="Pretend answered 200 with neither"):
        result_of(body)


@pytest.mark.parametrize(
    "errors", [[3], {"message": "x"}, [{"message": 3}], [{"path": 3}]], ids=repr
)
def test_errors_of_another_shape_are_refused(errors: object) -> None:
    """Errors that cannot be read are not taken for none."""
    with pytest.raises(UnexpectedShapeError):
        result_of({"data": {}, "errors": errors})


def test_a_page_of_html_is_asked_again_and_then_unreachable() -> None:
    """What is no JSON is a fault of the transport, so that it is sent again."""
    script, clock = saying(Said(body=b"<html>busy</html>")), StillClock()

    with pytest.raises(UnreachableError, match="no JSON: '<html>busy</html>'"):
        asked(script, clock)

    assert 3 == len(script.asked)


def test_an_answer_that_comes_whole_the_second_time_is_taken() -> None:
    """A body that was cut is read again."""
    script = saying(Said(body=b'{"data": {"x"'), Said(body=b'{"data": {"x": 2}}'))

    assert 2 == asked(script, StillClock()).data.number("x")


def test_what_the_endpoint_refuses_is_raised() -> None:
    """The endpoint's own check comes before the body is read."""

    def refuse(answer: Answer) -> None:
        msg = "not you"
        raise RefusedError(msg, status=answer.status)

    script = saying(Said(status=403, body=b"<html>"))
    with script.running(), http_at(StillClock()) as http:
        endpoint = Endpoint(host="Pretend", url=script.url, headers={}, refuse=refuse)
        with pytest.raises(ClientError, match="not you"):
            ask(http, endpoint, "query { x }", {})

    assert 1 == len(script.asked)
