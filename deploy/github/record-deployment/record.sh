#!/usr/bin/env bash
# Begins a GitHub deployment of COMMIT, or ends the one that DEPLOYMENT names as OUTCOME says.
set -euo pipefail

api=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/deployments
run=${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY/actions/runs/${GITHUB_RUN_ID:-}

# On one line: a line of foreign text that begins with `::` would be a command to the runner.
stop() { # MESSAGE CODE
  echo "::error::record-deployment: ${1//[[:cntrl:]]/ }"
  exit "$2"
}

# The token goes in on a file descriptor: a command line can be read by every process of the host.
post() { # URL, with the body on standard input; prints the answer
  curl --silent --show-error --fail-with-body --max-time 30 --config /dev/fd/3 \
    --header 'Accept: application/vnd.github+json' \
    --header 'X-GitHub-Api-Version: 2026-03-10' \
    --user-agent pipeline-health --data-binary @- "$1" \
    3< <(printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN")
}

say() { # DEPLOYMENT STATE DESCRIPTION
  jq --null-input --arg state "$2" --arg description "$3" --arg log "$run" \
    --arg url "${ENVIRONMENT_URL:-}" \
    '{state: $state, description: $description, log_url: $log}
     + if $url == "" then {} else {environment_url: $url} end' |
    post "$api/$1/statuses"
}

begin() {
  [[ $COMMIT =~ ^[0-9a-f]{40}$ ]] || stop "\"$COMMIT\" is not all 40 digits of a commit" 2
  [[ $PRODUCTION == true || $PRODUCTION == false ]] ||
    stop "the input production is \"true\" or \"false\", not \"$PRODUCTION\"" 2
  # By default GitHub merges the default branch into an older commit, or refuses one whose checks
  # are not all green: neither is for it to do here, the gate looks at both.
  local answer id
  answer=$(jq --null-input --arg commit "$COMMIT" --arg environment "$ENVIRONMENT" \
    --argjson production "$PRODUCTION" \
    '{ref: $commit, environment: $environment, auto_merge: false, required_contexts: [],
      production_environment: $production, transient_environment: false,
      description: "recorded by the pipeline that deploys"}' | post "$api") ||
    stop "GitHub did not take the deployment of $COMMIT: ${answer:-no answer}; next: does the job have deployments: write?" 1
  id=$(jq --raw-output '.id // empty' <<<"$answer")
  [[ $id =~ ^[0-9]+$ ]] || stop "GitHub made no deployment of $COMMIT: $answer" 1
  printf 'id=%s\n' "$id" >>"$GITHUB_OUTPUT"
  answer=$(say "$id" in_progress "being deployed") ||
    stop "GitHub did not take the state of deployment $id: ${answer:-no answer}" 1
  echo "deployment $id: $COMMIT is being deployed to $ENVIRONMENT"
}

end() {
  [[ $DEPLOYMENT =~ ^[0-9]+$ ]] || stop "\"$DEPLOYMENT\" is not the id of a deployment" 2
  local state description answer
  case $OUTCOME in
    success) state=success description="deployed" ;;
    failure) state=failure description="the deploy failed" ;;
    cancelled) state=failure description="the deploy was cancelled" ;;
    *) stop "the input outcome is success, failure or cancelled, not \"$OUTCOME\"" 2 ;;
  esac
  # Saying the same state twice changes nothing, so a lost answer is asked for again.
  for _ in 1 2 3; do
    if answer=$(say "$DEPLOYMENT" "$state" "$description"); then
      echo "deployment $DEPLOYMENT: $description"
      return
    fi
    sleep "${PAUSE:-5}"
  done
  stop "GitHub did not take the state of deployment $DEPLOYMENT: ${answer:-no answer}" 1
}

[[ -n ${GITHUB_TOKEN:-} ]] || stop "GITHUB_TOKEN is not set; next: env: GITHUB_TOKEN: \${{ github.token }}" 2
if [[ -n $DEPLOYMENT ]]; then end; else begin; fi
