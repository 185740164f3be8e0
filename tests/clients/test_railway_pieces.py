from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    TimedOutError,
    UnreachableError,
)
from pipeline_health.clients.pieces import Piece
from pipeline_health.clients.railway_errors import NotAuthorizedError, TokenRefusedError
from pipeline_health.clients.railway_pieces import better_halved, in_pieces

IDS = tuple(f"id{at}" for at in range(25))
Answers = dict[str, str | ClientError]


class Provider:
    """Answers pieces, and notes how large they were."""

    def __init__(self, answer: Callable[[tuple[str, ...]], Answers]) -> None:
        self._answer = answer
        self.sizes: list[int] = []
        self.again: list[bool] = []

    def fetch(self, piece: Piece[str]) -> Answers:
        """Answer *piece*."""
        self.sizes.append(len(piece.things))
        self.again.append(piece.again)
        return self._answer(piece.things)


def seen(ids: tuple[str, ...]) -> Answers:
    """Answer every id with itself."""
    return {one: one.upper() for one in ids}


def failing_with(error: ClientError, bad: frozenset[str]) -> Callable[[tuple[str, ...]], Answers]:
    """Answer as long as none of *bad* is asked for."""

    def answer(ids: tuple[str, ...]) -> Answers:
        if bad.intersection(ids):
            raise error
        return seen(ids)

    return answer


def naming_one(bad: frozenset[str]) -> Callable[[tuple[str, ...]], Answers]:
    """Answer all, or name the first that fails and tell nothing of the others."""

    def answer(ids: tuple[str, ...]) -> Answers:
        first = next((one for one in ids if one in bad), None)
        return seen(ids) if first is None else {first: NothingThereError("gone")}

    return answer


def failed(settled: Answers) -> set[str]:
    """Give the ids that ended with an error."""
    return {one for one, answer in settled.items() if isinstance(answer, ClientError)}


def test_all_are_asked_in_as_few_requests_as_may_be() -> None:
    """Every id is answered, and no request asks for more than the size."""
    provider = Provider(seen)

    assert seen(IDS) == in_pieces(IDS, provider.fetch, size=10)
    assert [10, 10, 5] == provider.sizes
    assert [False, False, False] == provider.again


def test_nothing_asked_is_nothing_sent() -> None:
    """Without ids there is no request."""
    provider = Provider(seen)

    assert {} == in_pieces((), provider.fetch, size=10)
    assert [] == provider.sizes


@given(st.sets(st.sampled_from(IDS)).map(frozenset))
def test_what_is_named_as_failing_fails_alone(bad: frozenset[str]) -> None:
    """However many aliases fail, each named only when the one before is gone, the rest are seen."""
    settled = in_pieces(IDS, Provider(naming_one(bad)).fetch, size=25)

    assert set(IDS) == set(settled)
    assert bad == failed(settled)


@given(st.sets(st.sampled_from(IDS)).map(frozenset))
def test_what_fails_without_a_name_is_found_by_halving(bad: frozenset[str]) -> None:
    """An error that names nobody ends at those that cause it, and at nobody else."""
    provider = Provider(failing_with(ClientError("problem"), bad))

    settled = in_pieces(IDS, provider.fetch, size=25)

    assert set(IDS) == set(settled)
    assert bad == failed(settled)
    assert len(provider.sizes) <= 49


@given(st.sampled_from(IDS))
def test_one_that_times_out_does_not_blind_the_others(bad: str) -> None:
    """A single slow environment is found by halving as well."""
    provider = Provider(failing_with(UnreachableError("slow"), frozenset({bad})))

    assert {bad} == failed(in_pieces(IDS, provider.fetch, size=25))


def test_a_batch_that_is_too_large_is_made_smaller() -> None:
    """When only small requests get through, small requests are made."""

    def answer(ids: tuple[str, ...]) -> Answers:
        if len(ids) > 7:
            msg = "timeout"
            raise UnreachableError(msg)
        return seen(ids)

    provider = Provider(answer)

    assert seen(IDS) == in_pieces(IDS, provider.fetch, size=25)
    assert [25, 13, 12, 7, 6, 6, 6] == provider.sizes
    assert [False, True] == provider.again[:2]


@pytest.mark.parametrize(
    ("error", "sends"),
    [
        pytest.param(RateLimitedError("slowly", retry_at=None), 1, id="rate-limit"),
        pytest.param(UnreachableError("no host", lost=False), 1, id="no-connection"),
        pytest.param(UnreachableError("502"), 10, id="down"),
    ],
)
def test_a_provider_that_is_gone_is_left_alone(error: ClientError, sends: int) -> None:
    """What smaller requests cannot mend is not hammered; nothing is forgotten."""
    provider = Provider(failing_with(error, frozenset(IDS)))

    settled = in_pieces(IDS, provider.fetch, size=25)

    assert dict.fromkeys(IDS, error) == settled
    assert sends == len(provider.sizes)


def test_many_batches_that_all_fail_end_in_bounded_requests() -> None:
    """The number of requests is bounded whatever fails; what was not asked has the error too."""
    ids = tuple(str(at) for at in range(40))
    provider = Provider(failing_with(ClientError("problem"), frozenset(ids)))

    settled = in_pieces(ids, provider.fetch, size=4)

    assert set(ids) == failed(settled)
    assert 18 == len(provider.sizes)


def test_a_refused_token_is_told_at_once() -> None:
    """When the token is no use nothing else is asked with it."""
    provider = Provider(failing_with(TokenRefusedError("no"), frozenset(IDS)))

    with pytest.raises(TokenRefusedError):
        in_pieces(IDS, provider.fetch, size=5)

    assert [5] == provider.sizes


def test_not_authorized_for_one_thing_is_no_refused_token() -> None:
    """One id that the token may not see leaves the others to be seen."""
    provider = Provider(failing_with(NotAuthorizedError("no"), frozenset({"id3"})))

    assert {"id3"} == failed(in_pieces(IDS, provider.fetch, size=25))


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        pytest.param(Piece(things=("a", "b")), (TimedOutError,), id="whole"),
        pytest.param(Piece(things=("a", "b"), again=True), (UnreachableError,), id="half"),
        pytest.param(Piece(things=("a",), again=True), (TimedOutError,), id="part-alone"),
        pytest.param(Piece(things=("a",)), (), id="alone"),
    ],
)
def test_what_can_be_halved_is_not_sent_again_as_it_is(
    piece: Piece[str], expected: tuple[type[ClientError], ...]
) -> None:
    """A whole batch waits out what passes by itself, but for a timeout; a single one all of it."""
    assert expected == better_halved(piece)
