"""`demo`: the story of an outage, told by the real agent against a pretend GitHub and Railway."""

import click

from pipeline_health.cli.exits import Exit


@click.command(short_help="Tell the story of an outage: no token, no network, half a minute.")
def demo() -> Exit:
    """Run the real agent against a pretend portfolio: no token, no network.

    A staging deploy fails and main goes red; each becomes one issue. Both are mended, and each
    issue is closed with the proof. What you see are the agent's own words.

    \b
    Example:
      pipeline-health demo
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health.cli.outage import outage  # noqa: PLC0415 - `--help` needs none of it

    outage(click.secho)
    return Exit.DONE
