#!/usr/bin/env bash
# RabbitMQ (with its management API), PostgreSQL, a browser and some programs for tests and for the demo.
#
#   deploy/services.sh start  [NAME …]              provide all, or these; prints `export …` lines for `eval`
#   deploy/services.sh env    [NAME …]              the same lines for what answers now; starts nothing
#   deploy/services.sh status [NAME …]              what answers, and where
#   deploy/services.sh stop   [NAME …]              stop the private ones
#   deploy/services.sh crash  rabbitmq|postgres     SIGKILL every process of the private one
#   deploy/services.sh resume rabbitmq|postgres     start a private one that died, on its port, with its data
#   deploy/services.sh rabbitmqctl ARGUMENTS …      rabbitmqctl of the private one
#   deploy/services.sh run [--or-without] [NAME …] -- COMMAND …
#       start, run COMMAND with that environment, stop what was started for it; --or-without runs COMMAND all the same
#       where a service cannot be had
#
# A NAME is rabbitmq, postgres, browser, valgrind, prometheus, promtool or systemd-analyze. Those after postgres are no services:
# they are installed, and the tests start them.
#
# A service that answers at its configured address is used as it is:
#   MAKEGOOD_TEST_AMQP        amqp://user:password@host:port
#   MAKEGOOD_TEST_RABBIT_API  http://user:password@host:port   (the management API of the same broker)
#   MAKEGOOD_TEST_POSTGRES    postgres://user@host:port        (a role that may create databases)
#   MAKEGOOD_TEST_CHROMIUM    a Chromium, and its driver in
#   MAKEGOOD_TEST_CHROMEDRIVER
#   MAKEGOOD_TEST_VALGRIND, MAKEGOOD_TEST_PROMETHEUS, MAKEGOOD_TEST_PROMTOOL, MAKEGOOD_TEST_SYSTEMD_ANALYZE
# Else a private one is started under var/services, on the loopback alone, on the usual port or on the next free one. It
# starts empty every time, save by `resume`: nothing in there is meant to last. Missing programs are installed from the distribution, by
# root or by passwordless sudo.
#   MAKEGOOD_TEST_SERVICES_DIR   another place than var/services
#   MAKEGOOD_TEST_RABBITMQ_BIN   folder of rabbitmq-server and rabbitmqctl
#   MAKEGOOD_TEST_POSTGRES_BIN   folder of initdb and pg_ctl
#   MAKEGOOD_TEST_SHARED_BUFFERS what a private PostgreSQL keeps of its tables in memory (64MB)
#
# Exit codes: 0 done; 1 a service did not start, or does not run (env, status); 2 wrong usage; 3 a program is missing and
# cannot be installed here. Data on stdout, talk on stderr.
set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
STATE=${MAKEGOOD_TEST_SERVICES_DIR:-$REPO/var/services}
READY_SECONDS=90     # for a node to answer: 8-16 s is usual, a loaded machine takes its time
STOP_SECONDS=20      # for a node to end before it is killed: 6 s is usual
PORT_TRIES=40        # 5672, 5682, … before giving up
STARTED=()           # what this call started: `run` stops it again

say() { printf 'services: %s\n' "$*" >&2; }
fail() { local code=$1; shift; say "$@"; exit "$code"; }
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 2; }

# --- addresses -----------------------------------------------------------------------------------------------------

