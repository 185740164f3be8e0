"""What is noted of our own doing: what we are about to create, and what was decided."""

from datetime import datetime
from typing import Literal

from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something that we are about to create, noted before it is sent.

    *key* is the nonce of an issue, the key of a comment or that of a re-run; *highest* the highest
    number in the repository at that moment.
    """

    key: str
    of: Literal["issue", "comment", "rerun"]
    fingerprint: Fingerprint
    repo: RepoName
    at: datetime
    highest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One decision in the life of an incident, in one sentence."""

    at: datetime
    says: str
