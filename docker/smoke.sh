#!/usr/bin/env bash
# docker/smoke.sh [FOLDER]: builds the image and checks what is promised of it. Needs root, buildah and debootstrap, but no
# container engine: what is in the image is run in namespaces made by hand, with the image's own command, user, environment
# and stop signal, on a root that is read-only but for its volume. Prints TAP; what it is at goes to stderr. FOLDER keeps the
# base for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
# What a test runner says to its own processes is not meant for those below.
unset NODE_OPTIONS NODE_CHANNEL_FD

skip() { echo "1..0 # SKIP the image is not built: $*"; exit 0; }
for tool in buildah debootstrap curl; do command -v "$tool" >/dev/null || skip "there is no $tool here"; done
[ "$(id -u)" -eq 0 ] || skip 'it takes root'
unshare --mount --pid --fork true 2>/dev/null || skip 'namespaces cannot be made here'

work=$(mktemp -d)
storage=${1:-$work/storage}
mkdir -p "$storage"
export CONTAINERS_STORAGE_CONF=$work/storage.conf BUILDAH_ISOLATION=chroot
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$(realpath "$storage")" "$work/run" >"$work/storage.conf"
container=
supervisor=
finish() {
  if [ -n "$supervisor" ]; then kill -KILL "$supervisor" 2>/dev/null || true; fi
  if [ -n "$container" ]; then buildah rm "$container" >/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { printf '==> %s (after %s s)\n' "$*" "$SECONDS" >&2; }

count=0
failed=0
# is RULE ACTUAL EXPECTED
is() {
  count=$((count + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $count - $1"
  else
    failed=1
    echo "not ok $count - $1"
    printf 'got:      %s\nexpected: %s\n' "$2" "$3" | sed 's/^/# /'
  fi
}

# --- building ---

base=$(sed -n 's/^ARG BASE_IMAGE=//p' Dockerfile)
stand_in=localhost/stand-in-for-$base
image=localhost/auth-understudy:smoke
if buildah inspect --type image "$stand_in" >/dev/null 2>&1; then
  step "taking the stand-in for $base that is there"
  base=$stand_in
elif ! timeout 120 buildah pull --quiet "$base" >"$work/pull" 2>&1; then
  step "making a stand-in for $base, which cannot be pulled: $(tail -n 1 "$work/pull")"
  docker/base.sh "$base" "$stand_in"
  base=$stand_in
fi

step "building on $base"
buildah bud --format docker --network host --build-arg "BASE_IMAGE=$base" --tag "$image" . 2>&1 | tee "$work/build" | { grep --line-buffered 'STEP ' >&2 || true; } ||
  { tail -n 40 "$work/build" >&2; exit 1; }
container=$(buildah from "$image")
root=$(buildah mount "$container")
buildah inspect --type image "$image" >"$work/image.json"

# What the image is configured to; the items of a list stand on lines of their own.
config() { node -p "const c = JSON.parse(fs.readFileSync('$work/image.json')).Docker.config; [$1].flat().join('\n')"; }

# --- what is in it ---

step 'looking into the image'
user=$(config c.User)
volume=$(config 'Object.keys(c.Volumes)')
is 'the user is given by number, and is not root' "$user" 1000:1000
is 'there is one volume' "$volume" /data
is 'the volume belongs to the user' "$(stat -c %u:%g "$root$volume")" "$user"
is 'one port is exposed' "$(config 'Object.keys(c.ExposedPorts)')" 4555/tcp
is 'the probe is the command itself' "$(config c.Healthcheck.Test)" $'CMD\nunderstudy\nhealth'
is 'it is stopped by SIGTERM' "$(config c.StopSignal)" SIGTERM
is 'the application is what it needs to run' "$(cd "$root/app" && echo *)" 'LICENSE dist fixtures node_modules openapi package.json'
is 'no hidden file is among it' "$(find "$root/app" -name node_modules -prune -o -name '.*' -print)" ''
is 'nothing of it is a source or a test' \
  "$(find "$root/app" -name node_modules -prune -o \( -name '*.ts' ! -name '*.d.ts' -o -name '*.test.*' \) -print)" ''
is 'no file that the user cannot read is among it' "$(find "$root/app" ! -perm -o=r -print)" ''
is 'the only private keys are the published ones of the fixtures' \
  "$(cd "$root/app" && grep -rlE --exclude-dir=node_modules -- '-----BEGIN [A-Z ]*PRIVATE KEY' . | sed 's|/[^/]*$||' | sort -u)" ./fixtures/keys
is 'no module is there for development only' "$(node -p "
  const { packages } = JSON.parse(fs.readFileSync('package-lock.json'))
  const installed = Object.keys(JSON.parse(fs.readFileSync('$root/app/node_modules/.package-lock.json')).packages)
  installed.filter((path) => packages[path]?.dev !== undefined).join(' ')")" ''
# Compiled with this call, it would abort the server now and then: see the Dockerfile.
is 'better-sqlite3 leaves the clean-up of wrapped objects alone' \
  "$(grep -c RemoveEnvironmentCleanupHook "$root/app/node_modules/better-sqlite3/build/Release/better_sqlite3.node")" 0
is 'neither compiler nor curl is there' \
  "$(for tool in gcc g++ make python3 curl; do chroot "$root" sh -c "command -v $tool" || true; done)" ''

# --- running ---

# Runs as process 1. The bind of the volume is a mount of its own, which stays writable when the root no longer is.
# shellcheck disable=SC2016
inside='
  set -e
  root=$1 volume=$2 user=$3
  shift 3
  mount --bind "$root" "$root"
  mount --bind "$root$volume" "$root$volume"
  mount -o remount,ro,bind "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  exec chroot --userspec="$user" --groups= "$root" env --ignore-environment "$@"
'
mapfile -t command < <(config '[c.Entrypoint, c.Cmd].flat().filter(Boolean)')
mapfile -t probe < <(config 'c.Healthcheck.Test.slice(1)')
mapfile -t environment < <(config c.Env)
port=$(node -p "const server = require('net').createServer().listen(0); const { port } = server.address(); server.close(); port")
environment+=("UNDERSTUDY_PORT=$port")
directory=$(config c.WorkingDir)
url=http://127.0.0.1:$port

# A health probe within the running container: its exit code.
health() {
  local code=0
  nsenter --target "$server" --mount --pid --root --setuid "${user%:*}" --setgid "${user#*:}" -- \
    env --ignore-environment --chdir="$directory" "${environment[@]}" "${probe[@]}" >"$work/probe" 2>&1 || code=$?
  echo "$code"
}

# start [VARIABLE=VALUE]…: runs the image until it serves.
start() {
  unshare --mount --pid --fork --kill-child=KILL bash -c "$inside" inside "$root" "$volume" "$user" \
    --chdir="$directory" "${environment[@]}" "$@" "${command[@]}" >"$work/server" 2>&1 &
  supervisor=$!
  for _ in {1..150}; do
    if curl -fs --max-time 5 "$url/_understudy/health" >"$work/health"; then
      server=$(tr -d " " <"/proc/$supervisor/task/$supervisor/children")
      return
    fi
    if ! kill -0 "$supervisor" 2>/dev/null; then break; fi
    sleep 0.2
  done
  echo 'Bail out! The image does not serve.'
  cat "$work/server" >&2
  exit 1
}

# stop SIGNAL: its exit code is then in `stopped`, or that it still ran after 5 s, the time that is promised.
stop() {
  kill -s "${1#SIG}" "$server"
  stopped=0
  for _ in {1..50}; do
    if ! kill -0 "$supervisor" 2>/dev/null; then break; fi
    sleep 0.1
  done
  if kill -0 "$supervisor" 2>/dev/null; then
    kill -KILL "$supervisor"
    wait "$supervisor" 2>/dev/null || true
    stopped='still running'
  else
    wait "$supervisor" 2>/dev/null || stopped=$?
  fi
  supervisor=
}

step 'starting it'
start
is 'it is process 1, and runs as the user, without capabilities' \
  "$(awk '/^(Uid|Gid|NSpid|CapEff):/ { print $1, $NF }' "/proc/$server/status")" \
  "$(printf 'Uid: %s\nGid: %s\nNSpid: 1\nCapEff: 0000000000000000' "${user%:*}" "${user#*:}")"
is 'what is no volume cannot be written, not even by root' \
  "$(nsenter --target "$server" --mount --root sh -c 'echo >/app/x || echo >/tmp/x || echo >/x' 2>&1 | grep -c 'Read-only file system')" 3
is 'it serves on every address of the container' "$(curl -s -o "$work/answer" -w '%{http_code}' "http://127.0.0.2:$port/_understudy/health")" 200
is 'it is healthy' "$(health)" 0

mapfile -t logins < <(sed -n '/<!-- vendors -->/,/<!-- \/vendors -->/s/^\$ //p' README.md)
is 'each vendor has a login in the README' "${#logins[@]}" "$(node -p "JSON.parse(fs.readFileSync('$work/health')).vendors.length")"
for login in "${logins[@]}"; do
  # The line is the README's, and runs as whoever copies it runs it.
  answer=$(bash -c "${login//http:\/\/127.0.0.1:4555/$url} -w '\n%{http_code}'")
  vendor=${login#*http://127.0.0.1:4555/}
  grep -qiE '"error"|"success":false' <<<"$answer" && refused=yes || refused=no
  is "${vendor%%/*} logs in" "${answer##*$'\n'}, refused: $refused" '200, refused: no'
done

kill -STOP "$server"
is 'it is unhealthy while it does not answer' "$(health)" 1
kill -CONT "$server"
is 'it is healthy again' "$(health)" 0
stop "$(config c.StopSignal)"
is 'it ends within 5 s of its stop signal, with exit code 0' "$stopped" 0
is 'nothing is kept that nobody asked to keep' "$(ls -A "$root$volume")" ''

step 'starting it with a data folder'
start "UNDERSTUDY_DATA=$volume"
curl -fs -X POST "$url/_understudy/worlds" -H 'Content-Type: application/json' -d '{"name":"kept"}' >"$work/answer"
stop SIGKILL
start "UNDERSTUDY_DATA=$volume"
is 'its worlds outlive the container in the volume' \
  "$(curl -fs "$url/_understudy/worlds" | node -p "/\"kept\"/.test(fs.readFileSync(0, 'utf8'))")" true
stop SIGTERM
is 'it ends with exit code 0 then too' "$stopped" 0

echo "1..$count"
step 'done'
[ "$failed" -eq 0 ]
