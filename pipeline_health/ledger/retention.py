"""How much is kept, so that the ledger never grows without end."""

from datetime import timedelta

KEEP = timedelta(days=90)
"""Reports, resolved incidents with their trails, and facts that nobody repeated go after this."""

WHOLE_REPORTS = 50
"""So many of the newest reports are kept whole, the others without what they tell at length."""

SHORTENED_AT_ONCE = 20
"""At most so many reports are cut in one cycle, however many an older version has left whole."""

TRAIL_LINES = 200
"""The newest lines that the decision trail of one incident keeps."""

REFRESH = timedelta(days=7)
"""A fact that is repeated unchanged is dated anew only when its date is older than this."""
