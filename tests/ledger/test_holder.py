import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ledger_samples import a_holder
from pipeline_health.ledger import Holder
from pipeline_health.ledger.holder import is_dead

BARE = Holder(nonce="n", pid=os.getpid(), host="box", boot="", started="")


def a_proc(directory: Path, *, pid: int = os.getpid(), state: str = "S", start: str = "77") -> Path:
    """Write what the kernel would tell of one process, its name made to confuse."""
    fields = " ".join(["0"] * 18)
    (directory / str(pid)).mkdir(parents=True)
    (directory / str(pid) / "stat").write_text(f"{pid} (a) S (b) {state} {fields} {start} 0 0\n")
    (directory / "sys/kernel/random").mkdir(parents=True)
    (directory / "sys/kernel/random/boot_id").write_text("boot-1\n")
    (directory / "self/ns").mkdir(parents=True)
    return directory


def a_dead_pid() -> int:
    """Give the number of a process that has just ended."""
    child = multiprocessing.get_context("spawn").Process(target=int)
    child.start()
    child.join()
    assert child.pid is not None
    return child.pid


@contextmanager
def somebody_elses_eyes() -> Iterator[None]:
    """Act as a user without rights, where we may."""
    before = os.getresuid()
    if 0 in before:
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(*before)


def test_this_process_knows_itself(tmp_path: Path) -> None:
    """Number, host, boot and start are what the kernel tells."""
    proc = a_proc(tmp_path)
    (proc / "self/ns/pid").symlink_to("pid:[4026531836]")

    expected = Holder(
        nonce="n", pid=os.getpid(), host=os.uname().nodename, boot="boot-1", started="77"
    )
    assert expected == Holder.current("n", proc=proc)


def test_a_container_is_a_host_of_its_own(tmp_path: Path) -> None:
    """Two containers of one host name count their processes from one; they are not the same."""
    proc = a_proc(tmp_path)
    (proc / "self/ns/pid").symlink_to("pid:[4026532200]")

    assert f"{os.uname().nodename}/pid:[4026532200]" == Holder.current("n", proc=proc).host


def test_a_system_without_proc_tells_less(tmp_path: Path) -> None:
    """Where there is no /proc, boot and start are empty."""
    holder = Holder.current("n", proc=tmp_path / "none")

    assert ("", "", os.uname().nodename) == (holder.boot, holder.started, holder.host)


def test_a_living_process_is_not_dead() -> None:
    """The real kernel says of this very process that it lives."""
    assert not is_dead(a_holder(), here=a_holder("other"))


def test_an_ended_process_is_dead() -> None:
    """No process of that number: whoever held the lease is gone."""
    holder = replace(BARE, pid=a_dead_pid())

    assert is_dead(holder, here=BARE)


@pytest.mark.parametrize(
    ("holder", "dead"),
    [
        (replace(BARE, boot="boot-1", started="77"), False),
        (replace(BARE, boot="boot-0", started="77"), True),
        (replace(BARE, boot="boot-1", started="76"), True),
        (replace(BARE, boot="", started=""), False),
        (replace(BARE, host="other", boot="boot-0", started="76"), False),
    ],
    ids=["same process", "before the reboot", "number used again", "not told", "another host"],
)
def test_a_holder_is_dead_only_when_that_is_proved(
    tmp_path: Path, holder: Holder, *, dead: bool
) -> None:
    """Another boot or another start of the same number proves it; another host proves nothing."""
    here = replace(BARE, boot="boot-1")

    assert dead == is_dead(holder, here=here, proc=a_proc(tmp_path))


@pytest.mark.parametrize("state", ["Z", "X"])
def test_a_process_that_nobody_has_reaped_yet_is_dead(tmp_path: Path, state: str) -> None:
    """A zombie writes no more."""
    assert is_dead(replace(BARE, started="77"), here=BARE, proc=a_proc(tmp_path, state=state))


def test_a_stat_line_of_another_shape_proves_nothing(tmp_path: Path) -> None:
    """What the kernel says is not understood, so the holder lives."""
    proc = a_proc(tmp_path)
    (proc / str(os.getpid()) / "stat").write_text("1 (a) S 0")

    assert not is_dead(replace(BARE, started="77"), here=BARE, proc=proc)


def test_a_process_of_another_user_lives(tmp_path: Path) -> None:
    """That we may not send it a signal says that it is there, even when /proc hides it."""
    holder = replace(BARE, pid=1)
    with somebody_elses_eyes():
        assert not is_dead(holder, here=BARE, proc=tmp_path / "none")
