"""What leaves beside a cycle never ends it, whatever goes wrong with it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import pytest
import structlog

from concern_builders import NOW
from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.http import Http
from pipeline_health.core.model.notice import Letter, Notice, NoticeKind, Told
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import Lease, LeaseHeldError, LeaseLostError, LedgerError
from pipeline_health.postroom import Heart, beating, deliver, receivers_of
from pipeline_health.secret import Secret
from pipeline_health.settings import OptionalSecrets
from pipeline_health.telemetry import Redaction

HOUR = timedelta(hours=1)
DICE = random.Random(1)  # noqa: S311 - names of runs are no secrets
SECRETS = OptionalSecrets(ntfy_topic=Secret("planted-topic"))
NOTICE = Notice(kind=NoticeKind.NEW, title="a", body="b", url="", priority=3, tags=("key",))


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Leave the logs as they were: a defect sets them up to go to this test's standard error."""
    yield
    structlog.reset_defaults()


class Wire:
    """A network that does with a request what *answers* says, in turn, and then takes all."""

    def __init__(self, *answers: int | Exception) -> None:
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self._answers = list(answers)

    def connect(self) -> Http:
        """Give connections to it."""
        return Http(
            clock=SystemClock(), jitter=random.random, transport=httpx.MockTransport(self._answer)
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        self.bodies.append(request.content.decode())
        answer = self._answers.pop(0) if self._answers else 200
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)


class Broken(MemoryLedger):
    """A ledger that cannot drop a letter."""

    def drop(self, letter: Letter) -> None:
        """Fail."""
        msg = f"letter {letter.id} cannot be dropped"
        raise LedgerError(msg)


class Gone:
    """A lease that somebody else has now."""

    def renew(self, *, now: datetime) -> None:
        """Fail."""
        raise LeaseLostError(now.isoformat())


@contextmanager
def posted(ledger: MemoryLedger) -> Iterator[Lease]:
    """Put a letter into the box, under a lease that goes on."""
    with ledger.lease(now=NOW, lasting=HOUR) as lease:
        ledger.tell(Told(), [NOTICE], receivers=["ntfy"], lease=lease, now=SystemClock().now())
        yield lease


def test_an_empty_box_asks_nobody() -> None:
    """Not even the ledger for the lease."""
    wire = Wire()
    untold = deliver(SECRETS, MemoryLedger(), Gone(), connect=wire.connect, clock=SystemClock())

    assert (untold, wire.asked) == ((), [])


def test_somebody_elses_turn_is_somebody_elses_post(capsys: pytest.CaptureFixture[str]) -> None:
    """The letter would be sent by both."""
    wire, ledger = Wire(), MemoryLedger()
    with posted(ledger):
        deliver(SECRETS, ledger, Gone(), connect=wire.connect, clock=SystemClock())

    assert (wire.asked, len(ledger.letters())) == ([], 1)
    assert "letters_not_sent" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ledger", "fault", "says"),
    [
        (Broken(), 200, "letter 1 cannot be dropped"),
        (MemoryLedger(), ZeroDivisionError("planted-topic"), "ZeroDivisionError"),
    ],
    ids=["the ledger", "a defect of ours"],
)
def test_what_goes_wrong_is_logged_and_the_letter_stays(
    ledger: MemoryLedger,
    fault: int | Exception,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The report of the cycle is worth more."""
    wire = Wire(fault)
    with posted(ledger) as lease:
        assert () == deliver(SECRETS, ledger, lease, connect=wire.connect, clock=SystemClock())

    assert wire.asked == ["/planted-topic"]
    assert len(ledger.letters()) == 1
    assert says in "".join(capsys.readouterr())


def test_every_receiver_has_a_name_without_a_secret() -> None:
    """Its place, and its service."""
    urls = (Secret("tgram://planted/1"), Secret("planted"))
    both = OptionalSecrets(ntfy_topic=Secret("planted-topic"), notify_urls=urls)

    assert receivers_of(OptionalSecrets()) == ()
    assert receivers_of(both) == ("ntfy", "NOTIFY_URLS 1 (tgram)", "NOTIFY_URLS 2 (no URL)")


@contextmanager
def heart(wire: Wire) -> Iterator[Heart]:
    """Watch over a cycle."""
    url = Secret("https://hc.example/planted-uuid")
    redaction = Redaction((Secret("planted-word"),))
    with beating(url, DICE.getrandbits, wire.connect, SystemClock(), redaction) as watched:
        yield watched


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (LedgerError("planted-word is full"), ["LedgerError: *** is full"]),
        (ZeroDivisionError("x"), ["ZeroDivisionError: x"]),
        (LeaseHeldError("by another"), []),
        (KeyboardInterrupt(), []),
    ],
    ids=["the ledger", "a defect", "another's turn", "an interrupt"],
)
def test_what_ends_a_cycle_is_told_unless_it_is_anothers_turn(
    raised: BaseException, told: list[str]
) -> None:
    """And goes on to whoever waits for it."""
    wire = Wire()
    with pytest.raises(type(raised)), heart(wire):
        raise raised

    assert wire.bodies == told
    assert wire.asked == ["/planted-uuid/fail"] * len(told)


@pytest.mark.parametrize(("failed", "beat"), [(None, ""), ("it broke", "/fail")])
def test_a_cycle_beats_as_it_ended(failed: str | None, beat: str) -> None:
    """With its sentence."""
    wire = Wire()
    report = CycleReport(
        cycle="c", started_at=NOW, finished_at=NOW, sentence="What it did.", failed=failed
    )
    with heart(wire) as watched:
        watched.began()
        watched.ended(report)

    assert wire.asked == ["/planted-uuid/start", f"/planted-uuid{beat}"]
    assert wire.bodies == ["", "What it did."]


def test_a_defect_in_the_heart_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever watches us must not be what stops us."""
    wire = Wire(ZeroDivisionError("planted"))
    with heart(wire) as watched:
        watched.began()

    assert wire.asked == ["/planted-uuid/start"]
    assert "ZeroDivisionError" in "".join(capsys.readouterr())
