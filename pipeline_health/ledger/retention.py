"""How much is kept, so that the ledger never grows without end."""

from datetime import timedelta

KEEP = timedelta(days=90)
"""Reports, resolved incidents with their trails, and facts that nobody repeated go after this."""

TRAIL_LINES = 200
"""The newest lines that the decision trail of one incident keeps."""

REFRESH = timedelta(days=7)
"""A fact that is repeated unchanged is dated anew only when its date is older than this."""
