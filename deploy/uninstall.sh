#!/usr/bin/env bash
# Removes what install.sh put on this machine. State, configuration and secrets stay unless --purge.
set -euo pipefail
# shellcheck source=deploy/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

usage() {
  cat <<'END'
usage: deploy/uninstall.sh [--user | --system] [--purge] [--dry-run]

Stops the timer and the scheduler, and removes the units, the command and its environment. Files
that install.sh did not write, and NAME.d/override.conf, are left where they are.

  --user      the units of this user (default)
  --system    the units of the machine (root)
  --purge     also the ledger, the configuration and secrets.env, whoever else reads that
  --dry-run   say what would be removed, and change nothing
END
}

asked='' purge=false
while [ $# -gt 0 ]; do
  case $1 in
    --user | --system) asked=${1#--} ;;
    --purge) purge=true ;;
    --dry-run) dry=true ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && fail 2 "$1 is no option of it" ;;
  esac
  shift
done
choose_form "$asked"
set_places
if [ "$form" = system ] && [ "$(id -u)" != 0 ] && ! $dry; then
  dry=true shown_only=true
  warn "not root, so this is only shown; to do it: sudo $root/deploy/uninstall.sh --system"
fi

stop_units() {
  local unit
  if ! manager_answers; then
    warn "no systemd manager answers; what runs now is not stopped"
    return
  fi
  for unit in pipeline-health.timer pipeline-health-scheduler.service; do
    if is_foreign "$units/$unit"; then continue; fi
    if is_enabled "$unit" || is_active "$unit"; then
      change "${manager[@]}" disable --quiet --now "$unit"
    fi
  done
  unit=pipeline-health.service
  if ! is_foreign "$units/$unit" && is_active "$unit"; then change "${manager[@]}" stop "$unit"; fi
}

is_foreign() { [ -e "$1" ] && ! is_ours "$1"; }

remove() {
  if [ -e "$1" ] || [ -L "$1" ]; then
    changes=$((changes + 1))
    if $dry; then
      say "would remove: $1"
    else
      rm -rf -- "$1"
      say "removed: $1"
    fi
  fi
}

remove_empty() {
  if [ -d "$1" ] && ! $dry; then rmdir --ignore-fail-on-non-empty -- "$1"; fi
}

# A link whose target went first is ours when that was.
is_our_link() { [[ $(readlink "$1") == ../pipeline-health.service.d/* ]]; }

remove_units() {
  local before=$changes file
  local -a files
  mapfile -t files < <(unit_files)
  for file in "${files[@]}" pipeline-health{,-}.service.d/{20-python,30-no-namespaces}.conf; do
    if is_ours "$units/$file" || is_our_link "$units/$file"; then
      remove "$units/$file"
    elif [ -e "$units/$file" ]; then
      warn "left: $units/$file does not carry our first line"
    fi
  done
  # Where no manager answered, what enabled them is still there, and leads nowhere now.
  for file in timers.target.wants/pipeline-health.timer \
    {default,multi-user}.target.wants/pipeline-health-scheduler.service; do
    if [ -L "$units/$file" ] && [ ! -e "$units/$file" ]; then remove "$units/$file"; fi
  done
  for file in pipeline-health{,-}.service.d; do
    remove_empty "$units/$file"
    if [ -d "$units/$file" ] && ! $dry; then warn "left: $units/$file has files of yours"; fi
  done
  if [ "$changes" != "$before" ] && manager_answers; then change "${manager[@]}" daemon-reload; fi
}

remove_command() {
  if [[ $(readlink "$command") == "$share/"* ]] || is_ours "$command"; then remove "$command"; fi
  remove "$share/venv"
  remove "$share/venvs"
  remove "$share/report_failure.py"
  remove "$share/restart"
  remove_empty "$share"
}

purge_kept() {
  local directory=$state file
  # A user that exists only while a unit runs has its state behind a link that systemd makes.
  if [ -L "$state" ]; then directory=$(readlink -f "$state"); fi
  for file in "$directory"/pipeline-health.db{,-wal,-shm,-journal} "$directory/failure-told"; do remove "$file"; done
  remove "$config/pipeline-health.toml"
  remove "$config/secrets.env"
  remove "$stamps/stamp-pipeline-health.timer" # when the timer last ran: systemd's own
  remove_empty "$directory"
  remove_empty "$config"
  if [ -L "$state" ] && [ ! -e "$state" ]; then remove "$state"; fi
}

if ! $dry && [ -d "$share" ]; then alone; fi
stop_units
remove_units
remove_command
if $purge; then purge_kept; fi

if [ "$changes" = 0 ]; then
  say "Nothing to do: nothing of pipeline-health is installed here ($form form)."
elif $dry; then
  say "Nothing was changed."
else
  say "pipeline-health is uninstalled."
fi
if ! $purge && { [ -e "$config" ] || [ -e "$state" ]; }; then
  say "Kept: $config (configuration, secrets) and $state (ledger); --purge removes ours there."
fi
if ${shown_only-false}; then exit 2; fi
