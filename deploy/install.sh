#!/usr/bin/env bash
# Puts pipeline-health on this machine, from this checkout, and looks once. Safe to run again: it
# writes only what differs, and a failed upgrade leaves what ran before.
set -euo pipefail
# shellcheck source=deploy/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"
# shellcheck source=deploy/environment.sh
. "$root/deploy/environment.sh"
# shellcheck source=deploy/next.sh
. "$root/deploy/next.sh"

usage() {
  cat <<'END'
usage: deploy/install.sh [--user | --system] [--timer | --scheduler] [--dry-run]

Installs the command, its units, and a template for the secrets where there are none. Once it is
said what is watched, it shows what would be filed (`pipeline-health run-once --dry-run`), starts
the timer, and ends with `pipeline-health doctor`. It never calls sudo.

  --user        for this user (default): under ~/.local and ~/.config
  --system      for the machine: /opt/pipeline-health, /etc/archon-cron; without root it only shows
  --timer       a look every five minutes by a systemd timer (default)
  --scheduler   `pipeline-health serve` instead: the same looks from one process
  --dry-run     show each file with a diff and each command, and change nothing

PYTHON=/path/to/python3 chooses the interpreter; without it, the first that is there of python3.13,
python3.12, python3.11 and a python3 that is new enough.
END
}

asked='' runs_by=''
while [ $# -gt 0 ]; do
  case $1 in
    --user | --system) asked=${1#--} ;;
    --timer | --scheduler) runs_by=${1#--} ;;
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
  warn "not root, so this is only shown; to do it: sudo $root/deploy/install.sh --system"
fi

# place WHAT WHERE MODE: writes a file beside its place and renames it, where bytes or mode differ.
place() {
  local what=$1 where=$2 mode=$3
  if [ -L "$what" ] && [ "$(readlink "$what")" = "$(readlink "$where")" ]; then return; fi
  if [ ! -L "$what" ] && [ ! -L "$where" ] && cmp -s "$what" "$where" &&
    [ "$(stat -c %a "$where")" = "$mode" ]; then
    return
  fi
  if [ -e "$where" ] && ! is_ours "$where"; then
    fail 1 "$where is there, and its first line is not ours; move it away, then run this again"
  fi
  changes=$((changes + 1))
  if $dry; then
    say "would write: $where"
    if [ -L "$what" ]; then say "  a link to $(readlink "$what")"; else show "$what" "$where"; fi
    return
  fi
  say "writing $where"
  mkdir -p "${where%/*}"
  if [ -L "$what" ]; then
    point "$where" "$(readlink "$what")"
    return
  fi
  install -m "$mode" -- "$what" "$where.new"
  mv -Tf -- "$where.new" "$where"
}

show() {
  local old=$2
  [ -r "$old" ] || old=/dev/null
  diff -u --label "$old" --label "$2" "$old" "$1" || true
}

extra_drop_in() {
  local directory made=$scratch/$1.conf
  printf '# %s for this machine.\n[Service]\n%s\n' "$header" "$2" >"$made"
  for directory in pipeline-health{,-}.service.d; do
    place "$made" "$units/$directory/$1.conf" 644
  done
}

# The interpreter may lie where the sandbox does not reach: pyenv and uv put theirs under the home.
reach_python() {
  case $form:$python_base in
    *:/usr | *:/usr/*) drop 20-python ;;
    user:*) extra_drop_in 20-python "BindReadOnlyPaths=\"$python_base\"" ;;
    system:*) extra_drop_in 20-python "ExecPaths=\"$python_base\"" ;;
  esac
}

# What an earlier run had to write and this one has not.
drop() {
  local file
  for file in "$units"/pipeline-health{,-}.service.d/"$1.conf"; do
    if is_ours "$file"; then change rm -f -- "$file"; fi
  done
}

install_units() {
  local before=$changes file
  local -a files
  mapfile -t files < <(unit_files)
  for file in "${files[@]}"; do place "$root/systemd/$form/$file" "$units/$file" 644; done
  reach_python
  if [ "$form" = user ]; then probe_namespaces; fi
  if [ "$changes" != "$before" ]; then renewed=true; fi
  if $managed && { [ "$changes" != "$before" ] || needs_reload; }; then
    change "${manager[@]}" daemon-reload
  fi
}

# A run that was cut off may have written a unit, and never told the manager.
needs_reload() {
  [[ $("${manager[@]}" show --property=NeedDaemonReload pipeline-health.timer \
    pipeline-health{,-scheduler,-failure}.service 2>/dev/null) == *=yes* ]]
}

# Without user namespaces a sandboxed unit would end with 226/NAMESPACE at every look.
probe_namespaces() {
  local sandbox=$root/systemd/user/pipeline-health.service.d/10-sandbox.conf
  if ! $managed || $dry; then return; fi
  if try_unit --property=PrivateUsers=yes --property=PrivateTmp=yes; then
    drop 30-no-namespaces
    return
  fi
  if ! try_unit; then
    warn "systemd-run --user --wait true fails, so the sandbox could not be tried"
    return
  fi
  warn "the kernel grants users no namespaces here; 30-no-namespaces.conf makes the sandbox smaller"
  extra_drop_in 30-no-namespaces "$(sed -n '/^# Namespaces/,/^# A look is/p' "$sandbox" | cleared)"
}

try_unit() { systemd-run --user --quiet --collect --wait "$@" true 2>/dev/null; }

# Each setting of that part once, as if it had never been set.
cleared() {
  sed -nE 's/^((Private|Protect)[A-Za-z]*)=.*/\1=no/p; s/^([A-Za-z]*Paths)=.*/\1=/p
    s/^(CapabilityBoundingSet)=.*/\1=~/p' | LC_ALL=C sort -u
}

keep_directory() {
  if [ -d "$1" ]; then return; fi
  changes=$((changes + 1))
  if $dry; then
    say "would make: $1 (mode $2)"
  else
    mkdir -p "${1%/*}" && mkdir -m "$2" "$1"
  fi
}

install_kept() {
  if [ "$form" = user ]; then
    keep_directory "$state" 700
    keep_directory "$config" 700
  else
    keep_directory "$config" 755 # the state is systemd's to make
  fi
  install_template secrets.env 600
  # For a user, `init` writes it, which replaces no file. In the system form it may not write there.
  if [ "$form" = system ]; then install_template pipeline-health.toml 644; fi
}

install_template() {
  if [ ! -e "$config/$1" ]; then place "$(template_of "$1")" "$config/$1" "$2"; fi
}

install_command() {
  if [ "$form" = system ]; then
    place "$root/deploy/system-command.sh" "$command" 755
    return
  fi
  if [ "$(readlink "$command" 2>/dev/null)" = "$share/venv/bin/pipeline-health" ]; then return; fi
  if [ -e "$command" ] || [ -L "$command" ]; then
    warn "$command is there and not ours; the command is $share/venv/bin/pipeline-health"
    return
  fi
  change mkdir -p "${command%/*}"
  change ln -s "$share/venv/bin/pipeline-health" "$command"
  case :$PATH: in
    *:"${command%/*}":*) ;;
    *) warn "${command%/*} is not on your PATH; put it there, or log in anew" ;;
  esac
}