# parse_url URL DEFAULT_PORT: sets URL_LOGIN, URL_HOST, URL_PORT, URL_SCHEME.
parse_url() {
    local pattern='^([a-z]+)://(([^@/]*)@)?(\[[^]]+\]|[^:/?]+)(:([0-9]+))?'
    [[ $1 =~ $pattern ]] || return 1
    URL_SCHEME=${BASH_REMATCH[1]} URL_LOGIN=${BASH_REMATCH[3]} URL_HOST=${BASH_REMATCH[4]} URL_PORT=${BASH_REMATCH[6]:-$2}
    URL_HOST=${URL_HOST#[} URL_HOST=${URL_HOST%]}
}

# A connection is made and one exchange of the protocol tried in a process of its own, so that a silent peer costs 5 s.
probe() { timeout 5 bash -c "$1" probe "${@:2}" >/dev/null 2>&1; }

# shellcheck disable=SC2016  # as all probes: expanded by the inner bash
listens() { probe 'exec 3<>"/dev/tcp/127.0.0.1/$1"' "$1"; }

# The answer to the protocol header is a method frame (type 1). A node that is not ready closes the connection.
# shellcheck disable=SC2016
amqp_answers() {
    parse_url "$1" 5672 || return 1
    if [[ $URL_SCHEME == amqps ]]; then
        probe 'exec 3<>"/dev/tcp/$1/$2"' "$URL_HOST" "$URL_PORT"
        return
    fi
    probe 'exec 3<>"/dev/tcp/$1/$2"; printf "AMQP\0\0\11\1" >&3; [[ $(head -c1 <&3 | od -An -tu1) -eq 1 ]]' \
        "$URL_HOST" "$URL_PORT"
}

# shellcheck disable=SC2016
api_answers() {
    parse_url "$1" 15672 || return 1
    local login
    login=$(printf '%b' "${URL_LOGIN//%/\\x}" | base64 | tr -d '\n')
    probe 'exec 3<>"/dev/tcp/$1/$2"
        printf "GET /api/overview HTTP/1.0\r\nHost: %s\r\nAuthorization: Basic %s\r\n\r\n" "$1" "$3" >&3
        read -r line <&3; [[ $line == HTTP/1.?\ 200* ]]' "$URL_HOST" "$URL_PORT" "$login"
}

# An SSLRequest is answered by one letter, S or N.
# shellcheck disable=SC2016
postgres_answers() {
    parse_url "$1" 5432 || return 1
    probe 'exec 3<>"/dev/tcp/$1/$2"; printf "\0\0\0\10\4\322\26\57" >&3; [[ $(head -c1 <&3) == [SN] ]]' \
        "$URL_HOST" "$URL_PORT"
}

# --- processes -----------------------------------------------------------------------------------------------------

# is_ours PID WORD: a process of this number lives and WORD stands in its command line or environment. Pid files outlive
# their processes, and numbers are used again.
is_ours() {
    [[ $1 =~ ^[0-9]+$ ]] || return 1
    if [[ -d /proc/self ]]; then
        grep -qzF -- "$2" "/proc/$1/cmdline" "/proc/$1/environ" 2>/dev/null
    else
        grep -qF -- "$2" <<<"$(ps -E -o command= -p "$1" 2>/dev/null)"
    fi
}

first_line() { local line=''; [[ ! -r $1 ]] || IFS= read -r line <"$1" || true; printf '%s' "${line//[[:space:]]/}"; }

# wait_gone SECONDS PID WORD
wait_gone() {
    local deadline=$((SECONDS + $1))
    while is_ours "$2" "$3"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

# --- installation --------------------------------------------------------------------------------------------------

as_root() { if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi; }

# install_package VARIABLE PACKAGE …: from the distribution. The package's own service must not take the port: policy-rc.d forbids its start.
install_package() {
    local instead=$1 package=${*:2} log=$STATE/install.log policy=/usr/sbin/policy-rc.d ours=no ok=no
    command -v apt-get >/dev/null ||
        fail 3 "$package is not installed, and there is no apt-get to install it: install $package, or set $instead"
    ((EUID == 0)) || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } ||
        fail 3 "$package is not installed, and installing needs root: run 'apt-get install $package' as root, or set $instead"
    say "installing $package (log: $log)"
    if [[ ! -e $policy ]]; then
        ours=yes
        trap 'as_root rm -f /usr/sbin/policy-rc.d; exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy"
    fi
    local install=(as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y)
    if "${install[@]}" install --no-install-recommends "${@:2}" >"$log" 2>&1 </dev/null 9>&- ||
        { "${install[@]}" update >>"$log" 2>&1 </dev/null 9>&- &&
            "${install[@]}" install --no-install-recommends "${@:2}" >>"$log" 2>&1 </dev/null 9>&-; }; then
        ok=yes
    fi
    [[ $ours == no ]] || as_root rm -f "$policy"
    trap - INT TERM
    [[ $ok == yes ]] || { tail -n 5 "$log" >&2; fail 3 "$package could not be installed: install it by hand, or set $instead"; }
}

rabbit_bin() {
    local folder
    # /usr/sbin/rabbitmq-server is a wrapper that changes user and drops the environment: never that one.
    for folder in ${MAKEGOOD_TEST_RABBITMQ_BIN:-/usr/lib/rabbitmq/bin /opt/rabbitmq/sbin /usr/local/lib/rabbitmq/sbin}; do
        [[ -x $folder/rabbitmq-server ]] && { printf '%s' "$folder"; return; }
    done
    return 1
}

postgres_bin() {
    local folder folders
    if [[ -n ${MAKEGOOD_TEST_POSTGRES_BIN:-} ]]; then
        folders=$MAKEGOOD_TEST_POSTGRES_BIN
    else
        folders=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr; pg_config --bindir 2>/dev/null || true)
    fi
    for folder in $folders; do
        [[ -x $folder/initdb && -x $folder/pg_ctl ]] && { printf '%s' "$folder"; return; }
    done
    return 1
}

