#!/bin/sh
# The compiler of `fuzz/run.py`: the project's crates and its readers of JSON and CSV count what they run, for libFuzzer. The other
# crates do not: with all of them a target is three times as slow. With `--cfg compares` each comparison is told as well.
covered="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
covered="$covered -Cllvm-args=-sanitizer-coverage-pc-table"
case " $* " in *" --cfg compares "*) covered="$covered -Cllvm-args=-sanitizer-coverage-trace-compares" ;; esac
case " $* " in
*" --crate-name lowtide"* | *" --crate-name serde_json "* | *" --crate-name csv_core "*) exec "$@" $covered ;;
*) exec "$@" ;;
esac
