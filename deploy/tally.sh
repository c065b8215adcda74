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

# The Catch2 programs of one build folder. $1 folder, $2 which tests (a Catch2 expression; empty for all). A program that
# dies, or that has no test at all, has failed; one whose tests are all left out by $2 is passed over.
catch_programs() {
    local program log start tally=$logs/tally status listed p f s
    for program in "$1"/test_*; do
        [[ -f $program && -x $program ]] || continue
        log=$logs/${1##*/}_${program##*/}.log start=$SECONDS status=0 p=0 f=0 s=0
        listed=$(tests_in "$program" "$2")
        if [[ $2 ]] && ((listed == 0 && $(tests_in "$program" '') > 0)); then continue; fi
        rm -f "$tally"
        HUIYIN_TALLY=$tally timeout 1200 "$program" ${2:+"$2"} --order rand --rng-seed "$seed" -w NoAssertions -d yes \
            >"$log" 2>&1 </dev/null || status=$?
        if [[ -s $tally ]]; then read -r p f s <"$tally"; fi
        if ((p + f + s < listed || p + f + s == 0 || (status && !f))); then
            echo "counted as failed: exit $status with $p passed, $f failed, $s skipped of $listed" >>"$log"
            f=$((f + 1))
        fi
        count "${1##*/}/${program##*/}" "$log" $((SECONDS - start)) "$p" "$f" "$s"
        ((f == 0)) || show_failures "$log"
    done
}
