"""What a recording tells: what waited for what, how many were at once, how many in a row."""

import pytest

from benchmarks.recorded import Asked, at_once, in_a_row, waited_for


def asked(*times: tuple[float, float]) -> list[Asked]:
    """Make requests that began and ended at these times."""
    return [
        Asked(
            host="github",
            method="GET",
            target="/",
            headers={},
            body="",
            began=began,
            ended=ended,
        )
        for began, ended in times
    ]


@pytest.mark.parametrize(
    ("times", "before", "width", "row"),
    [
        ((), [], 0, 0),
        (((0, 1),), [()], 1, 1),
        (((0, 1), (1, 2), (2, 3)), [(), (0,), (0, 1)], 1, 3),
        (((0, 3), (0, 2), (1, 2), (2, 4)), [(), (), (), (1, 2)], 3, 2),
        (((0, 1), (0, 5), (1, 2), (2, 3)), [(), (), (0,), (0, 2)], 2, 3),
    ],
    ids=["nothing", "one", "one after the other", "side by side", "a slow one beside"],
)
def test_what_waits_for_what_is_read_from_the_times(
    times: tuple[tuple[float, float], ...], before: list[tuple[int, ...]], width: int, row: int
) -> None:
    """A request waits for those that were answered when it was sent, and for no other."""
    requests = asked(*times)

    assert before == waited_for(requests)
    assert (width, row) == (at_once(requests), in_a_row(requests))
