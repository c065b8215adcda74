#!/usr/bin/env bash
# The direction of includes: a file includes its own module and what stands left of it in `order`, written from the root;
# cpp-httplib and libcurl are known to channels/edge alone, SQLite to workflow/store alone. Tests may include anything.
# The first checks are of the check itself: planted wrong includes must be found.
set -euo pipefail
cd "$(dirname "$0")/.."

order=(workflow/base workflow/phrases workflow/policy workflow/ticket workflow/directory workflow/store
    workflow/reports workflow/engine workflow/privacy bot channels deploy)

place_of() { # the module's place in the order; nothing for what is no module
    local i
    for i in "${!order[@]}"; do [[ $1 == "${order[i]}"/* ]] && echo "$i" && return; done
    return 0
}

wrong_includes() { # of the tree $1: one line each
    local file line header place wanted
    { grep -rsnE --include='*.h' --include='*.cpp' '^\s*#\s*include\s*[<"]' "$1"/{workflow,bot,channels,deploy} || :; } |
        sed -E "s|^$1/||; s|^([^:]+):([0-9]+):[^<\"]*([<\"][^>\"]+).*|\1 \2 \3|" |
        while read -r file line header; do
            place=$(place_of "$file")
            case $header in
                \"*)
                    wanted=$(place_of "${header:1}")
                    if [[ -z $place ]]; then
                        echo "$file:$line: this folder is no module that the house knows: add it to order in tests/arrows.sh"
                    elif [[ -z $wanted ]]; then
                        echo "$file:$line: ${header:1}: write the path from the root, and only of workflow, bot, channels, deploy"
                    elif ((wanted > place)); then
                        echo "$file:$line: ${header:1}: ${order[place]} may not include ${order[wanted]}: calls go down, effects come back as data"
                    fi
                    ;;
                '<httplib.h' | '<curl/'*)
                    [[ $file == channels/edge/* ]] || echo "$file:$line: ${header:1}: only channels/edge may include it"
                    ;;
                '<SQLiteCpp/'* | '<sqlite3.h')
                    [[ $file == workflow/store/* ]] || echo "$file:$line: ${header:1}: only workflow/store may include it"
                    ;;
            esac
        done
}

passed=0 failed=0
judge() { # what, 0 if well
    if (($2)); then ((++failed)) && echo "arrows: failed: $1" >&2; else ((++passed)); fi
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
plant() { # file, include; $3 wrong (1) or right (0)
    rm -rf "${planted:?}"/*
    mkdir -p "$planted/$(dirname "$1")"
    echo "#include $2" >"$planted/$1"
    local found
    found=$(wrong_includes "$planted" | wc -l)
    judge "planted $2 in $1: $found found, expected $3" "$((found != $3))"
}
plant workflow/ticket/a.h '"bot/turn.h"' 1
plant workflow/base/a.h '"workflow/policy/policy.h"' 1
plant workflow/policy/a.cpp '"workflow/ticket/ticket.h"' 1
plant workflow/store/a.cpp '"workflow/engine/engine.h"' 1
plant bot/flows/a.cpp '"channels/channel.h"' 1
plant channels/api/a.cpp '"deploy/service/service.h"' 1
plant channels/api/a.cpp '<httplib.h>' 1
plant bot/a.cpp '<curl/curl.h>' 1
plant workflow/engine/a.cpp '<SQLiteCpp/Database.h>' 1
plant workflow/ticket/a.cpp '"event.h"' 1
plant workflow/common/a.cpp '"workflow/base/id.h"' 1
plant deploy/main.cpp '"workflow/base/id.h"' 0
plant channels/edge/a.cpp '<httplib.h>  // "deploy/config.h"' 0
plant workflow/engine/a.cpp '"workflow/store/store.h"' 0

wrong=$(wrong_includes .)
[[ -z $wrong ]] || echo "$wrong" >&2
judge "includes that climb" "$((${#wrong} > 0))"
echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
