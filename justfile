# Recipes for people. `.ci/run` needs none of them.

export MALLOC_CONF := "thp:always,metadata_thp:always"
export _RJEM_MALLOC_CONF := "thp:always,metadata_thp:always"
export GLIBC_TUNABLES := "glibc.malloc.hugetlb=1"

# what there is
default:
    @just --list

# the inner loop: format, lint, lists and order
quick:
    cargo fmt --all
    cargo xtask gen
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo xtask floors
    cargo xtask tidy
    @if command -v typos >/dev/null; then typos; else echo "typos: not installed, left out"; fi

# all that CI runs, and what else is installed
ready: quick
    .ci/run
    @if command -v cargo-deny >/dev/null; then cargo deny check; else echo "cargo-deny: not installed, left out"; fi
    @if command -v cargo-machete >/dev/null; then cargo machete; else echo "cargo-machete: not installed, left out"; fi

# tests, of some crates or of all
test *CRATES:
    cargo xtask test {{CRATES}}

# scaffold a rule: just rule fanout-join JOI001 join
rule NAME CODE SHELF:
    cargo xtask new-rule {{NAME}} {{CODE}} {{SHELF}}

# audit whole projects: just corpus path/to/project --against before.json
corpus *ARGS:
    cargo xtask corpus {{ARGS}}

# the guided tour
demo *ARGS:
    cargo run --release --locked -p plumb -- demo {{ARGS}}
