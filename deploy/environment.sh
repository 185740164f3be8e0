# shellcheck shell=bash disable=SC2034,SC2154 # shared with the two others
# The environment that install.sh makes: an interpreter, exact versions, our code, compiled.

find_python() {
  local each
  for each in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3; do
    if "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      python=$(command -v "$each")
      python_base=$("$python" -c 'import os, sys; print(os.path.realpath(sys.base_prefix))')
      case $form:$python_base in
        system:/home/* | system:/root/* | system:/tmp/*)
          fail 2 "$python is in $python_base, which the sandbox hides; set PYTHON to another" ;;
      esac
      return
    fi
    [ -z "${PYTHON-}" ] || fail 2 "PYTHON=$PYTHON is not Python 3.11 or newer"
  done
  fail 2 "no Python 3.11 or newer; next: apt-get install python3 python3-venv, or set PYTHON"
}

# The exact versions; with Apprise where the secrets name receivers that only it knows.
choose_versions() {
  versions=deploy/requirements.lock
  if grep -qE '^ *(export +)?NOTIFY_URLS *= *[^ #]' "$config/secrets.env" 2>/dev/null; then
    versions=deploy/requirements-notify.lock
  fi
}

# What an environment is made of: the exact versions, our code, the interpreter.
environment_id() {
  local version
  version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$root/pipeline_health/__init__.py")
  {
    readlink -f "$python" && "$python" --version
    cd "$root" && find pipeline_health systemd "$versions" deploy/environment.sh \
      -type f ! -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  } | sha256sum | sed "s/^\(.\{12\}\).*/$version-\1/"
}

# A new environment beside the old one. Only when it is whole and answers does the link lead to it.
install_environment() {
  local id link=$share/venv
  choose_versions
  id=$(environment_id)
  environment=$share/venvs/$id
  if [ "$(readlink "$link" 2>/dev/null)" = "venvs/$id" ] && [ -f "$environment/complete" ]; then
    return
  fi
  renewed=true changes=$((changes + 1))
  if $dry; then
    say "would make: $environment, with the versions of $versions, by $python"
    say "would link: $link -> venvs/$id"
    return
  fi
  if [ ! -f "$environment/complete" ]; then
    say "making $environment; this takes a minute"
    half_made=$environment
    make_environment
    half_made=''
  fi
  previous=$(readlink "$link" 2>/dev/null || true)
  # Mended in its place: the one before it is what is there beside it.
  if [ "$previous" = "venvs/$id" ]; then
    previous=''
    return
  fi
  touch "$share/restart"
  point "$link" "venvs/$id"
  remove_older "venvs/$id" "$previous"
}

make_environment() {
  local site
  rm -rf -- "$environment"
  mkdir -p "$share/venvs"
  "$python" -m venv "$environment" || {
    warn "on Debian: apt-get install python3-venv"
    return 1
  }
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
    --only-binary :all: --require-hashes --requirement "$root/$versions"
  # Copied, not built: so no build tool has to be fetched.
  site=$("$environment/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  tar -C "$root" --exclude=__pycache__ -cf - pipeline_health | tar -C "$site" --no-same-owner -xf -
  # With these beside it, doctor can tell an installed unit that is not of this version.
  cp -R "$root/systemd" "$site/pipeline_health/units"
  # In the sandbox it cannot be written, and compiling at each start would double what a look costs.
  "$environment/bin/python" -I -m compileall -q "$site"
  {
    printf '#!/bin/sh\n# %s\n' "$header"
    printf 'exec "%s/bin/python" -I -m pipeline_health "$@"\n' "$environment"
  } >"$environment/bin/pipeline-health"
  chmod 755 "$environment/bin/pipeline-health"
  "$environment/bin/pipeline-health" --version >/dev/null
  touch "$environment/complete"
}

# When this ends before its time: what is half made goes, and what ran before is untouched.
clean_up() {
  rm -rf -- "$scratch"
  if [ -z "$half_made" ]; then return; fi
  rm -rf -- "$half_made"
  if [ -e "$share/venv" ]; then
    warn "the new environment could not be made (why: above); the one before it is still in use"
  else
    warn "the environment could not be made (why: above); nothing is installed"
  fi
}

# One rename: whoever starts the command finds the old one or the new one.
point() {
  ln -sfn -- "$2" "$1.new"
  mv -Tf -- "$1.new" "$1"
}

remove_older() {
  local each
  for each in "$share"/venvs/*; do
    case venvs/${each##*/} in "$1" | "$2") ;; *) rm -rf -- "$each" ;; esac
  done
}