# The timer or the scheduler, never both; without a word, the one that is there.
start_units() {
  local wanted=pipeline-health.timer other=pipeline-health-scheduler.service
  if [ "$runs_by" = scheduler ] || { [ -z "$runs_by" ] && is_enabled "$other"; }; then
    wanted=pipeline-health-scheduler.service other=pipeline-health.timer
  fi
  if is_enabled "$other" || is_active "$other"; then
    change "${manager[@]}" disable --quiet --now "$other"
  fi
  if ! is_enabled "$wanted" || ! is_active "$wanted"; then
    change "${manager[@]}" enable --quiet --now "$wanted" || fail 1 \
      "$wanted did not start; next: ${manager[*]} status $wanted; $journal -n 30 -u $wanted"
    $dry || say "started $wanted"
  elif [ "$wanted" = pipeline-health-scheduler.service ] &&
    { $renewed || [ -e "$share/restart" ]; }; then
    change "${manager[@]}" restart "$wanted"
  fi
  # There until then: whoever ends this while it shows a look would leave the old code running.
  $dry || rm -f -- "$share/restart"
}

renewed=false managed=true refused=false code=0 half_made='' previous=''
scratch=$(mktemp -d)
trap clean_up EXIT

command -v systemctl >/dev/null || fail 2 "no systemd here; next: docs/operations.md, Containers"
find_python
manager_answers || managed=false
if ! $dry; then
  mkdir -p "$share"
  alone
fi

install_environment
place "$root/deploy/report_failure.py" "$share/report_failure.py" 644
install_kept
install_units
install_command
warn_of_crontab

if is_template secrets.env || is_template pipeline-health.toml; then
  unfilled=true
else
  unfilled=false
  # Shown before anything starts that could file it; what cannot even be read would fail each time.
  $dry || told run-once --dry-run
  if [ "$code" = 2 ]; then refused=true; fi
  if $managed && ! $refused; then
    linger
    start_units
  fi
fi

say ""
if $dry; then
  if [ "$changes" = 0 ]; then say "Nothing to do."; else say "Nothing was changed."; fi
  if ${shown_only-false}; then exit 2; fi
  exit 0
elif [ "$changes" = 0 ]; then
  say "Nothing to do: everything is in its place."
else
  say "pipeline-health is installed."
  if [ -n "$previous" ]; then say "The version before is kept in $share/$previous."; fi
fi

if $unfilled; then
  tell_next_steps
  exit 0
fi
told doctor
if $refused; then
  fail 1 "nothing was started, because that look was refused (exit code 2); mend it, then run this again"
fi
if ! $managed; then
  say ""
  fail 1 "no systemd manager answers, so nothing is started; log in as $(id -un) (ssh; su and sudo \
make no session), then run this again"
fi
say ""
say "Next:"
say "  pipeline-health status                    what the last looks saw"
say "  $journal -f -u 'pipeline-health*'"
if is_enabled pipeline-health-scheduler.service; then
  say "  ${manager[*]} status pipeline-health-scheduler.service"
else
  say "  ${manager[*]} list-timers pipeline-health.timer"
fi
