#!/usr/bin/env bash
# Deploys each of SERVICES in ENVIRONMENT at COMMIT, one after the other, and follows it to its end.
#
# Railway has no key that makes a deploy happen once. So a deploy is sent once, never again: when the
# answer is lost, we look for the deployment that it may have made, and when there is none to be seen
# we stop and say so. Running this again is safe: what is under way or there already is followed.
#
# Exit code: 0 every service runs the commit; 1 a deploy failed; 2 the inputs are wrong, nothing was
# sent; 3 could not tell.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
api=${RAILWAY_API_URL:-https://backboard.railway.com/graphql/v2}
pause=${PAUSE:-10}
lookup=${LOOKUP:-120} # seconds to look for a deployment of which the answer was lost
body=

# On one line: a line of foreign text that begins with `::` would be a command to the runner.
stop() { # MESSAGE CODE
  echo "::error::railway-deploy: ${1//[[:cntrl:]]/ }"
  exit "$2"
}

# Sends one document. 0: an answer without errors, in $body. 1: refused, the message in $body.
# 2: no telling. The token goes in on a file descriptor, because a command line can be read by every
# process of the host.
ask() { # DOCUMENT VARIABLES
  local answer status
  answer=$(
    jq --null-input --rawfile query "$here/$1.graphql" --argjson variables "$2" '$ARGS.named' |
      curl --silent --show-error --max-time 30 --config /dev/fd/3 --write-out '\n%{http_code}' \
        --header 'Content-Type: application/json' --user-agent pipeline-health \
        --data-binary @- "$api" 3< <(printf 'header = "%s"\n' "$header")
  ) || { body="no answer" && return 2; }
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  if [[ $status == 429 ]]; then
    body="too many requests" && return 1
  fi
  if [[ $status == 5* ]] || ! jq --exit-status 'type == "object"' <<<"$answer" >/dev/null 2>&1; then
    body="HTTP $status" && return 2
  fi
  body=$(jq --raw-output '.errors[0].message // empty' <<<"$answer")
  if [[ -n $body ]]; then return 1; fi
  body=$answer
}

# Reads what is there, newest first; of one moment, as Railway lists it. A read may be repeated.
look() { # SERVICE
  local told
  for _ in 1 2 3 4 5; do
    told=0
    ask deployments "$(where "$1")" || told=$?
    if ((told == 0)); then
      body=$(jq --compact-output '[.data.deployments.edges[].node
        | {id, status, createdAt, commit: ((.meta | objects | .commitHash?) // "" | ascii_downcase)}]
        | reverse | sort_by(.createdAt) | reverse' <<<"$body")
      return
    fi
    sleep "$pause"
  done
  stop "could not tell what service $1 runs: $body" 3
}

where() { # SERVICE
  jq --null-input --compact-output --arg serviceId "$1" --arg environmentId "$ENVIRONMENT" \
    '$ARGS.named'
}

# Finds a deployment of the commit that is under way or done, and that nothing came after. One that
# was just accepted does not say its commit yet, so it is waited for.
already() { # SERVICE; the id in $found
  local newest deadline=$((SECONDS + lookup))
  found=
  while true; do
    look "$1"
    newest=$(jq --compact-output '.[0] // {id: "", status: "", commit: ""}' <<<"$body")
    if [[ $(jq --raw-output '.status + .commit' <<<"$newest") != INITIALIZING ]]; then break; fi
    if ((SECONDS >= deadline)); then
      stop "service $1 has a deployment that does not say its commit; next: look at Railway" 3
    fi
    sleep "$pause"
  done
  case $(jq --raw-output .status <<<"$newest") in
    INITIALIZING | QUEUED | WAITING | NEEDS_APPROVAL | BUILDING | DEPLOYING | SUCCESS | SLEEPING)
      found=$(jq --raw-output --arg commit "$COMMIT" 'select(.commit == $commit) | .id' \
        <<<"$newest")
      ;;
  esac
}

# Finds what a deploy made whose answer was lost: a deployment of the commit that was not there.
lost() { # SERVICE KNOWN; the id in $found
  local deadline=$((SECONDS + lookup))
  while true; do
    look "$1"
    found=$(jq --raw-output --arg commit "$COMMIT" --argjson known "$2" \
      'map(select(.commit == $commit and all(.id != $known[]; .))) | .[0].id // empty' \
      <<<"$body")
    if [[ -n $found ]] || ((SECONDS >= deadline)); then return; fi
    sleep "$pause"
  done
}

send() { # SERVICE KNOWN; the id in $found
  local told=0 variables
  found=
  variables=$(where "$1" | jq --compact-output --arg commitSha "$COMMIT" '. + $ARGS.named')
  ask deploy "$variables" || told=$?
  case $told in
    0) found=$(jq --raw-output '.data.serviceInstanceDeployV2 // empty' <<<"$body") ;;
    1) refused "$1" "$body" ;;
  esac
  if [[ -z $found ]]; then
    echo "service $1: no answer to the deploy (${body//[[:cntrl:]]/ }); looking for what it made"
    lost "$1" "$2"
  fi
  if [[ -z $found ]]; then
    stop "could not tell whether Railway took the deploy of $COMMIT to service $1, and it was not sent again; next: look at Railway, then run this job again" 3
  fi
}

# Some words say for sure that nothing was deployed; any other may hide a deployment.
refused() { # SERVICE MESSAGE
  case ${2,,} in
    *"not authorized"* | *"project token not found"*)
      stop "Railway refuses the token for service $1; next: is it one of this environment?" 1 ;;
    *"commit not found"*)
      stop "Railway does not find $COMMIT in the repository of service $1" 1 ;;
    *"too many requests"* | *"rate limit"*)
      stop "Railway takes no deploy of service $1 now ($2); next: run this job again later" 3 ;;
  esac
}

