"""Every word that is posted anywhere: titles, bodies, markers and comments, and what reads them.

Whatever comes from outside passes `core.inert` on its way in here, and nowhere else.
"""

from pipeline_health.core.issue_text.body import body, digest, done_when, notes_of
from pipeline_health.core.issue_text.comments import (
    closing,
    comment_key,
    duplicate,
    handed_over,
    orphaned,
    posted,
    reopened,
)
from pipeline_health.core.issue_text.marker import marker_of, read_marker, write_marker
from pipeline_health.core.issue_text.parent_marker import identity_of
from pipeline_health.core.issue_text.titles import title_of
from pipeline_health.core.issue_text.wording import duration

__all__ = [
    "body",
    "closing",
    "comment_key",
    "digest",
    "done_when",
    "duplicate",
    "duration",
    "handed_over",
    "identity_of",
    "marker_of",
    "notes_of",
    "orphaned",
    "posted",
    "read_marker",
    "reopened",
    "title_of",
    "write_marker",
]
