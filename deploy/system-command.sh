#!/usr/bin/env bash
# Installed by pipeline-health (deploy/install.sh): the command of the system form.
# It runs as the units do: as their user, with their secrets, their configuration and their state.
set -euo pipefail

if [ "$(id -u)" != 0 ]; then
  echo "pipeline-health: only root may read its secrets here; next: sudo pipeline-health $*" >&2
  exit 2
fi
look=(--pipe)
if [ -t 0 ] && [ -t 1 ]; then look=(--pty); fi
exec systemd-run --quiet --wait --collect "${look[@]}" --service-type=exec \
  --property=DynamicUser=yes --property=User=pipeline-health \
  --property=ProtectSystem=strict --property=ProtectHome=yes --property=NoNewPrivileges=yes \
  --property=StateDirectory=archon-cron --property=StateDirectoryMode=0700 \
  --property=LoadCredential=secrets.env:/etc/archon-cron/secrets.env \
  --setenv=HOME=/var/lib/archon-cron --setenv=PYTHONDONTWRITEBYTECODE=1 \
  --setenv=PIPELINE_HEALTH_CONFIG=/etc/archon-cron/pipeline-health.toml \
  --setenv=PIPELINE_HEALTH_LEDGER=/var/lib/archon-cron/pipeline-health.db \
  --setenv=NO_COLOR="${NO_COLOR-}" --setenv=TERM="${TERM-dumb}" \
  -- /opt/pipeline-health/venv/bin/pipeline-health "$@"