follow() { # SERVICE DEPLOYMENT
  local state runs before='' deadline=$((SECONDS + TIMEOUT))
  while true; do
    look "$1"
    state=$(jq --raw-output --arg id "$2" 'map(select(.id == $id)) | .[0].status // "not listed"' \
      <<<"$body")
    runs=$(jq --raw-output --arg id "$2" 'map(select(.id == $id)) | .[0].commit // ""' \
      <<<"$body")
    if [[ $state != "$before" ]]; then echo "service $1: deployment $2 is $state"; fi
    before=$state
    case $state in
      SUCCESS | SLEEPING)
        if [[ $runs != "$COMMIT" ]]; then
          stop "deployment $2 of service $1 runs ${runs:-no commit that it names}, not $COMMIT" 1
        fi
        return ;;
      INITIALIZING | QUEUED | WAITING | NEEDS_APPROVAL | BUILDING | DEPLOYING | "not listed") ;;
      FAILED | CRASHED | SKIPPED | REMOVED | REMOVING)
        stop "deployment $2 of service $1 is $state; what served before goes on serving; next: read its log on Railway" 1 ;;
      *)
        stop "deployment $2 of service $1 is $state, which is not known here" 3 ;;
    esac
    if ((SECONDS >= deadline)); then
      stop "deployment $2 of service $1 is still $state after $TIMEOUT s; next: look at Railway, then run this job again" 3
    fi
    sleep "$pause"
  done
}

# A project token of another environment is shown empty lists instead of a refusal.
check_scope() {
  local told=0 environment
  ask scope '{}' || told=$?
  if ((told)); then stop "Railway does not take RAILWAY_TOKEN as a project token: $body" 2; fi
  environment=$(jq --raw-output .data.projectToken.environmentId <<<"$body")
  if [[ $environment != "$ENVIRONMENT" ]]; then
    stop "RAILWAY_TOKEN is of environment $environment, not $ENVIRONMENT" 2
  fi
}

check_inputs() {
  [[ $COMMIT =~ ^[0-9a-f]{40}$ ]] || stop "\"$COMMIT\" is not all 40 digits of a commit" 2
  [[ $TIMEOUT =~ ^[0-9]+$ ]] || stop "\"$TIMEOUT\" is not a number of seconds" 2
  [[ -n $ENVIRONMENT ]] || stop "the input environment is empty" 2
  [[ -n ${SERVICES//[[:space:]]/} ]] || stop "the input services is empty" 2
  if [[ -n ${RAILWAY_TOKEN:-} && -n ${RAILWAY_API_TOKEN:-} ]]; then
    stop "RAILWAY_TOKEN and RAILWAY_API_TOKEN are both set; one of them is enough" 2
  elif [[ -n ${RAILWAY_TOKEN:-} ]]; then
    header="Project-Access-Token: $RAILWAY_TOKEN"
    check_scope
  elif [[ -n ${RAILWAY_API_TOKEN:-} ]]; then
    header="Authorization: Bearer $RAILWAY_API_TOKEN"
  else
    stop "neither RAILWAY_TOKEN nor RAILWAY_API_TOKEN is set" 2
  fi
}

check_inputs
ids=()
read -r -a services <<<"${SERVICES//[[:space:]]/ }"
for service in "${services[@]}"; do
  already "$service"
  if [[ -n $found ]]; then
    echo "service $service: deployment $found is of $COMMIT already"
  else
    send "$service" "$(jq --compact-output 'map(.id)' <<<"$body")"
  fi
  follow "$service" "$found"
  ids+=("$found")
done
printf 'deployments=%s\n' "${ids[*]}" >>"$GITHUB_OUTPUT"
