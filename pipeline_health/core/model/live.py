"""What came of the tests against the live staging URL."""

from datetime import datetime

from pipeline_health.core.model.ids import Sha
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One test, and when it ended by our clock.

    *says* completes a sentence that begins with *what*; *tail* is bounded, redacted output.
    *passed* is None where it could not be told: the test itself could not be made.
    """

    what: str
    passed: bool | None
    says: str
    at: datetime
    url: str | None = None
    tail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The commit that the live URL itself says it serves, None where it does not tell one."""

    commit: Sha | None
    says: str
    at: datetime
