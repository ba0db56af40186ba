#!/bin/sh
# Restarts action servers and workers one after the other, each when the one before is ready again:
# after a new model or a new version lies in /opt/zhaohui/current.
#
#     sudo sh deploy/upgrade.sh
#
# nginx sends people to the others meanwhile; what a worker has not answered yet, another answers.
# Action servers first: new ones know what old workers ask.
set -eu
for kind in actions worker; do
    units=$(systemctl list-units --plain --no-legend --state=active "zhaohui-$kind@*.service" | cut -d ' ' -f 1)
    if [ -z "$units" ]; then
        echo "No zhaohui-$kind@ runs here: start them first (docs/operating.md)." >&2
        exit 1
    fi
    for unit in $units; do
        echo "Restarting $unit ..."
        # Returns when it is ready (ExecStartPost); on a failure the others go on as they are.
        if ! systemctl restart "$unit"; then
            echo "$unit does not start: see journalctl --unit $unit. The others were not touched." >&2
            exit 1
        fi
    done
done
echo "All have been restarted."