# --- state ---------------------------------------------------------------------------------------------------------

prepare_state() {
    mkdir -p "$STATE" 2>/dev/null || true
    [[ -d $STATE && -w $STATE ]] ||
        fail 1 "$STATE cannot be written by $(id -un): remove it, or set MAKEGOOD_TEST_SERVICES_DIR to a folder of yours"
    STATE=$(cd "$STATE" && pwd -P)
}

# One call at a time: a second one waits and then finds the services running. Children must not inherit the lock (9>&-).
lock_state() {
    exec 9>"$STATE/lock"
    if command -v flock >/dev/null; then
        flock -w $((READY_SECONDS * 2 + STOP_SECONDS)) 9 || fail 1 "another call of this script holds $STATE/lock"
    fi
}

# clear FOLDER: empties a folder of ours (never another: it must be below STATE or the fallback).
clear_folder() {
    case $1 in
        "$STATE"/?* | /var/tmp/makegood-?*/?*) rm -rf -- "$1" ;;
        *) fail 1 "will not clear $1" ;;
    esac
}

# free_port FIRST OFFSET…: the first of FIRST, FIRST+10, … that is free with all its offsets.
free_port() {
    local first=$1 port offset taken try
    shift
    for ((try = 0; try < PORT_TRIES; try++)); do
        port=$((first + 10 * try))
        taken=no
        for offset in "$@"; do
            if listens $((port + offset)); then taken=yes; break; fi
        done
        [[ $taken == yes ]] || { printf '%s' "$port"; return; }
    done
    fail 1 "no free port from $first on"
}

export_line() { printf 'export %s=%q\n' "$1" "$2"; }

# --- RabbitMQ ------------------------------------------------------------------------------------------------------

rabbit_dir() { printf '%s/rabbitmq' "$STATE"; }
rabbit_lines() {
    export_line MAKEGOOD_TEST_AMQP "$1"
    export_line MAKEGOOD_TEST_RABBIT_API "$2"
    export_line MAKEGOOD_DEMO_AMQP "$1"
}

rabbit_configured() {
    [[ -n ${MAKEGOOD_TEST_AMQP:-} ]] || return 1
    if amqp_answers "$MAKEGOOD_TEST_AMQP" && api_answers "${MAKEGOOD_TEST_RABBIT_API:-none}"; then return 0; fi
    [[ ${1:-} == quiet ]] ||
        say "no broker answers at MAKEGOOD_TEST_AMQP, or not its management API at MAKEGOOD_TEST_RABBIT_API: not used"
    return 1
}

# Ports of the private node: P, management P+10000, distribution P+20000, epmd P+9000.
rabbit_urls() {
    local port
    port=$(first_line "$(rabbit_dir)/port")
    [[ -n $port ]] || return 1
    AMQP=amqp://guest:guest@127.0.0.1:$port API=http://guest:guest@127.0.0.1:$((port + 10000))
}

rabbit_pid() {
    local dir pid
    dir=$(rabbit_dir)
    for pid in "$(first_line "$dir/pid")" "$(first_line "$dir/launcher.pid")"; do
        if is_ours "$pid" "RABBITMQ_PID_FILE=$dir/pid"; then printf '%s' "$pid"; return; fi
    done
    return 1
}

rabbit_runs() { rabbit_pid >/dev/null && rabbit_urls && amqp_answers "$AMQP" && api_answers "$API"; }

