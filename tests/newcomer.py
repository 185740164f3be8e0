"""A throwaway home in which deploy/install.sh runs, with what it calls replaced on PATH."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_TOLD = 'printf "%s\\n" "${0##*/} $*" >>"$SHIMS/calls"\n'

_PYTHON = """
case "$*" in
  *base_prefix*) cat "$SHIMS/base" ;;
  *sysconfig*) mkdir -p "${0%/bin/*}/site" && echo "${0%/bin/*}/site" ;;
  -c*) ;;
  --version) echo "Python 3.13.0" ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip "*) if [ -e "$SHIMS/no-registry" ]; then echo "no such version" >&2; exit 1; fi ;;
  *"-m pipeline_health doctor") exit "$(cat "$SHIMS/doctor")" ;;
  *"-m pipeline_health run-once"*) exit "$(cat "$SHIMS/look")" ;;
esac
"""

_SYSTEMCTL = """
[ ! -e "$SHIMS/no-manager" ] || exit 1
for unit; do :; done
case " $* " in
  *" is-enabled "* | *" is-active "*) [ -e "$SHIMS/running/$unit" ] ;;
  *" enable "*) touch "$SHIMS/running/$unit" ;;
  *" disable "*) rm "$SHIMS/running/$unit" ;;
  *NeedDaemonReload*) [ ! -e "$SHIMS/needs-reload" ] || echo "NeedDaemonReload=yes" ;;
esac
"""

_SHIMS = {
    "python3.13": _PYTHON,
    "systemctl": _SYSTEMCTL,
    "systemd-run": 'case "$*" in *PrivateUsers*) [ ! -e "$SHIMS/no-namespaces" ] ;; esac\n',
    "loginctl": 'case "$*" in show-user*) cat "$SHIMS/lingers" ;; esac\n',
    "crontab": 'cat "$SHIMS/cron-lines"\n',
    "id": 'case "$1" in -u) cat "$SHIMS/uid" ;; *) echo somebody ;; esac\n',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a script did: its exit code, all that it printed, and what it called."""

    code: int
    text: str
    calls: Sequence[str]


class Newcomer:
    """Somebody who has this checkout, an empty home, and a systemd that only remembers."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.shims = folder / "shims"
        self.home.mkdir()
        (self.shims / "running").mkdir(parents=True)
        for name, script in _SHIMS.items():
            (self.shims / name).write_text("#!/bin/sh\n" + _TOLD + script)
            (self.shims / name).chmod(0o755)
        self.is_like(
            base="/usr\n", doctor="0", look="0", lingers="yes\n", cron_lines="", uid="1000\n"
        )
        self.units = self.home / ".config/systemd/user"
        self.share = self.home / ".local/share/pipeline-health"
        self.config = self.home / ".config/archon-cron"

    def is_like(self, **files: str) -> None:
        """Decide what the machine is like; `-` in a name is written as `_`."""
        for name, text in files.items():
            (self.shims / name.replace("_", "-")).write_text(text)

    def is_unlike(self, name: str) -> None:
        """Take back what was set."""
        (self.shims / name).unlink()

    def fill_in(self) -> None:
        """Say what is watched, and with which tokens."""
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "secrets.env").write_text("GITHUB_TOKEN=gh-good-token\n")
        (self.config / "pipeline-health.toml").write_text('[[projects]]\nname = "shop"\n')

    def install(self, *options: str, **variables: str) -> Said:
        """Run deploy/install.sh."""
        return self._run("install.sh", *options, **variables)

    def uninstall(self, *options: str) -> Said:
        """Run deploy/uninstall.sh."""
        return self._run("uninstall.sh", *options)

    def running(self) -> set[str]:
        """Name the units that are enabled and active."""
        return {file.name for file in (self.shims / "running").iterdir()}

    def tree(self) -> dict[str, tuple[int, bytes | str]]:
        """Give each file of the home by its path, with its mode and bytes, or where it leads."""
        found: dict[str, tuple[int, bytes | str]] = {}
        for file in sorted(self.home.rglob("*")):
            name = str(file.relative_to(self.home))
            if file.is_symlink():
                found[name] = (0, str(file.readlink()))
            elif file.is_file():
                found[name] = (file.stat().st_mode & 0o777, file.read_bytes())
        return found

    def types(self, line: str, **variables: str) -> Said:
        """Type a line into a shell, in the checkout."""
        return self._ran(["/bin/bash", "-c", line], where=ROOT, variables=variables)

    def _run(self, script: str, *options: str, **variables: str) -> Said:
        command = ["/bin/bash", str(ROOT / "deploy" / script), *options]
        return self._ran(command, where=self.home, variables=variables)

    def _ran(self, command: Sequence[str], *, where: Path, variables: Mapping[str, str]) -> Said:
        calls = self.shims / "calls"
        calls.write_text("")
        ran = subprocess.run(
            command,
            env={
                "PATH": f"{self.shims}:/usr/bin:/bin",
                "HOME": str(self.home),
                "SHIMS": str(self.shims),
                "XDG_RUNTIME_DIR": str(self.home),
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=where,
            text=True,
            timeout=120,
            check=False,
        )
        return Said(code=ran.returncode, text=ran.stdout, calls=calls.read_text().splitlines())
