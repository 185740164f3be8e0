"""A pretend product behind a URL: what it answers, and whether it has to wake up first."""

from dataclasses import dataclass, field

from pipeline_health.simulator.exchange import Answer, Call, HungUp, text_answer


@dataclass(slots=True, kw_only=True)
class Site:
    """Answers *status* to everything; None hangs up. While it *sleeps* one request only wakes it.

    *asked* holds what was asked, oldest first.
    """

    status: int | None = 200
    sleeps: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, call: Call) -> Answer:
        """Answer one request, or raise HungUp."""
        self.asked.append(call.target)
        if self.sleeps:
            self.sleeps = False
            return text_answer(502, "Application failed to respond")
        if self.status is None:
            raise HungUp
        answer = text_answer(self.status, "a product")
        answer.headers.update(self.headers)
        return answer
