#!/usr/bin/env bash
# The step of action.yml, whose inputs are in the environment. The server stays; the runner ends it with the job.
set -euo pipefail

ready=$RUNNER_TEMP/understudy-url
log=$RUNNER_TEMP/understudy-log
rm -f "$ready"
: >"$log"
# Flags are given as one text, and divided as a shell divides words, but for quotes.
read -ra further <<<"$FLAGS"
if [ -n "$FIXTURES" ]; then further+=(--fixtures "$FIXTURES"); fi

# Where Bash is 3.2, as on macOS, an empty array counts as unset.
nohup npx --yes "$PACKAGE" --port "$PORT" --ready-file "$ready" ${further[@]+"${further[@]}"} >"$log" 2>&1 &
for ((elapsed = 0; elapsed < TIMEOUT; elapsed++)); do
  if [ -f "$ready" ] || ! kill -0 $! 2>/dev/null; then break; fi
  sleep 1
done
if [ ! -f "$ready" ]; then
  cat "$log"
  echo "::error title=Understudy::It does not serve; its output stands above."
  exit 1
fi

# Further ports have a line each behind it.
read -r url <"$ready"
npx --yes "$PACKAGE" health "$url"
echo "url=$url" >>"$GITHUB_OUTPUT"
echo "UNDERSTUDY_URL=$url" >>"$GITHUB_ENV"
