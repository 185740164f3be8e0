"""What tells people that a unit failed tells the right ones, once, and never a secret."""

import ast
import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from newcomer import ROOT

REPORTER = ROOT / "deploy" / "report_failure.py"
TOPIC, PING = "topic-that-is-a-password", "ping-that-is-a-password"
MONITOR = {
    "MONITOR_UNIT": "pipeline-health.service",
    "MONITOR_SERVICE_RESULT": "exit-code",
    "MONITOR_EXIT_CODE": "exited",
    "MONITOR_EXIT_STATUS": "2",
    "MANAGERPID": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a receiver was sent."""

    method: str
    path: str
    title: str | None
    text: str


class Receiver:
    """A heartbeat and an ntfy in one, on loopback; answers with *status*."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                title = self.headers.get("Title")
                receiver.posts.append(
                    Post(method=self.command, path=self.path, title=title, text=text)
                )
                self.send_response(receiver.status)
                self.send_header("Location", f"{receiver.url}/elsewhere")
                self.end_headers()

            do_GET = do_CONNECT = do_POST  # noqa: N815 - what http.server calls

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver that answers."""
    made = Receiver()
    threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def reporter() -> ModuleType:
    """Give the script as a module: it is no part of the package."""
    spec = importlib.util.spec_from_file_location("report_failure", REPORTER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def home(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the home of an operator whom everybody may tell, and the words of systemd."""
    secrets = tmp_path / ".config/archon-cron/secrets.env"
    secrets.parent.mkdir(parents=True)
    secrets.write_text(
        "# who is told\n"
        f"export HEALTHCHECK_URL='{receiver.url}/{PING}'  # of the host\n"
        f'NTFY_TOPIC="{receiver.url}/{TOPIC}"\n'
        "GITHUB_TOKEN=gh-good-token\nno line of ours\n"
    )
    (tmp_path / ".local/state/archon-cron").mkdir(parents=True)
    for name in ("CREDENTIALS_DIRECTORY", "ARCHON_CRON_SECRETS", "SERVICE_RESULT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PIPELINE_HEALTH_LEDGER", "HEALTHCHECK_URL", "NTFY_TOPIC"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**MONITOR, "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_both_are_told_what_failed_and_what_is_next(
    home: Path, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    """Run as systemd runs it, alone with the system's Python: exit code 0, and no secret."""
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    ran = subprocess.run(
        [python, "-I", str(REPORTER)], env={**MONITOR, "HOME": str(home)}, check=False
    )

    assert ran.returncode == 0
    assert sorted(post.path for post in receiver.posts) == [f"/{PING}/fail", f"/{TOPIC}"]
    for post in receiver.posts:
        assert "the configuration or the secrets are wrong" in post.text
        assert "next: journalctl --user -n 30 -u pipeline-health.service" in post.text
    printed = "".join(capfd.readouterr())
    assert "<3>pipeline-health.service on " in printed
    assert TOPIC not in printed
    assert PING not in printed


def test_one_message_a_failure_and_another_one_a_day(
    home: Path, receiver: Receiver, reporter: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heartbeat hears of each; a person of another failure, of one that came back, and daily.

    What the receiver did not take is said again.
    """
    told = home / ".local/state/archon-cron/failure-told"

    def sent() -> int:
        before = len(receiver.posts)
        reporter.main([])
        new = receiver.posts[before:]
        assert f"/{PING}/fail" in [post.path for post in new]
        return len(new) - 1

    receiver.status = 500
    assert sent() == 1
    receiver.status = 200
    assert sent() == 1
    assert sent() == 0
    monkeypatch.setenv("MONITOR_SERVICE_RESULT", "timeout")
    assert sent() == 1
    assert sent() == 0
    good_ones_between = told.stat().st_mtime - 21 * 60
    os.utime(told, (good_ones_between, good_ones_between))
    assert sent() == 1
    when, _, what = told.read_text().partition("\n")
    told.write_text(f"{int(when) - 25 * 3600}\n{what}")
    assert sent() == 1
    told.write_text("not what we wrote")
    assert sent() == 1
    told.unlink()
    told.parent.rmdir()
    assert sent() == 1


@pytest.mark.usefixtures("home")
def test_a_receiver_that_sends_elsewhere_or_hangs_is_not_followed(
    receiver: Receiver,
    reporter: ModuleType,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A redirect would tell the topic to another place; whoever does not answer is left waiting."""
    receiver.status = 302
    reporter.main([])
    assert len(receiver.posts) == 2
    printed = capfd.readouterr().err
    assert "ntfy was not told: it answered 302" in printed
    assert TOPIC not in printed

    began = time.monotonic()
    reporter.side_by_side(lambda: time.sleep(5), patience=0.05)
    assert time.monotonic() - began < 2
    assert "not everybody was told" in capfd.readouterr().err


def test_a_bare_topic_is_one_of_ntfy_sh(
    home: Path, receiver: Receiver, reporter: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for through the proxy that is set, which learns the host and not the topic."""
    (home / ".config/archon-cron/secrets.env").write_text(f"NTFY_TOPIC={TOPIC}\n")
    monkeypatch.setenv("https_proxy", receiver.url)
    receiver.status = 403

    reporter.main([])

    assert [(post.method, post.path) for post in receiver.posts] == [("CONNECT", "ntfy.sh:443")]


NOBODY = [
    ("", "neither HEALTHCHECK_URL nor NTFY_TOPIC is set"),
    (f"HEALTHCHECK_URL=file:///etc/{PING}\n", "its address is no http:// or https:// URL"),
    (f"NTFY_TOPIC=http://[{TOPIC}\n", "ntfy was not told"),
    (f"NTFY_TOPIC=http://127.0.0.1:1/{TOPIC}\r\n", "ntfy was not told"),
]


@pytest.mark.parametrize(("secrets", "why"), NOBODY)
def test_who_cannot_be_told_is_named_without_the_secret(
    home: Path, reporter: ModuleType, secrets: str, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever stands in the file, it ends by itself and says so in the journal."""
    (home / ".config/archon-cron/secrets.env").write_text(secrets)

    reporter.main([])

    printed = capfd.readouterr().err
    assert why in printed
    assert TOPIC not in printed
    assert PING not in printed


@pytest.mark.usefixtures("home")
def test_after_a_telling_that_ended_nothing_is_told_again(
    receiver: Receiver, reporter: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of the sandbox it speaks only where it could not start within."""
    monkeypatch.setenv("SERVICE_RESULT", "success")
    reporter.main(["--unless-told"])
    assert receiver.posts == []

    monkeypatch.setenv("SERVICE_RESULT", "exit-code")
    for name in MONITOR:
        monkeypatch.delenv(name)  # systemd tells them to the first attempt alone
    reporter.main(["--unless-told"])
    assert len(receiver.posts) == 2
    assert receiver.posts[0].text.startswith("a unit of pipeline-health on ")


def test_an_old_python_of_the_system_can_run_it() -> None:
    """On RHEL 9 it is 3.9: no newer syntax, and no type is evaluated."""
    parsed = ast.parse(REPORTER.read_text(), feature_version=(3, 9))

    first = next(line for line in parsed.body if isinstance(line, ast.ImportFrom))
    assert (first.module, [name.name for name in first.names]) == ("__future__", ["annotations"])


def test_a_file_of_blanks_does_not_hold_it_up(
    reporter: ModuleType, receiver: Receiver, home: Path
) -> None:
    """Time grows with the file, not with its square: people are told within half a minute."""
    blanks = " " * 30_000
    text = f"A=x{blanks}x\n export NTFY_TOPIC = {receiver.url}/a#b{blanks}# ours\n"
    (home / ".config/archon-cron/secrets.env").write_text(text)

    before = time.process_time()
    reporter.main([])

    assert time.process_time() - before < 1
    assert [post.path for post in receiver.posts] == ["/a"]


def test_a_title_is_one_line_of_plain_letters(reporter: ModuleType) -> None:
    """Nothing that a host is called can end a header and begin another one."""
    assert reporter.one_line("down\r\nX-Evil: 1\u2028é") == "down X-Evil: 1 "
