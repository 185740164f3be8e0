#!/usr/bin/env bash
# Makes an environment of exact versions, and in it the copy of pipeline-health beside this action.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
environment=$RUNNER_TEMP/pipeline-health

if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "::error::promotion-check: $PYTHON is not Python 3.11 or newer; next: set the input python"
  exit 2
fi
"$PYTHON" -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
  --require-hashes --requirement "$root/deploy/requirements.lock"

# A line in a .pth file puts the copy on the path; nothing is built, so no build tool is needed. With
# -I the working directory is not on the path: the commit under test may lie there, with a module of
# its own by our name.
site=$("$environment/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$root" >"$site/pipeline-health.pth"
cat >"$environment/bin/pipeline-health" <<'END'
#!/bin/sh
exec "$(dirname "$0")/python" -I -m pipeline_health "$@"
END
chmod +x "$environment/bin/pipeline-health"
