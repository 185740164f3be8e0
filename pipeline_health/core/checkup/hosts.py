"""The host: whose the files are, what systemd and cron start, and of which version that is."""

from collections.abc import Iterator
from datetime import timedelta
from shlex import quote

from pipeline_health.core.checkup.words import advice, counted, fault
from pipeline_health.core.model.checkup import Facts, FileFacts, Kept, UnitFacts, Unread
from pipeline_health.core.model.examination import Told, Unchecked

SKEW = timedelta(seconds=60)
"""What a clock may be off: GitHub refuses the signature of an App that is further ahead."""

MISSED = 3
"""So many looks in a row may be missing before somebody is told."""

_OTHERS_READ, _OTHERS_WRITE = 0o066, 0o022
_STARTERS = ("pipeline-health.timer", "pipeline-health-scheduler.service")


def clock(facts: Facts) -> Iterator[Told]:
    """Check that our clock agrees with the providers'."""
    for provider, skew in facts.skew.items():
        if isinstance(skew, Unread):
            yield Unchecked(where="clock", why=f"{provider}: {skew.why}")
        elif abs(skew) > SKEW:
            seconds = round(abs(skew).total_seconds())
            yield fault(
                "clock",
                f"this host is {seconds} s {'behind' if skew > timedelta(0) else 'ahead of'} "
                f"{provider}",
                "timedatectl set-ntp true; then: timedatectl status",
            )


def files(facts: Facts) -> Iterator[Told]:
    """Check that nobody else reads our secrets and ledger, or writes our configuration."""
    for file in facts.host.files:
        if file.mode is None or file.handed_over:
            continue
        secret = file.what != "configuration"
        opened = file.mode & (_OTHERS_READ if secret else _OTHERS_WRITE)
        if not file.ours:
            yield fault(file.path, f"the {file.what} belongs to somebody else", _take_over(file))
        elif opened:
            may = "read" if secret else "write"
            yield fault(
                file.path,
                f"others may {may} the {file.what} (mode {file.mode:04o})",
                f"chmod {'600' if secret else 'go-w'} {quote(file.path)}",
            )


def _take_over(file: FileFacts) -> str:
    path = quote(file.path)
    return f'sudo chown "$(id -un)" {path} && chmod 600 {path}'


def units(facts: Facts) -> Iterator[Told]:
    """Check that the installed units are those that this version ships."""
    for unit in facts.host.units:
        if unit.text is None:
            continue
        if unit.shipped is None:
            why = f"which {unit.name} this version ships is not known: its units are not beside it"
            yield Unchecked(where=unit.path, why=why)
        elif unit.text != unit.shipped:
            yield fault(
                unit.path,
                f"stale: {unit.name} is not the one that version {facts.version} ships",
                f"{_install(unit)}; changes of your own belong in {unit.path}.d/override.conf",
            )
        if unit.outdated:
            says = f"{unit.name} was changed, and systemd still goes by the one before"
            yield fault(unit.path, says, f"{_systemctl(unit)} daemon-reload")
        if unit.failed:
            says = f"{unit.name} failed the last time it was started"
            shown = f"journalctl {_journal(unit)}-u {unit.name} -n 50"
            yield fault(unit.path, says, shown)


def versions(facts: Facts) -> Iterator[Told]:
    """Check that what the units start is there, and of this version."""
    for unit in facts.host.units:
        if unit.started is None:
            continue
        starts = f"{unit.name} starts {unit.started}"
        if isinstance(unit.version, Unread):
            yield fault(unit.path, f"{starts}: {unit.version.why}", _install(unit))
        elif unit.version != facts.version:
            says = f"{starts} of version {unit.version}; this is {facts.version}"
            yield fault(unit.path, says, _install(unit))


