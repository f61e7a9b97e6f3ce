#!/bin/sh
# rustc for `cargo xtask fuzz`: compiles the crates of this workspace, and only those, so that libFuzzer sees which code an input reaches
# and which values were compared, with the checks of a debug build. The flags are those of cargo-fuzz; all are stable.
set -eu
case " $* " in
    *" --crate-name build_script_"*) exec "$@" ;;
esac
exec "$@" -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cdebug-assertions=on -Coverflow-checks=on
