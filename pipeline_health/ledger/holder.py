"""Who holds a lease, precisely enough to tell a living process from a dead one.

Being wrong in one direction costs a wait (a dead holder's lease runs out by itself), in the other
two writers; so a holder is dead only when this host can prove it.
"""

import os
from pathlib import Path

from pipeline_health.frozen import dataclass

PROC = Path("/proc")

# The inode of the host's own namespace is fixed: PROC_PID_INIT_INO in Linux' proc_ns.h.
_FIRST_NAMESPACE = "pid:[4026531836]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One running process. *boot* and *started* are empty where the system does not tell them.

    *host* names the process namespace too when it is not the host's own: the same number is another
    process in another container.
    """

    nonce: str
    pid: int
    host: str
    boot: str
    started: str

    @classmethod
    def current(cls, nonce: str, *, proc: Path = PROC) -> "Holder":
        """Describe this process; *nonce* tells it from every other one."""
        pid = os.getpid()
        _, started = _state_and_start(pid, proc)
        return cls(
            nonce=nonce,
            pid=pid,
            host=os.uname().nodename + _namespace(proc),
            boot=_text(proc / "sys/kernel/random/boot_id"),
            started=started,
        )


NOBODY = Holder(nonce="", pid=0, host="", boot="", started="")
"""The holder of a ledger that cannot be written; it never takes a lease."""


def is_dead(holder: Holder, *, here: Holder, proc: Path = PROC) -> bool:
    """Tell whether *holder* is proved to be gone, seen from the process *here*.

    A holder on another host is never proved dead. SQLite's locks do not reach across hosts either.
    """
    if holder.host != here.host:
        return False
    if _differ(holder.boot, here.boot) or not _exists(holder.pid):
        return True
    state, started = _state_and_start(holder.pid, proc)
    return state in {"Z", "X"} or _differ(holder.started, started)


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _exists(pid: int) -> bool:
    """Ask the kernel: /proc may hide what belongs to others (its option hidepid)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _state_and_start(pid: int, proc: Path) -> tuple[str, str]:
    """Give the state letter and the start in clock ticks since boot, empty when unknown.

    Source: proc_pid_stat(5), fields 3 and 22; the name before them may hold spaces and brackets.
    """
    _, _, rest = _text(proc / str(pid) / "stat").rpartition(")")
    match rest.split():
        case [state, *fields] if len(fields) > 18:  # noqa: PLR2004  # field 22 of the man page
            return state, fields[18]
        case _:
            return "", ""


def _namespace(proc: Path) -> str:
    try:
        namespace = str((proc / "self/ns/pid").readlink())
    except OSError:
        return ""
    return "" if namespace == _FIRST_NAMESPACE else f"/{namespace}"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
