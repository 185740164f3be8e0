#!/usr/bin/env bash
# Asks for the verdict and leaves with its exit code, which is the gate.
set -euo pipefail

command=${PIPELINE_HEALTH:-$RUNNER_TEMP/pipeline-health/bin/pipeline-health}

is_on() { # NAME VALUE
  case $2 in
    true) return 0 ;;
    false | "") return 1 ;;
  esac
  echo "::error::promotion-check: the input $1 is \"true\" or \"false\", not \"$2\"" >&2
  exit 2
}

# Paths are said from the workspace, the command runs in the working directory.
options=()
[[ -z $WAIT ]] || options+=("--wait=$WAIT")
[[ -z $OUTPUT ]] || options+=("--output=$(realpath --canonicalize-missing -- "$OUTPUT")")
if is_on publish "$PUBLISH"; then options+=(--publish); fi
if is_on allow-rollback "$ALLOW_ROLLBACK"; then options+=(--allow-rollback); fi
settings=$(realpath --canonicalize-missing -- "$CONFIG")

cd -- "$WORKING_DIRECTORY"
exec "$command" "--config=$settings" promotion-check "--commit=$COMMIT" \
  ${options[@]+"${options[@]}"} -- "$PROJECT"
