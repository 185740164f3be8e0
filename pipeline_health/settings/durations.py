"""Durations as people write them: `90s`, `5m`, `2h`, `7d`."""

import re
from datetime import timedelta
from typing import Final

_FORM: Final = re.compile(r"([0-9]{1,9})(s|m|h|d)", re.ASCII)
_UNITS: Final = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_LONGEST: Final = timedelta(days=3650)

EXPECTED_DURATION: Final = 'a number and a unit, such as "90s", "5m", "2h" or "7d", at most "3650d"'
"""What to tell somebody whose duration was not understood."""


def parse_duration(text: str) -> timedelta | None:
    """Give the length of time that *text* means, None when it means none, or none above zero."""
    match = _FORM.fullmatch(text)
    if match is None or int(match[1]) > _LONGEST / _UNITS[match[2]]:
        return None
    return int(match[1]) * _UNITS[match[2]] or None
