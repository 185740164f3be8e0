"""Every kind of trouble that a long run must hit, in the order in which it is told."""

from properties import weather
from properties.cycles import PLACES
from properties.network import STATUSES

MIDDLE = (
    ("crash", 125),
    ("second agent while the first one works", 25),
    ("suspended, and a second agent took over", 25),
    ("renamed in the middle", 50),
    ("issues disabled in the middle", 60),
    ("labels dropped in the middle", 30),
    ("clock stepped in the middle", 22),
)
"""What may happen in the middle of a cycle, and in how many of a thousand."""

AT_HOME = (
    "full disk",
    "ledger lost",
    "ledger restored from an old copy",
    "clock stepped",
)
UNSAID = ("list of issues lags", "list of runs lags", "label silently dropped")
KINDS = (
    *(kind.name for kind in weather.KINDS),
    *STATUSES.values(),
    *UNSAID,
    *(f"crash {place}" for place in PLACES),
    *(name for name, _ in MIDDLE if name not in ("crash", "renamed in the middle")),
    *AT_HOME,
)
