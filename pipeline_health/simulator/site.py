"""A pretend product behind a URL: what it answers, and whether it has to wake up first."""

from dataclasses import dataclass, field

from pipeline_health.simulator.exchange import (
    Answer,
    Call,
    ConnectionCut,
    HungUp,
    json_answer,
    text_answer,
)

_ASLEEP = 502


@dataclass(slots=True, kw_only=True)
class Page:
    """What is answered: *status* and *body*, or nothing when *status* is None.

    It comes after *delay* seconds, and with *pace* seconds before each byte of its body; *cut*
    breaks it off after the promise of one.
    """

    status: int | None = 200
    body: str = "a product"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pace: float = 0.0
    cut: bool = False

    def answer(self) -> Answer:
        """Give it as an answer, or raise HungUp or ConnectionCut."""
        if self.status is None:
            raise HungUp
        if self.cut:
            raise ConnectionCut
        answer = text_answer(self.status, self.body)
        return Answer(
            status=answer.status,
            headers={**answer.headers, **self.headers},
            body=answer.body,
            delay=self.delay,
            pace=self.pace,
        )


@dataclass(slots=True, kw_only=True)
class Site(Page):
    """Answers every path as *pages* says, the others as itself.

    While it *sleeps* a request only wakes it, that many of them; the answer is 502, or Railway's
    own page where *edge*. *asked* holds what was asked, oldest first, and *calls* all of it.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    sleeps: int = 0
    edge: bool = False
    asked: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def respond(self, call: Call) -> Answer:
        """Answer one request, or raise HungUp or ConnectionCut."""
        self.asked.append(call.target)
        self.calls.append(call)
        if self.sleeps:
            self.sleeps -= 1
            return self._asleep()
        return self.pages.get(call.target.partition("?")[0], self).answer()

    def _asleep(self) -> Answer:
        if self.edge:
            problem = {"status": "error", "code": 404, "message": "Application not found"}
            return json_answer(404, problem)
        return text_answer(_ASLEEP, "Application failed to respond")
