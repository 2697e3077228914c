# Tells Barestack one event. A report that does not get through never stops an install.
report() { # KIND [FIELD=VALUE]...
  local field
  local -a form=(--data-urlencode "kind=$1")
  shift
  for field in "$@"; do
    form+=(--data-urlencode "$field")
  done
  curl --silent --show-error --noproxy '*' --connect-timeout 3 --max-time 10 \
    --output /dev/null "${form[@]}" "$install_url/event" || true
}
