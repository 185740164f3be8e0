"""What several commands take: lengths of time, as the configuration has them."""

from datetime import timedelta

import click

from pipeline_health.settings.durations import EXPECTED_DURATION, parse_duration


def duration(_: click.Context, __: click.Parameter, text: str) -> timedelta:
    """Read a length of time such as `90s`, `5m`, `2h` or `7d`; a click callback."""
    length = parse_duration(text)
    if length is None:
        msg = f"{text!r} is no duration; expected {EXPECTED_DURATION}"
        raise click.BadParameter(msg)
    return length


def duration_or_zero(context: click.Context, parameter: click.Parameter, text: str) -> timedelta:
    """Read a length of time, or `0` for none; a click callback."""
    return timedelta() if text == "0" else duration(context, parameter, text)
