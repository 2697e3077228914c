# Reading a kickstart as pykickstart does, as far as the stand-in needs it. Sourced by init.
# shellcheck disable=SC2034 # the files share their variables

readonly SECTIONS=$STATE/sections

# Splits LINE into WORDS as Python's shlex does: quotes group, a backslash escapes, # is a comment.
words_of() {
  local rest=$1 word='' started='' plain
  WORDS=()
  while [[ -n $rest ]]; do
    plain=${rest%%[[:space:]\'\"\\#]*}
    word+=$plain started+=$plain rest=${rest#"$plain"}
    case $rest in
      [[:space:]]*)
        [[ -z $started ]] || WORDS+=("$word")
        word='' started='' rest=${rest:1}
        ;;
      "'"*)
        rest=${rest:1} started=yes
        word+=${rest%%\'*} rest=${rest#*\'}
        ;;
      '"'*)
        rest=${rest:1} started=yes
        while [[ -n $rest && ${rest:0:1} != '"' ]]; do
          [[ $rest != \\[\"\\]* ]] || rest=${rest:1}
          word+=${rest:0:1} rest=${rest:1}
        done
        rest=${rest:1}
        ;;
      \\*)
        word+=${rest:1:1} rest=${rest:2} started=yes
        ;;
      '#'*)
        [[ -n $started ]] || break
        word+='#' rest=${rest:1}
        ;;
    esac
  done
  [[ -z $started ]] || WORDS+=("$word")
}

# Prints the value of --NAME=value or "--NAME value" among WORDS; fails if it is not there.
option() { # NAME
  local position
  for ((position = 1; position < ${#WORDS[@]}; position++)); do
    case ${WORDS[position]} in
      "--$1="*)
        printf '%s\n' "${WORDS[position]#*=}"
        return
        ;;
      "--$1")
        printf '%s\n' "${WORDS[position + 1]}"
        return
        ;;
    esac
  done
  return 1
}

# The same, and an absent option is an empty value.
value() { option "$1" || true; }

has_flag() { # NAME
  local word
  for word in "${WORDS[@]:1}"; do
    [[ $word == "--$1" ]] && return
  done
  return 1
}

# The commands that pykickstart's handler of this major release accepts, deprecated ones included.
readonly COMMANDS=" authselect autopart bootloader cdrom clearpart cmdline driverdisk eula fcoe
 firewall firstboot graphical group halt harddrive hmc ignoredisk iscsi iscsiname keyboard lang
 liveimg logging logvol mediacheck module mount network nfs ostreecontainer ostreesetup part
 partition poweroff raid realm reboot repo reqpart rescue rhsm rootpw selinux services shutdown
 skipx snapshot sshkey sshpw syspurpose text timesource timezone updates url user vnc volgroup
 xconfig zerombr zfcp zipl "
readonly ONLY_IN_9=" auth authconfig autostep btrfs method nvdimm "
readonly ONLY_IN_10=" bootc rdp "

known_command() {
  local more=$ONLY_IN_10
  [[ $RELEASE == 10.* ]] || more=$ONLY_IN_9
  [[ $COMMANDS$more == *[[:space:]]"$1"[[:space:]]* ]]
}

# Prints FILE with each %include in its place. A missing one is an error only in strict mode: the
# %pre scripts, which run first, may yet write it.
expand_includes() { # FILE lenient|strict
  local line source
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line != %include[[:space:]]* ]]; then
      printf '%s\n' "$line"
      continue
    fi
    words_of "$line"
    source=${WORDS[1]}
    if [[ $source == http://* || $source == https://* ]]; then
      # python-requests fetches this, without Anaconda's headers (measured)
      curl --silent --fail --location --output "$STATE/include" "$source" && source=$STATE/include
    fi
    if [[ -r $source ]]; then
      expand_includes "$source" "$2" || return 1
    elif [[ $2 == strict ]]; then
      echo "Unable to open input kickstart file: ${WORDS[1]}" >"$STATE/include-error"
      return 1
    fi
  done <"$1"
}

# Writes FILE's commands to $SECTIONS/commands ("LINE COMMAND ...") and each section to a numbered
# pair of files, NN.header and NN.body. In strict mode an unknown command or a missing include is
# reported and the result is false.
split_kickstart() { # FILE lenient|strict
  local line number=0 count=100 body='' start=0
  rm -rf "$SECTIONS" && mkdir -p "$SECTIONS"
  : >"$SECTIONS/commands"
  if ! expand_includes "$1" "$2" >"$STATE/expanded.ks"; then
    say "kickstart error: $(<"$STATE/include-error")"
    return 1
  fi
  while IFS= read -r line || [[ -n $line ]]; do
    ((number += 1))
    if [[ -n $body ]]; then
      if [[ $line =~ ^%end([[:space:]]|$) ]]; then
        body=''
      else
        printf '%s\n' "$line" >>"$body"
      fi
      continue
    fi
    words_of "$line"
    case ${WORDS[0]} in
      '') ;;
      %pre | %pre-install | %post | %onerror | %traceback | %packages | %addon | %anaconda | %certificate)
        ((count += 1))
        printf '%s\n' "$line" >"$SECTIONS/$count.header"
        body=$SECTIONS/$count.body start=$number
        : >"$body"
        ;;
      %*)
        kickstart_error "$number" "Unknown kickstart section: ${WORDS[0]}"
        return 1
        ;;
      *)
        if [[ $2 == strict ]] && ! known_command "${WORDS[0]}"; then
          kickstart_error "$number" "Unknown command: ${WORDS[0]}"
          return 1
        fi
        printf '%s %s\n' "$number" "$line" >>"$SECTIONS/commands"
        ;;
    esac
  done <"$STATE/expanded.ks"
  if [[ -n $body ]]; then
    kickstart_error "$start" "Section does not end with %end."
    return 1
  fi
}

