#!/usr/bin/env bash
# Counts requests per second over loopback with wrk: all peers under the same hyper server of one thread, in turn, for
# several rounds, so that a noisy neighbour hits all of them. Prints the median of each, and the median of the ratios to
# the first peer of the same round.
#
# usage: benches/end_to_end.sh [ROUNDS] [SECONDS]
set -eu

cd "$(dirname "$0")/.."
rounds=${1:-7}
seconds=${2:-2}
connections=${CONNECTIONS:-32}
program=${CARGO_TARGET_DIR:-target}/release/gongular-bench
peers=("hyper by hand" "engine" "axum")
workloads=(w1 w2 w6 w7)

cargo build --release -p gongular-bench
scratch=$(mktemp -d)
servers=()
stop() {
    kill "${servers[@]}" 2>/dev/null || true
    rm -rf "$scratch"
}
trap stop EXIT

declare -A ports
port=${FIRST_PORT:-18700}
for workload in "${workloads[@]}"; do
    "$program" wrk "$workload" >"$scratch/$workload.lua"
    for peer in "${peers[@]}"; do
        taskset -c 0 "$program" serve "$peer" "$workload" "$port" &
        servers+=($!)
        ports["$peer $workload"]=$port
        port=$((port + 1))
    done
done
sleep 1

for ((round = 0; round < rounds; round++)); do
    for workload in "${workloads[@]}"; do
        for peer in "${peers[@]}"; do
            url=http://127.0.0.1:${ports["$peer $workload"]}
            told=$(taskset -c 1 wrk -t1 -c"$connections" -d"${seconds}s" -s "$scratch/$workload.lua" "$url")
            if grep -q "Non-2xx" <<<"$told"; then
                echo "$peer answers $workload wrongly" >&2
                exit 1
            fi
            awk -v row="$round;$workload;$peer" '/Requests\/sec/ { print row ";" $2 }' <<<"$told" >>"$scratch/rows"
        done
    done
done

awk -F';' '
    function median(list, count,    i, j, swap) {
        for (i = 1; i <= count; i++)
            for (j = i + 1; j <= count; j++)
                if (list[j] < list[i]) { swap = list[i]; list[i] = list[j]; list[j] = swap }
        return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
    }
    !($3 in known) { known[$3]; peers[++peer_count] = $3 }
    !($2 in seen) { seen[$2]; workloads[++workload_count] = $2 }
    { figure[$1, $2, $3] = $4; if ($1 + 1 > rounds) rounds = $1 + 1 }
    END {
        printf "|"
        for (w = 1; w <= workload_count; w++) printf " | %s", workloads[w]
        printf " |\n|---|"
        for (w = 1; w <= workload_count; w++) printf "--:|"
        for (p = 1; p <= peer_count; p++) {
            printf "\n| %s", peers[p]
            for (w = 1; w <= workload_count; w++) {
                for (r = 0; r < rounds; r++) {
                    rates[r + 1] = figure[r, workloads[w], peers[p]]
                    ratios[r + 1] = rates[r + 1] / figure[r, workloads[w], peers[1]]
                }
                printf " | %d (%.2f)", median(rates, rounds), median(ratios, rounds)
            }
            printf " |"
        }
        printf "\n"
    }
' "$scratch/rows"
