#!/usr/bin/env bash
# Run the pipeline; the first start makes venv/ and installs requirements.txt.
#   bash run_pipeline.sh --full | --data-only | --train-only | --eval-only | --resume | --recover  [--force] [--next-cycle] [--project DIR]
#   bash run_pipeline.sh --test [arguments of pytest]
# All options of a run: python scripts/11_pipeline_orchestrator.py --help
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() { sed -n '2,5s/^# \?//p' "${BASH_SOURCE[0]}"; }

case "${1-}" in
    "") usage >&2; exit 64 ;;
    -h | --help) usage; exit 0 ;;
esac

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

base=""
for candidate in "$root/venv/bin/python" "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14 python; do
    if is_new_enough "$candidate"; then base=$candidate; break; fi
done
if [ -z "$base" ]; then
    printf '%s\n' "No Python 3.11 or newer was found." \
        "  Fix: install one (Debian, Ubuntu: sudo apt install python3 python3-venv), or name it: PYTHON=/path/to/python3.12 bash run_pipeline.sh $*" >&2
    exit 1
fi
python=$("$base" "$root/scripts/pipeline/environment.py")

if [ "$1" = --test ]; then
    shift
    cd "$root"
    # pytest itself, not `python -m pytest`: that would put the folder datasets/ in front of the library of this name.
    export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"  # two workers share the cores; threads that wait for each other cost more than they bring
    exec "$(dirname "$python")/pytest" -n 2 --dist loadfile "$@"
fi
exec "$python" "$root/scripts/11_pipeline_orchestrator.py" "$@"
