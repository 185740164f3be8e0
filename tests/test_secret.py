import pickle

import pytest

from pipeline_health.secret import Secret


def test_a_secret_shows_itself_to_nobody() -> None:
    """Printing, formatting and looking at it give three stars."""
    secret = Secret("planted-value")

    assert ["***", "***", "***  "] == [str(secret), repr(secret), f"{secret:5}"]
    assert secret.reveal() == "planted-value"


def test_secrets_compare_by_value() -> None:
    """Two variables with one value are one secret."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


def test_a_secret_cannot_be_serialised() -> None:
    """Neither a cache nor a crash report carries it away."""
    with pytest.raises(TypeError, match="not to be serialised"):
        pickle.dumps(Secret("planted-value"))