kickstart_error() { # LINE MESSAGE
  say "kickstart error: The following problem occurred on line $1 of the kickstart file: $2"
}

# Runs BODY once for each command of the kickstart with one of these names, its words in WORDS.
each_command() { # FUNCTION NAME...
  local function=$1 line
  shift
  while read -r _ line; do
    [[ " $* " == *" ${line%%[[:space:]]*} "* ]] || continue
    words_of "$line"
    "$function" || return 1
  done <"$SECTIONS/commands"
}

has_command() { # NAME
  grep -q "^[0-9]* *$1\\b" "$SECTIONS/commands"
}

# What the kickstart wants at the end. Without any, text mode asks for Enter.
final_action() {
  local action="wait" line
  while read -r _ line; do
    words_of "$line"
    case ${WORDS[0]} in
      reboot | poweroff | shutdown) action=${WORDS[0]} ;;
      halt) action="wait" ;;
    esac
  done <"$SECTIONS/commands"
  echo "$action"
}

# Runs the scripts of one kind in file order; false when one with --erroronfail fails.
run_scripts() { # SECTION
  local header number=0 status
  for header in "$SECTIONS"/*.header; do
    [[ -e $header ]] || return 0
    words_of "$(<"$header")"
    [[ ${WORDS[0]} == "%$1" ]] || continue
    ((number += 1))
    run_script "$1" "$number" "${header%.header}.body"
    status=$?
    say "script %$1 $number ended with status $status"
    if ((status != 0)) && has_flag erroronfail; then
      FAILURE="%$1 script $number ended with status $status"
      return 1
    fi
  done
}

# The script's output goes to its log, as in Anaconda, and line by line to the console.
run_script() { # SECTION NUMBER BODY
  local root='' interpreter log script
  [[ $1 == post ]] && ! has_flag nochroot && root=/mnt/sysroot
  interpreter=$(option interpreter || echo /bin/sh)
  script=$(mktemp "$root/tmp/ks-script-XXXXXXXX")
  # without --log the log is outside of the chroot, as Anaconda has it
  log=$(option log || option logfile) && log=$root$log || log=/tmp/${script##*/}.log
  log program INF "Running... ${script#"$root"}"
  cp "$3" "$script" && chmod 700 "$script"
  mkdir -p "${log%/*}"
  if [[ -n $root ]]; then
    chroot "$root" "$interpreter" "${script#"$root"}"
  else
    "$interpreter" "$script"
  fi </dev/null 2>&1 | tee -a "$log" | while IFS= read -r line; do
    print "%$1 $2| $line"
  done
  local status=${PIPESTATUS[0]}
  rm -f "$script"
  return "$status"
}
