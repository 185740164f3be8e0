# shellcheck shell=bash disable=SC2154 # what host.sh and install.sh set
# What install.sh says when all is in its place: what else is to be done here, and by whom.

template_of() {
  case $1 in
    secrets.env) echo "$root/pipeline_health/settings/secrets.env.template" ;;
    *) echo "$root/deploy/$1.template" ;;
  esac
}

# Nothing is said in it yet, whichever version made it.
is_template() {
  [ ! -e "$config/$1" ] || ! grep -qE '^[^#]*[A-Za-z_]+ *[]=]' "$config/$1"
}

tell_next_steps() {
  local step=1 template
  template=$(template_of pipeline-health.toml)
  say "It does not look yet: what it watches, and with which tokens, is still to be said. Next:"
  if is_template secrets.env; then
    say "  $step. put your tokens into $config/secrets.env"
    step=$((step + 1))
  fi
  if is_template pipeline-health.toml; then
    if [ -e "$config/pipeline-health.toml" ]; then
      say "  $step. fill in $config/pipeline-health.toml"
    else
      say "  $step. $command init"
      say "     writes $config/pipeline-health.toml from what the tokens can see"
      say "     (by hand: begin with a copy of $template)"
    fi
    step=$((step + 1))
  fi
  say "  $step. run this again${runs_by:+ with --$runs_by}: it shows what would be filed, and starts the \
${runs_by:-timer}"
}

# A user's units end with his last session, unless he lingers.
linger() {
  local user
  user=$(id -un)
  if [ "$form" = system ] || lingers "$user"; then return; fi
  if $dry; then
    change loginctl enable-linger "$user"
    return
  fi
  if loginctl --no-ask-password enable-linger "$user" 2>/dev/null; then
    changes=$((changes + 1))
    say "enabled lingering for $user, so that it looks while you are logged out"
  else
    warn "it looks only while you are logged in; to change that: sudo loginctl enable-linger $user"
  fi
}

lingers() { [ "$(loginctl show-user "$1" --property=Linger --value 2>/dev/null)" = yes ]; }

warn_of_crontab() {
  local lines
  lines=$(crontab -l 2>/dev/null | grep -E '^[^#]*(pipeline-health|archon-cron)') || return 0
  warn "your crontab may do the same job, so that both would look and file:"
  printf '  %s\n' "$lines" >&2
  warn "take those of an older pipeline-health out with: crontab -e; leave archon-cron's others"
}

# What the command itself says of this installation; it undoes nothing. Its exit code is kept.
told() {
  local runnable=$command
  code=0
  if [ "$form" = user ]; then runnable=$share/venv/bin/pipeline-health; fi
  say "" && say "\$ pipeline-health $*"
  "$runnable" "$@" || code=$?
  case $code in
    0) ;;
    2) say "(exit code 2: something is to be put right first, see above)" ;;
    *) say "(exit code $code)" ;;
  esac
  say ""
}