rabbit_wait() {
    local deadline=$((SECONDS + READY_SECONDS))
    until rabbit_runs; do
        rabbit_pid >/dev/null || return 1
        ((SECONDS < deadline)) || return 1
        sleep 0.3
    done
}

# Every path is named: a variable left out makes the node use the system's files, or another user's.
rabbit_env() {
    local port=$1 dir
    dir=$(rabbit_dir)
    export HOME=$dir/home LC_ALL=C.UTF-8 ERL_EPMD_PORT=$((port + 9000)) ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_NODENAME=makegood@localhost RABBITMQ_NODE_PORT=$port RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 \
        RABBITMQ_DIST_PORT=$((port + 20000)) RABBITMQ_MNESIA_BASE=$dir/mnesia RABBITMQ_LOG_BASE=$dir/log \
        RABBITMQ_SCHEMA_DIR=$dir/schema RABBITMQ_GENERATED_CONFIG_DIR=$dir/schema \
        RABBITMQ_PLUGINS_EXPAND_DIR=$dir/plugins-expand RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins \
        RABBITMQ_CONFIG_FILE=$dir/cfg/rabbitmq RABBITMQ_ADVANCED_CONFIG_FILE=$dir/cfg/advanced.config \
        RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_PID_FILE=$dir/pid \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
}

rabbit_launch() {
    local bin=$1 port=$2 dir
    dir=$(rabbit_dir)
    clear_folder "$dir"
    mkdir -p "$dir"/{home,mnesia,log,cfg,schema}
    chmod 755 "$dir"
    head -c24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$dir/home/.erlang.cookie"
    chmod 400 "$dir/home/.erlang.cookie"
    echo '[rabbitmq_management].' >"$dir/enabled_plugins"
    cat >"$dir/cfg/rabbitmq.conf" <<EOF
listeners.tcp.1 = 127.0.0.1:$port
management.tcp.ip = 127.0.0.1
management.tcp.port = $((port + 10000))
disk_free_limit.absolute = 50MB
EOF
    echo "$port" >"$dir/port"
    rabbit_boot "$bin" "$port"
}

rabbit_boot() {
    local bin=$1 port=$2 dir
    dir=$(rabbit_dir)
    (
        cd "$dir"
        rabbit_env "$port"
        exec setsid "$bin/rabbitmq-server" >>"$dir/log/stdout" 2>>"$dir/log/stderr" </dev/null 9>&-
    ) &
    echo $! >"$dir/launcher.pid"
}

rabbit_start() {
    local bin try port=5662
    if rabbit_configured; then rabbit_lines "$MAKEGOOD_TEST_AMQP" "$MAKEGOOD_TEST_RABBIT_API"; return; fi
    if rabbit_pid >/dev/null; then
        # Another call may have been cut off while the node was starting: give that one its time, then replace it.
        rabbit_runs || { say "waiting for the RabbitMQ that was started before"; rabbit_wait || rabbit_stop; }
    fi
    if ! rabbit_runs; then
        rabbit_stop
        bin=$(rabbit_bin) || { install_package MAKEGOOD_TEST_AMQP rabbitmq-server; bin=$(rabbit_bin); } ||
            fail 3 "rabbitmq-server is not where it is looked for: set MAKEGOOD_TEST_RABBITMQ_BIN to its folder"
        for try in 1 2 3; do
            port=$(free_port $((port + 10)) 0 9000 10000 20000) || exit
            say "starting RabbitMQ on port $port"
            rabbit_launch "$bin" "$port"
            STARTED+=(rabbit)
            if rabbit_wait; then break; fi
            tail -n 15 "$(rabbit_dir)"/log/{stdout,stderr} >&2 || true
            rabbit_stop
            # A port may have been taken between the look and the start. Anything else fails the same way again.
            if ((try == 3)) || ! grep -rqsE 'eaddrinuse|address already in use' "$(rabbit_dir)/log"; then
                fail 1 "RabbitMQ did not start: see $(rabbit_dir)/log"
            fi
        done
    fi
    rabbit_lines "$AMQP" "$API"
}

# Everything of the node: beam, its launching shell, its helpers, and epmd, which outlives it. (No /proc: the two known.)
rabbit_pids() {
    local dir word file
    dir=$(rabbit_dir) word=RABBITMQ_PID_FILE=$(rabbit_dir)/pid
    if [[ -d /proc/self ]]; then
        grep -lzxF -- "$word" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ file _; do echo "$file"; done
    else
        first_line "$dir/pid"; echo; first_line "$dir/launcher.pid"; echo
    fi
}

