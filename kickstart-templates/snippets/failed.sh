# Runs when the installer gives up: the last errors of its logs are the reason, and the
# logs themselves follow.
tmp=${BARESTACK_ROOT:-}/tmp
logs=("$tmp/anaconda.log" "$tmp/storage.log" "$tmp/packaging.log" "$tmp/program.log")
reason=$(cat "${logs[@]}" 2>/dev/null | grep -E ' (ERR|CRT)[ :]|CRITICAL|Error' | tail -n 5)
if [[ -z $reason ]]; then
  reason=$(tail -n 5 "$tmp/anaconda.log" 2>/dev/null)
fi
report failed "reason=$(printf '%s' "${reason:-the installer gave up and left no log}" | tail -c 500)"
send_logs
