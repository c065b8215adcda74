# shellcheck shell=bash
# How deploy/test runs things and adds up. Sourced; the caller sets `logs` (a folder) and `seed` (a number).
: "${logs:?}" "${seed:?}"
passed=0 failed=0 skipped=0 broken=()

# Adds one program's result. $1 its name, $2 its log, $3 seconds, then what it counted itself: passed, failed, skipped.
count() {
    passed=$((passed + $4)) failed=$((failed + $5)) skipped=$((skipped + $6))
    printf '  %-24s %5d passed %4d failed %4d skipped %5d s\n' "$1" "$4" "$5" "$6" "$3"
    (($5 == 0)) || broken+=("$1: $2")
}

# What a reader of the sum wants to see of a log that holds a failure: the failures themselves wherever they stand, as they
# may be far above its end, then the end. $1 the log.
show_failures() {
    grep -n -E -A 14 '^FAIL|FAILED:$|^FAILED|: FAILED|^not ok|ERROR: (Address|Leak)Sanitizer|runtime error:|^ended with| without its sum$' "$1" |
        head -n 120 | sed 's/^/    /' || :
    echo "    … and its end:"
    tail -n 20 "$1" | sed 's/^/    /'
}

# One check, made of one command: passed or failed. $1 name, then the command.
check() {
    local log=$logs/$1.log start=$SECONDS
    if "${@:2}" >"$log" 2>&1 </dev/null; then
        count "$1" "$log" $((SECONDS - start)) 1 0 0
    else
        count "$1" "$log" $((SECONDS - start)) 0 1 0
        tail -n 30 "$log" | sed 's/^/    /'
        return 1
    fi
}

# One script that ends in "N passed, N failed, N skipped". One that does not, or that fails without a count, has failed.
script() {
    local log=$logs/${1//\//_}.log start=$SECONDS status=0 p=0 f=0 s=0
    timeout 1200 "${@:2}" >"$log" 2>&1 </dev/null || status=$?
    if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
    fi
    if ((p + f + s == 0 || (status && !f))); then
        echo "counted as failed: exit $status with $p passed, $f failed, $s skipped" >>"$log"
        f=$((f + 1))
    fi
    count "$1" "$log" $((SECONDS - start)) "$p" "$f" "$s"
    ((f == 0)) || show_failures "$log"
}

tests_in() { timeout 60 "$1" --list-test-names-only ${2:+"$2"} 2>/dev/null | grep -c . || :; }

# One Catch2 program. $1 the program, $2 which tests, $3 its log, $4 where to write "passed failed skipped seconds".
catch_program() {
    local start=$SECONDS status=0 listed p=0 f=0 s=0
    listed=$(tests_in "$1" "$2")
    if [[ $2 ]] && ((listed == 0 && $(tests_in "$1" '') > 0)); then return; fi
    rm -f "$4.tally"
    HUIYIN_TALLY=$4.tally timeout 1200 "$1" ${2:+"$2"} --order rand --rng-seed "$seed" -w NoAssertions -d yes \
        >"$3" 2>&1 </dev/null || status=$?
    if [[ -s $4.tally ]]; then read -r p f s <"$4.tally"; fi
    if ((p + f + s < listed || p + f + s == 0 || (status && !f))); then
        echo "counted as failed: exit $status with $p passed, $f failed, $s skipped of $listed" >>"$3"
        f=$((f + 1))
    fi
    rm -f "$4.tally"
    echo "$p $f $s $((SECONDS - start))" >"$4.part"
    mv "$4.part" "$4"
}

# Adds what is done of the programs that catch_programs has begun: their names are in `running`.
count_done() {
    local name log p f s seconds left=()
    for name in "${running[@]}"; do
        log=$logs/${name//\//_}.log
        if [[ ! -s $log.result ]]; then
            left+=("$name")
            continue
        fi
        read -r p f s seconds <"$log.result"
        rm -f "$log.result"
        count "$name" "$log" "$seconds" "$p" "$f" "$s"
        ((f == 0)) || show_failures "$log"
    done
    running=("${left[@]}")
}

# The Catch2 programs of one build folder, two at a time. $1 folder, $2 which tests (a Catch2 expression; empty for all).
# A program that dies, or that has no test at all, has failed; one whose tests are all left out by $2 is passed over.
catch_programs() {
    local program name log running=()
    for program in "$1"/test_*; do
        [[ -f $program && -x $program ]] || continue
        while (($(jobs -rp | wc -l) >= 2)); do
            wait -n || :
            count_done
        done
        name=${1##*/}/${program##*/} log=$logs/${1##*/}_${program##*/}.log
        rm -f "$log.result"
        running+=("$name")
        catch_program "$program" "$2" "$log" "$log.result" &
    done
    wait
    count_done
}
