#!/bin/sh
# Runs a Python 3.8 or newer with the given arguments; any will do for the set-up, which
# then finds or fetches the Python 3.10 that Rasa needs.
works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; }

for python in .venv/bin/python python3 /usr/bin/python3 /usr/local/bin/python3 python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3; do
    if works "$python"; then exec "$python" "$@"; fi
done
echo "No Python 3.8 or newer was found: install one, on Debian or Ubuntu with" \
    "'sudo apt install python3 python3-venv', on macOS with 'brew install python'." >&2
exit 1
