"""`serve`: the long-running form, for hosts without a timer."""

from functools import partial

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options


@click.command(short_help="Look every few minutes, until told to stop.")
@click.option(
    "--listen",
    metavar="ADDRESS:PORT",
    help='Where the page is served, or "off". Default: listen of [page], else 127.0.0.1:8484.',
)
@click.pass_obj
def serve(options: Options, listen: str | None) -> Exit:
    """Run a cycle now and every `poll_interval`, until SIGTERM or Control-C.

    It does what a timer does with `run-once`, in one process: use one or the other. A cycle that
    fails is told of, and the next one is made. SIGHUP reads configuration and secrets anew and
    looks at once; what is wrong in them is told, and those from before stay. SIGTERM ends it within
    ten seconds: what was seen by then is used. Under systemd (Type=notify) each finished cycle
    feeds the watchdog.

    Meanwhile it serves a page: the portfolio at a glance, each incident, /feed.json, /metrics and
    /healthz. Nothing can be changed there. Any address but this host's own needs WEB_PASSWORD.

    \b
    Examples:
      pipeline-health serve                          in the foreground, until Control-C
      pipeline-health serve --listen off             without the page
      kill -HUP $(pgrep -f 'pipeline-health serve')  look now
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    # `--help` needs none of it.
    from pipeline_health import bootstrap, frontage, serving, settings  # noqa: PLC0415
    from pipeline_health.supervisor import Supervisor  # noqa: PLC0415 - nor this

    machine = bootstrap.Machine()
    service = serving.Service(
        lambda: bootstrap.load_for_a_cycle(
            options.config, log_format=options.log_format, machine=machine
        ),
        machine=machine,
        supervisor=Supervisor.of(settings.process_environment()),
        page=partial(frontage.served, clock=machine.clock, listen=listen),
    )
    service.run()
    return Exit.DONE
