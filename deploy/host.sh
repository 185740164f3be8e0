# shellcheck shell=bash
# What install.sh and uninstall.sh share: where things are, and how a change is made or shown.
set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
header='Installed by pipeline-health (deploy/install.sh)'
dry=false
changes=0

say() { printf '%s\n' "$*"; }
warn() { printf 'note: %s\n' "$*" >&2; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$2" >&2
  exit "$1"
}
quoted() { printf '%q ' "$@"; }

# Without a form, the user's one; root has to say which he means.
choose_form() {
  local asked=$1
  if [ -z "$asked" ] && [ "$(id -u)" = 0 ]; then
    fail 2 "you are root: say --system, or --user for units of root's own; next: see --help"
  fi
  form=${asked:-user}
  if [ "$form:$(id -u)" = user:0 ] && [ "${SUDO_USER:-root}" != root ]; then
    fail 2 "--user under sudo would make files of root's in somebody's home; run it without sudo"
  fi
}

# shellcheck disable=SC2034 # used by the two who read this file
set_places() {
  case $form in
    user)
      [ -n "${HOME-}" ] || fail 2 "HOME is not set"
      units=$HOME/.config/systemd/user
      share=$HOME/.local/share/pipeline-health
      config=$HOME/.config/archon-cron
      state=$HOME/.local/state/archon-cron
      stamps=$HOME/.local/share/systemd/timers
      command=$HOME/.local/bin/pipeline-health
      manager=(systemctl --user)
      journal='journalctl --user'
      # `su -` and cron set no runtime directory, though the user's manager may be there.
      if [ -z "${XDG_RUNTIME_DIR-}" ] && [ -d "/run/user/$(id -u)" ]; then
        XDG_RUNTIME_DIR=/run/user/$(id -u)
        export XDG_RUNTIME_DIR
      fi
      ;;
    system)
      units=/etc/systemd/system
      share=/opt/pipeline-health
      config=/etc/archon-cron
      state=/var/lib/archon-cron
      stamps=/var/lib/systemd/timers
      command=/usr/local/bin/pipeline-health
      manager=(systemctl)
      journal='journalctl'
      ;;
  esac
}

# Does a step, or shows it; either way it is a change.
change() {
  changes=$((changes + 1))
  if $dry; then
    say "would run: $(quoted "$@")"
  else
    "$@"
  fi
}

manager_answers() { "${manager[@]}" show --property=Version >/dev/null 2>&1; }
is_active() { "${manager[@]}" is-active --quiet "$1" 2>/dev/null; }
is_enabled() { "${manager[@]}" is-enabled --quiet "$1" 2>/dev/null; }

# Two at once would take away what the other one is making. Who dies lets go by that.
alone() {
  if ! command -v flock >/dev/null; then return; fi
  exec 9<"$share"
  flock -n 9 || fail 1 "another install.sh or uninstall.sh is at work; run this again when it is done"
}

# The first line says so; in a script, the second one.
is_ours() {
  local first='' second=''
  if [ ! -f "$1" ] || [ ! -r "$1" ]; then return 1; fi
  { read -r first && read -r second; } <"$1" || true
  [[ $first$second == *"$header"* ]]
}

# The files of the form, each as it is in the checkout and as it is on the host; links are followed
# here, and made anew there.
unit_files() { (cd "$root/systemd/$form" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort); }
