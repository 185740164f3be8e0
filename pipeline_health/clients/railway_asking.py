"""One request to Railway, by whoever asks; counted, and sent again while that may help."""

from collections.abc import Mapping
from threading import Lock

from pipeline_health.clients import graphql
from pipeline_health.clients.errors import ClientError, NothingThereError
from pipeline_health.clients.graphql import Endpoint, Result
from pipeline_health.clients.holds import Hold
from pipeline_health.clients.http import Answer, Http
from pipeline_health.clients.railway_access import Access
from pipeline_health.clients.railway_errors import (
    HOST,
    PassingError,
    first_error,
    refuse,
    refuse_limited,
    refuse_passing,
)
from pipeline_health.clients.railway_pace import Pace
from pipeline_health.ports import Clock, Memory


class Asking:
    """Sends documents to *api*; safe to share between threads.

    *memory* keeps until when Railway wants to be left alone, whoever asks. *pace* is for those who
    ask side by side.
    """

    def __init__(
        self, http: Http, *, api: str, clock: Clock, memory: Memory, pace: Pace | None = None
    ) -> None:
        self._pace = pace
        self._http = http
        self._api = api
        self._clock = clock
        self._hold = Hold(HOST, memory=memory, clock=clock)
        self._lock = Lock()
        self._answered = 0

    @property
    def answered(self) -> int:
        """How many requests were answered so far."""
        return self._answered

    def ask(
        self,
        access: Access,
        document: str,
        variables: Mapping[str, object],
        *,
        patient: bool = True,
        not_after: tuple[type[ClientError], ...] = (),
    ) -> Result:
        """Give whatever comes back; a *patient* document is sent again while its error may pass.

        It is not after an error of *not_after*.
        """

        def check(answer: Answer) -> None:
            with self._lock:
                self._answered += 1
            if self._pace is not None:
                self._pace.learn(answer.headers)
            refuse(answer, now=self._clock.now())
            refuse_limited(answer, now=self._clock.now())
            if patient:
                refuse_passing(answer)

        endpoint = Endpoint(host=HOST, url=self._api, headers=access.headers(), refuse=check)
        try:
            with self._hold.obeyed():
                pace = None if self._pace is None else self._pace.wait
                return graphql.ask(
                    self._http, endpoint, document, variables, not_after=not_after, pace=pace
                )
        except PassingError as exc:
            return exc.result

    def demand(self, access: Access, document: str, variables: Mapping[str, object]) -> Result:
        """Give a whole answer, or raise the first of its errors."""
        result = self.ask(access, document, variables)
        error = first_error(result)
        if error is not None:
            raise error
        return result

    def seek(self, access: Access, document: str, variables: Mapping[str, object]) -> Result | None:
        """Give a whole answer, or None when Railway says that there is no such thing."""
        try:
            return self.demand(access, document, variables)
        except NothingThereError:
            return None