rabbit_stop() {
    local dir pid word
    dir=$(rabbit_dir) word=RABBITMQ_PID_FILE=$(rabbit_dir)/pid
    if pid=$(rabbit_pid); then
        say "stopping RabbitMQ (pid $pid)"
        kill -TERM "$pid" 2>/dev/null || true
        wait_gone "$STOP_SECONDS" "$pid" "$word" || true
    fi
    for pid in $(rabbit_pids); do
        if is_ours "$pid" "$word"; then kill -KILL "$pid" 2>/dev/null || true; fi
        wait_gone 5 "$pid" "$word" || say "a process of RabbitMQ (pid $pid) does not end"
    done
    rm -f "$dir/pid" "$dir/launcher.pid"
}

# A power cut of the node alone: nothing of it gets to end.
rabbit_crash() {
    local pid word
    word=RABBITMQ_PID_FILE=$(rabbit_dir)/pid
    rabbit_pid >/dev/null || fail 1 "no private RabbitMQ runs under $STATE"
    for pid in $(rabbit_pids); do
        if is_ours "$pid" "$word"; then kill -KILL "$pid" 2>/dev/null || true; fi
    done
    for pid in $(rabbit_pids); do
        wait_gone 5 "$pid" "$word" || fail 1 "a process of RabbitMQ (pid $pid) does not end"
    done
    rm -f "$(rabbit_dir)"/{pid,launcher.pid}
}

rabbit_resume() {
    local bin try
    rabbit_urls || fail 1 "no private RabbitMQ was started under $STATE"
    if ! rabbit_runs; then
        bin=$(rabbit_bin) || fail 3 "rabbitmq-server is not where it is looked for"
        # A boot may meet what the dead node left: its name at epmd, its port. The next one does not.
        for try in 1 2 3; do
            rabbit_stop
            rabbit_boot "$bin" "$(first_line "$(rabbit_dir)/port")"
            if rabbit_wait; then break; fi
            ((try < 3)) || fail 1 "RabbitMQ did not come back: see $(rabbit_dir)/log"
        done
    fi
    rabbit_lines "$AMQP" "$API"
}

rabbit_ctl() {
    local bin
    { rabbit_pid >/dev/null && rabbit_urls; } || fail 1 "no private RabbitMQ runs under $STATE"
    bin=$(rabbit_bin) || fail 3 "rabbitmqctl is not where it is looked for"
    (
        cd "$(rabbit_dir)"
        rabbit_env "$(first_line "$(rabbit_dir)/port")"
        exec "$bin/rabbitmqctl" -n "$RABBITMQ_NODENAME" "$@"
    )
}

# --- PostgreSQL ----------------------------------------------------------------------------------------------------

# postgres refuses to run as root, so it runs as its own user, who must be able to walk to the folder.
pg_run() {
    if ((EUID == 0)); then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
    else
        "$@"
    fi
}

pg_dir() {
    if ((EUID == 0)) && id postgres >/dev/null 2>&1 && ! pg_run test -x "$STATE"; then
        printf '/var/tmp/makegood-%s/postgres' "$(printf '%s' "$STATE" | cksum | tr ' ' -)"
    else
        printf '%s/postgres' "$STATE"
    fi
}