def scheduling(facts: Facts) -> Iterator[Told]:
    """Check that one thing starts the cycles: timer or scheduler, the user's or the system's."""
    starters = [unit for unit in facts.host.units if unit.name in _STARTERS and unit.text]
    for unit in starters:
        if unit.active is None:
            why = f"whether {unit.name} is active could not be asked of systemd ({unit.scope})"
            yield Unchecked(where=unit.path, why=why)
    active = [unit for unit in starters if unit.active]
    for unit in active[1:]:
        yield fault(
            unit.path,
            f"{unit.name} ({unit.scope}) is active, and so is {active[0].name} "
            f"({active[0].scope}): every cycle is started twice",
            f"{_systemctl(unit)} disable --now {unit.name}",
        )
    if starters and not active and not any(unit.active is None for unit in starters):
        unit = starters[0]
        says = f"{unit.name} is installed and not active: nothing starts a cycle"
        yield fault(unit.path, says, f"{_systemctl(unit)} enable --now {unit.name}")
    elif not starters and facts.host.crontab == ():
        says = "nothing on this host starts a cycle"
        yield advice("units", says, "deploy/install.sh; nothing, where another host does it")
    if active and active[0].scope == "user" and facts.host.lingers is False:
        says = "the user's units stop when the user logs out"
        yield fault(active[0].path, says, 'loginctl enable-linger "$(id -un)"')


def crontab(facts: Facts) -> Iterator[Told]:
    """Check that no line of the crontab does what the units do already."""
    lines = facts.host.crontab
    if isinstance(lines, Unread):
        yield Unchecked(where="crontab", why=lines.why)
        return
    active = [unit for unit in facts.host.units if unit.name in _STARTERS and unit.active]
    for number in lines if active else lines[1:]:
        other = active[0].name if active else f"line {lines[0]}"
        says = f"line {number} starts pipeline-health, and so does {other}"
        yield fault("crontab", says, f"crontab -e, and take line {number} out")


def cycles(facts: Facts) -> Iterator[Told]:
    """Check that the ledger can be read, and that a cycle ended lately."""
    if isinstance(facts.kept, Unread):
        yield Unchecked(where="ledger", why=facts.kept.why)
        return
    last = facts.kept.last_cycle
    interval = facts.policy.poll_interval if facts.policy else timedelta(minutes=5)
    starters = [unit for unit in facts.host.units if unit.name in _STARTERS and unit.active]
    if last is not None and starters and facts.now - last > MISSED * interval:
        minutes = counted(int((facts.now - last).total_seconds() // 60), "minute")
        says = f"{starters[0].name} is active, but the last cycle ended {minutes} ago"
        shown = f"journalctl {_journal(starters[0])}-u 'pipeline-health*' -n 50"
        yield fault(starters[0].path, says, shown)


def orphans(facts: Facts) -> Iterator[Told]:
    """Check that no open issue of ours is in a repository that nobody configured."""
    kept = facts.kept if isinstance(facts.kept, Kept) else Kept()
    for line in kept.orphans:
        yield advice(
            line.repo,
            f"issue {line.issue} is open ({line.title}), and its repository is not configured",
            "pipeline-health run-once --close-orphans, or put the project back",
        )


def notifications(facts: Facts) -> Iterator[Told]:
    """Check that somebody is told, and that somebody notices when we are dead."""
    channels = facts.channels
    if channels.urls and not facts.host.apprise:
        yield fault(
            "NOTIFY_URLS",
            "is set, but Apprise is not installed, so that nothing is sent there",
            "run deploy/install.sh again, which brings it when NOTIFY_URLS is set",
        )
    if not (channels.ntfy or channels.urls):
        says = "nobody is told of what is for a human, but by the issue"
        yield advice("NTFY_TOPIC", says, "set NTFY_TOPIC or NOTIFY_URLS in secrets.env")
    if channels.guessable:
        says = "is short: whoever guesses the topic reads along"
        yield advice("NTFY_TOPIC", says, "choose one of 16 characters or more, at random")
    if not channels.healthcheck:
        says = "nobody notices when this host or its timer is dead"
        yield advice("HEALTHCHECK_URL", says, "set it to a check of healthchecks.io or alike")


def _install(unit: UnitFacts) -> str:
    return f"deploy/install.sh --{unit.scope}, from the release of this version"


def _systemctl(unit: UnitFacts) -> str:
    return "systemctl --user" if unit.scope == "user" else "sudo systemctl"


def _journal(unit: UnitFacts) -> str:
    return "--user " if unit.scope == "user" else ""
