#!/bin/sh
# What `make test` does: find (or install) Chromium, then style, the suite on SQLite, what touches a database once more on
# PostgreSQL, the journeys; the last lines say what was not run.
set -u
cd "$(dirname "$0")/.." || exit 1
python="$1/bin/python"
missed=""
failed=0

find_chrome() {
  for name in "${CHROME:-}" chromium google-chrome chromium-browser; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}

CHROME=$(find_chrome) || CHROME=""
if [ -z "$CHROME" ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
  echo "Chromium is not here; installing it with apt-get."
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu-core; } >/dev/null 2>&1
  CHROME=$(find_chrome) || CHROME=""
fi
export CHROME
unset DATABASE_URL # each part names its own

step() {
  name=$1; shift
  echo "== $name"
  "$@" || { failed=1; echo "== $name FAILED"; }
}

step "style" "$python" -m ruff check .
step "tests on SQLite" "$python" -m pytest -n auto -m "not browser" tests

# 75 from tests.postgres: none could be started, and it says why.
on_postgres() {
  if [ -n "${POSTGRES_URL:-}" ]; then DATABASE_URL=$POSTGRES_URL "$@"; else "$python" -m tests.postgres "$@"; fi
  code=$?
  [ "$code" = 75 ] || return "$code"
  missed="$missed
Not run: the tests on PostgreSQL. $("$python" -m tests.postgres true 2>&1) Name one where databases may be created: make test POSTGRES_URL=postgres://user:password@host/name"
}
step "tests on PostgreSQL" on_postgres "$python" -m pytest -n auto -m "not browser" tests

# Both at once: they wait more than they work. 75: no PostgreSQL could be started, and it has said why.
short_fault_runs() {
  told=$(mktemp)
  "$python" -m tests.faults.run --short --db postgres >"$told" 2>&1 &
  postgres=$!
  "$python" -m tests.faults.run --short --db sqlite
  on_sqlite=$?
  wait "$postgres"
  code=$?
  cat "$told"
  rm -f "$told"
  if [ "$code" = 75 ]; then
    code=0
    missed="$missed
Not run: the short fault run on PostgreSQL (none could be started; the reason stands above)."
  fi
  [ "$on_sqlite" = 0 ] && return "$code"
  return "$on_sqlite"
}
step "short fault runs on SQLite and PostgreSQL" short_fault_runs

if [ -n "$CHROME" ]; then
  step "journeys in $CHROME" "$python" -m pytest -n 2 -m browser tests
else
  missed="$missed
Not run: the journeys in a real browser (no Chromium). Install it (Debian: apt-get install chromium) or name it: make test CHROME=/path/to/chrome"
fi

if [ -n "$missed" ]; then
  echo "$missed"
  [ "${CI:-}" = true ] && failed=1
fi
[ "$failed" = 0 ] && echo "All green." || echo "Not green: see FAILED or \"Not run\" above."
exit "$failed"
