"""What `doctor` says of the host and its files: a row a way to be wrong, or right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from checkup_facts import (
    FACTS,
    FILE,
    NOON,
    PROJECT,
    SERVICE,
    TIMER,
    UNREAD,
    Row,
    with_host,
    with_kept,
    with_units,
)
from pipeline_health.core.model.checkup import Channels, FileFacts, Flaw, Kept, Unread
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.report import OrphanLine

OLD = NOON - timedelta(hours=1)
ORPHAN = OrphanLine(repo=RepoName("acme/gone"), issue=7, title="T", url="u")

HOSTS: Mapping[str, Row] = {
    "a flaw": (
        "configuration",
        replace(FACTS, flaws=(Flaw(where="/c.toml", key="sla", says="is no duration"),)),
        ("fault", "/c.toml: sla", "is no duration", "mend that"),
    ),
    "a flaw of a whole file": (
        "configuration",
        replace(FACTS, flaws=(Flaw(where="/c.toml", key="", says="is no TOML"),)),
        ("fault", "/c.toml", "is no TOML", "mend that"),
    ),
    "no policy": ("configuration", replace(FACTS, policy=None), ()),
    "secrets open": (
        "files",
        with_host(files=(replace(FILE, mode=0o640),)),
        ("fault", "/s", "others may read the secrets (mode 0640)", "chmod 600 /s"),
    ),
    "configuration open to read": (
        "files",
        with_host(files=(FileFacts(path="/c", what="configuration", mode=0o644),)),
        (),
    ),
    "configuration open to write": (
        "files",
        with_host(files=(FileFacts(path="/c", what="configuration", mode=0o664),)),
        ("fault", "/c", "others may write the configuration", "chmod go-w /c"),
    ),
    "somebody else's ledger": (
        "files",
        with_host(files=(FileFacts(path="/l", what="ledger", mode=0o600, ours=False),)),
        ("fault", "/l", "belongs to somebody else", 'sudo chown "$(id -un)" /l'),
    ),
    "no file, and one of systemd's": (
        "files",
        with_host(files=(replace(FILE, mode=None), replace(FILE, mode=0o644, handed_over=True))),
        (),
    ),
    "behind": (
        "clock",
        replace(FACTS, skew={"GitHub": timedelta(seconds=61)}),
        ("fault", "clock", "61 s behind GitHub", "timedatectl"),
    ),
    "ahead": (
        "clock",
        replace(FACTS, skew={"GitHub": timedelta(seconds=-61)}),
        ("fault", "clock", "61 s ahead of GitHub", "timedatectl"),
    ),
    "no time": (
        "clock",
        replace(FACTS, skew={"GitHub": UNREAD}),
        ("not checked", "clock", "GitHub: no answer"),
    ),
    "stale unit": (
        "units",
        with_units(replace(TIMER, text="old")),
        ("fault", "/u/pipeline-health.timer", "stale: ", "deploy/install.sh --user"),
    ),
    "unit of an unknown version": (
        "units",
        with_units(replace(TIMER, shipped=None)),
        ("not checked", "/u/pipeline-health.timer", "this version ships is not known"),
    ),
    "a unit that systemd read before": (
        "units",
        with_units(replace(TIMER, outdated=True)),
        (
            "fault",
            "/u/pipeline-health.timer",
            "systemd still goes by the one before",
            "systemctl --user daemon-reload",
        ),
    ),
    "failed unit": (
        "units",
        with_units(replace(SERVICE, failed=True)),
        (
            "fault",
            "/u/pipeline-health.service",
            "failed the last time",
            "journalctl --user -u pipeline-health.service",
        ),
    ),
    "no unit": ("units", with_units(replace(TIMER, text=None)), ()),
    "no program": (
        "versions",
        with_units(replace(SERVICE, version=Unread("there is no such program"))),
        ("fault", "/u/pipeline-health.service", "there is no such program", "deploy/install.sh"),
    ),
    "another version": (
        "versions",
        with_units(replace(SERVICE, version="0")),
        ("fault", "/u/pipeline-health.service", "of version 0; this is 1", "deploy/install.sh"),
    ),
    "timer and scheduler": (
        "scheduling",
        with_units(
            TIMER,
            replace(TIMER, name="pipeline-health-scheduler.service", scope="system", path="/s"),
        ),
        (
            "fault",
            "/s",
            "every cycle is started twice",
            "sudo systemctl disable --now pipeline-health-scheduler.service",
        ),
    ),
    "installed, not active": (
        "scheduling",
        with_units(replace(TIMER, active=False)),
        ("fault", "/u/pipeline-health.timer", "nothing starts a cycle", "enable --now"),
    ),
    "systemd is silent": (
        "scheduling",
        with_units(replace(TIMER, active=None)),
        ("not checked", "/u/pipeline-health.timer", "could not be asked of systemd (user)"),
    ),
    "systemd is silent of one": (
        "scheduling",
        with_units(
            replace(TIMER, active=False),
            replace(TIMER, name="pipeline-health-scheduler.service", path="/s", active=None),
        ),
        ("not checked", "/s", "could not be asked of systemd (user)"),
    ),
    "nothing starts it": (
        "scheduling",
        with_units(),
        ("advice", "units", "nothing on this host starts a cycle", "deploy/install.sh"),
    ),
    "cron starts it": ("scheduling", with_units(crontab=(1,)), ()),
    "logs out": (
        "scheduling",
        with_host(lingers=False),
        ("fault", "/u/pipeline-health.timer", "stop when the user logs out", "enable-linger"),
    ),
    "crontab beside the timer": (
        "crontab",
        with_host(crontab=(4,)),
        ("fault", "crontab", "line 4 starts pipeline-health, and so does pipeline", "line 4 out"),
    ),
    "twice in the crontab": (
        "crontab",
        with_units(crontab=(4, 5)),
        ("fault", "crontab", "line 5 starts pipeline-health, and so does line 4", "line 5 out"),
    ),
    "once in the crontab": ("crontab", with_units(crontab=(4,)), ()),
    "crontab unread": (
        "crontab",
        with_host(crontab=UNREAD),
        ("not checked", "crontab", "no answer"),
    ),
    "no cycle for an hour": (
        "cycles",
        with_kept(Kept(last_cycle=OLD)),
        (
            "fault",
            "/u/pipeline-health.timer",
            "the last cycle ended 60 minutes ago",
            "journalctl --user -u 'pipeline-health*'",
        ),
    ),
    "a cycle by another interval": (
        "cycles",
        replace(
            with_kept(Kept(last_cycle=OLD)),
            policy=Policy(projects=(PROJECT,), poll_interval=timedelta(hours=1)),
        ),
        (),
    ),
    "a cycle of the system's scheduler": (
        "cycles",
        replace(
            with_units(
                replace(SERVICE, active=True),
                replace(TIMER, name="pipeline-health-scheduler.service", scope="system", path="/s"),
            ),
            kept=Kept(last_cycle=NOON - timedelta(minutes=15, seconds=59)),
        ),
        ("fault", "/s", "the last cycle ended 15 minutes ago", "journalctl -u 'pipeline-health*'"),
    ),
    "a second file after one that is not there": (
        "files",
        with_host(files=(replace(FILE, mode=None), replace(FILE, path="/2", mode=0o644))),
        ("fault", "/2", "others may read", "chmod 600 /2"),
    ),
    "a second unit after one that is not there": (
        "units",
        with_units(replace(TIMER, text=None), replace(SERVICE, text="old")),
        ("fault", "/u/pipeline-health.service", "stale", "install.sh"),
    ),
    "a second program after none": (
        "versions",
        with_units(TIMER, replace(SERVICE, version="0")),
        ("fault", "/u/pipeline-health.service", "of version 0", "install.sh"),
    ),
    "60 seconds are right": (
        "clock",
        replace(FACTS, skew={"GitHub": timedelta(seconds=60)}),
        (),
    ),
    "a look that is due": (
        "crontab",
        with_units(replace(SERVICE, active=True), replace(TIMER, active=False), crontab=(4,)),
        (),
    ),
    "a starter that is not installed": (
        "scheduling",
        with_units(replace(TIMER, text=None), SERVICE),
        ("advice", "units", "nothing on this host starts a cycle", "deploy/install.sh"),
    ),
    "a cycle just now": (
        "cycles",
        replace(with_kept(Kept(last_cycle=NOON - timedelta(minutes=15))), policy=None),
        (),
    ),
    "nothing is due": ("cycles", replace(with_units(), kept=Kept(last_cycle=OLD)), ()),
    "ledger unread": ("cycles", with_kept(UNREAD), ("not checked", "ledger", "no answer")),
    "an orphan": (
        "orphans",
        with_kept(Kept(orphans=(ORPHAN,))),
        ("advice", "acme/gone", "issue 7 is open (T)", "--close-orphans"),
    ),
    "no ledger, no orphan": ("orphans", with_kept(UNREAD), ()),
    "no Apprise": (
        "notifications",
        replace(FACTS, channels=Channels(urls=True, healthcheck=True)),
        ("fault", "NOTIFY_URLS", "Apprise is not installed", "deploy/install.sh"),
    ),
    "nobody is told": (
        "notifications",
        replace(FACTS, channels=Channels(healthcheck=True)),
        ("advice", "NTFY_TOPIC", "nobody is told", "set NTFY_TOPIC"),
    ),
    "a short topic": (
        "notifications",
        replace(FACTS, channels=Channels(ntfy=True, guessable=True, healthcheck=True)),
        ("advice", "NTFY_TOPIC", "is short", "16 characters"),
    ),
    "nobody notices": (
        "notifications",
        replace(FACTS, channels=Channels(ntfy=True)),
        ("advice", "HEALTHCHECK_URL", "nobody notices", "healthchecks.io"),
    ),
}