pg_url() { local port; port=$(first_line "$STATE/postgres.port"); [[ -n $port ]] && PG=postgres://postgres@127.0.0.1:$port; }

pg_pid() {
    local dir pid
    dir=$(pg_dir)
    pid=$(first_line "$dir/data/postmaster.pid")
    is_ours "$pid" "$dir/data" && printf '%s' "$pid"
}

pg_runs() { pg_pid >/dev/null && pg_url && postgres_answers "$PG"; }

pg_launch() {
    local bin=$1 port=$2 dir locale=C
    dir=$(pg_dir)
    clear_folder "$dir"
    mkdir -p "$dir"
    [[ -O ${dir%/*} && ! -L ${dir%/*} ]] || fail 1 "${dir%/*} belongs to somebody else: remove it"
    ((EUID != 0)) || { chmod 755 "${dir%/*}" && chown postgres "$dir"; }
    if grep -qixE 'c\.utf-?8' <<<"$(locale -a 2>/dev/null)"; then locale=C.UTF-8; fi
    echo "$port" >"$STATE/postgres.port"
    pg_run "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale="$locale" --no-sync \
        >"$STATE/postgres.log" 2>&1 </dev/null 9>&- || return 1
    # TCP alone: a socket's path may not be longer than 107 bytes, and a checkout's may. What is confirmed is on the disk,
    # or a crash test proves nothing.
    pg_run tee -a "$dir/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 200
shared_buffers = ${MAKEGOOD_TEST_SHARED_BUFFERS:-64MB}
fsync = on
synchronous_commit = on
full_page_writes = on
track_commit_timestamp = on
EOF
    pg_boot "$bin"
}

pg_boot() {
    local dir
    dir=$(pg_dir)
    pg_run env HOME="$dir" "$1/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t "$READY_SECONDS" start \
        >>"$STATE/postgres.log" 2>&1 </dev/null 9>&-
}

pg_start() {
    local bin try port=5422
    if [[ -n ${MAKEGOOD_TEST_POSTGRES:-} ]]; then
        if postgres_answers "$MAKEGOOD_TEST_POSTGRES"; then
            export_line MAKEGOOD_TEST_POSTGRES "$MAKEGOOD_TEST_POSTGRES"
            return
        fi
        say "no PostgreSQL answers at MAKEGOOD_TEST_POSTGRES: not used"
    fi
    if pg_pid >/dev/null && ! pg_runs; then pg_stop; fi
    if ! pg_runs; then
        bin=$(postgres_bin) || { install_package MAKEGOOD_TEST_POSTGRES postgresql; bin=$(postgres_bin); } ||
            fail 3 "initdb is not where it is looked for: set MAKEGOOD_TEST_POSTGRES_BIN to its folder"
        ((EUID != 0)) || id postgres >/dev/null 2>&1 ||
            fail 3 "PostgreSQL refuses to run as root, and there is no user 'postgres' to run it as: create one"
        for try in 1 2 3; do
            port=$(free_port $((port + 10)) 0) || exit
            say "starting PostgreSQL on port $port"
            STARTED+=(pg)
            if pg_launch "$bin" "$port" && pg_runs; then break; fi
            tail -n 15 "$STATE/postgres.log" "$(pg_dir)/log" >&2 || true
            pg_stop
            if ((try == 3)) || ! grep -qs 'Address already in use' "$(pg_dir)/log"; then
                fail 1 "PostgreSQL did not start: see $STATE/postgres.log and $(pg_dir)/log"
            fi
        done
    fi
    export_line MAKEGOOD_TEST_POSTGRES "$PG"
}

# INT ends sessions and then the server; TERM would wait for clients to leave. QUIT is the crash.
pg_stop() {
    local pid dir
    dir=$(pg_dir)
    pid=$(pg_pid) || return 0
    say "stopping PostgreSQL (pid $pid)"
    kill -INT "$pid" 2>/dev/null || true
    wait_gone "$STOP_SECONDS" "$pid" "$dir/data" && return
    kill -QUIT "$pid" 2>/dev/null || true
    wait_gone 5 "$pid" "$dir/data" || say "PostgreSQL (pid $pid) does not end"
}

# The server and every process it has: one that were left would finish its transaction, and would keep the data locked.
pg_crash() {
    local dir pid child children=()
    dir=$(pg_dir)
    pid=$(pg_pid) || fail 1 "no private PostgreSQL runs under $STATE"
    # Stopped first, so that it starts no more of them.
    kill -STOP "$pid"
    mapfile -t children < <(ps -o pid= --ppid "$pid" | tr -d ' ')
    kill -KILL "$pid" "${children[@]}" 2>/dev/null || true
    wait_gone 5 "$pid" "$dir/data" || fail 1 "PostgreSQL (pid $pid) does not end"
    for child in "$pid" "${children[@]}"; do
        until dead "$child"; do sleep 0.05; done
    done
    # Where pid 1 is slow to reap, the next server would take the dead one for alive.
    rm -f "$dir/data/postmaster.pid"
}

# dead PID: gone, or a zombie.
dead() { ! grep -qsv '^State:[[:space:]]*Z' <(grep -s '^State:' "/proc/$1/status"); }

pg_resume() {
    local bin try
    { pg_url && [[ -f $(pg_dir)/data/PG_VERSION ]]; } || fail 1 "no private PostgreSQL was started under $STATE"
    if ! pg_runs; then
        bin=$(postgres_bin) || fail 3 "pg_ctl is not where it is looked for"
        for try in 1 2 3; do
            if pg_boot "$bin" && pg_runs; then break; fi
            ((try < 3)) || fail 1 "PostgreSQL did not come back: see $STATE/postgres.log and $(pg_dir)/log"
        done
    fi
    export_line MAKEGOOD_TEST_POSTGRES "$PG"
}

# --- browser -------------------------------------------------------------------------------------------------------

# first_program NAME …: the path of the first that is there.
first_program() {
    local name
    for name in "$@"; do command -v -- "$name" 2>/dev/null && return; done
    return 1
}

# Sets CHROMIUM and CHROMEDRIVER; both or nothing, because they must be of one version.
browser_there() {
    CHROMIUM=$(first_program "${MAKEGOOD_TEST_CHROMIUM:-chromium}" chromium-browser google-chrome) &&
        CHROMEDRIVER=$(first_program "${MAKEGOOD_TEST_CHROMEDRIVER:-chromedriver}" /usr/lib/chromium-browser/chromedriver)
}

browser_lines() {
    export_line MAKEGOOD_TEST_CHROMIUM "$CHROMIUM"
    export_line MAKEGOOD_TEST_CHROMEDRIVER "$CHROMEDRIVER"
}

browser_start() {
    # The fonts have every script the letters are written in: pictures without them would show boxes.
    browser_there || { install_package MAKEGOOD_TEST_CHROMEDRIVER chromium chromium-driver fonts-noto-core && browser_there; } ||
        fail 3 "chromium and chromedriver are not where they are looked for: set MAKEGOOD_TEST_CHROMIUM and MAKEGOOD_TEST_CHROMEDRIVER"
    browser_lines
}

# --- programs ------------------------------------------------------------------------------------------------------

PROGRAMS=(valgrind prometheus promtool systemd-analyze)

# Sets VARIABLE, which may name another place, and PACKAGE, which has the program.
program_of() {
    VARIABLE=MAKEGOOD_TEST_$(tr a-z- A-Z_ <<<"$1")
    case $1 in promtool) PACKAGE=prometheus ;; systemd-analyze) PACKAGE=systemd ;; *) PACKAGE=$1 ;; esac
}

program_there() { program_of "$1" && PROGRAM=$(first_program "${!VARIABLE:-$1}"); }

program_start() {
    program_there "$1" || { install_package "$VARIABLE" "$PACKAGE" && program_there "$1"; } ||
        fail 3 "$1 is not where it is looked for: set $VARIABLE"
    export_line "$VARIABLE" "$PROGRAM"
}

# --- commands ------------------------------------------------------------------------------------------------------

# wants NAME "NAMES": it is among them.
wants() { [[ " $2 " == *" $1 "* ]]; }

start() {
    local name
    prepare_state
    lock_state
    if wants rabbitmq "$1"; then rabbit_start; fi
    if wants postgres "$1"; then pg_start; fi
    if wants browser "$1"; then browser_start; fi
    for name in "${PROGRAMS[@]}"; do if wants "$name" "$1"; then program_start "$name"; fi; done
    exec 9>&-
}

# show LINES|TALK WHICH
show() {
    local ok=0 what name
    if wants rabbitmq "$2"; then
        if rabbit_configured quiet; then
            AMQP=$MAKEGOOD_TEST_AMQP API=$MAKEGOOD_TEST_RABBIT_API what='as configured'
        elif rabbit_runs; then what="private, pid $(rabbit_pid)"; else ok=1 what=''; fi
        if [[ $1 == talk ]]; then
            if [[ -n $what ]]; then parse_url "$AMQP" 5672; echo "rabbitmq  answers on $URL_HOST:$URL_PORT ($what)"
            else echo 'rabbitmq  does not run'; fi
        elif [[ -n $what ]]; then rabbit_lines "$AMQP" "$API"; fi
    fi
    if wants postgres "$2"; then
        if [[ -n ${MAKEGOOD_TEST_POSTGRES:-} ]] && postgres_answers "$MAKEGOOD_TEST_POSTGRES"; then
            PG=$MAKEGOOD_TEST_POSTGRES what='as configured'
        elif pg_runs; then what="private, pid $(pg_pid)"; else ok=1 what=''; fi
        if [[ $1 == talk ]]; then
            if [[ -n $what ]]; then parse_url "$PG" 5432; echo "postgres  answers on $URL_HOST:$URL_PORT ($what)"
            else echo 'postgres  does not run'; fi
        elif [[ -n $what ]]; then export_line MAKEGOOD_TEST_POSTGRES "$PG"; fi
    fi
    if wants browser "$2"; then
        if browser_there; then
            if [[ $1 == talk ]]; then echo "browser   $CHROMIUM, driven by $CHROMEDRIVER"; else browser_lines; fi
        else
            ok=1
            if [[ $1 == talk ]]; then echo 'browser   is not installed'; fi
        fi
    fi
    for name in "${PROGRAMS[@]}"; do
        if ! wants "$name" "$2"; then continue; fi
        if program_there "$name"; then
            if [[ $1 == talk ]]; then echo "$name  $PROGRAM"; else export_line "$VARIABLE" "$PROGRAM"; fi
        else
            ok=1
            if [[ $1 == talk ]]; then echo "$name  is not installed"; fi
        fi
    done
    if ((ok)) && [[ $1 == lines ]]; then say "not all of it runs: '$0 start' provides it"; fi
    return "$ok"
}

stop() {
    [[ -d $STATE ]] || return 0
    prepare_state
    lock_state
    if wants rabbitmq "$1"; then rabbit_stop; fi
    if wants postgres "$1"; then pg_stop; fi
    exec 9>&-
}

# crash|resume rabbitmq|postgres: of the private one alone, whatever is configured.
of_private() {
    [[ -d $STATE ]] || fail 1 "nothing was started under $STATE"
    prepare_state
    lock_state
    case $2 in rabbitmq) "rabbit_$1" ;; *) "pg_$1" ;; esac
    exec 9>&-
}

stop_started() {
    local each
    ((${#STARTED[@]})) || return 0
    lock_state
    for each in "${STARTED[@]}"; do
        case $each in rabbit) rabbit_stop ;; *) pg_stop ;; esac
    done
    STARTED=()
}

run() {
    local without=no which names=() lines code=0
    (($# > 0)) || usage
    if [[ ${1:-} == --or-without ]]; then without=yes; shift; fi
    while (($#)) && [[ $1 != -- ]]; do names+=("$1"); shift; done
    [[ ${1:-} == -- && $# -ge 2 ]] || usage
    which=$(which_of "${names[@]}")
    shift
    prepare_state
    lines=$(mktemp "$STATE/lines.XXXXXX")
    trap 'rm -f "$lines"; stop_started' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # In a subshell, because what fails there exits; what it started is handed over in a file. Not `( … ) || code=$?`,
    # which would switch `set -e` off inside.
    set +e
    (
        set -e
        trap 'echo "STARTED=(${STARTED[*]:-})" >>"$lines"' EXIT
        start "$which" >"$lines"
    )
    code=$?
    set -e
    # shellcheck disable=SC1090
    . "$lines"
    rm -f "$lines"
    if ((code != 0)); then
        [[ $without == yes ]] || exit "$code"
        say 'going on without'
    fi
    code=0
    "$@" || code=$?
    exit "$code"
}

# which_of [NAME …]: all of them where none is named.
which_of() {
    local name
    (($#)) || set -- rabbitmq postgres browser "${PROGRAMS[@]}"
    for name in "$@"; do wants "$name" "rabbitmq postgres browser ${PROGRAMS[*]}" || usage; done
    echo "$*"
}

command=${1:-}
shift || true
case $command in
    start | stop) which=$(which_of "$@"); "$command" "$which" ;;
    env) which=$(which_of "$@"); show lines "$which" ;;
    status) which=$(which_of "$@"); show talk "$which" ;;
    crash | resume)
        (($# == 1)) || usage
        case $1 in rabbitmq | postgres) ;; *) usage ;; esac
        of_private "$command" "$1"
        ;;
    rabbitmqctl) prepare_state && rabbit_ctl "$@" ;;
    run) run "$@" ;;
    *) usage ;;
esac
