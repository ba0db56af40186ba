#!/bin/sh
# Puts a backup into the place of what is in the database, all of it or nothing.
#
#     sh deploy/restore.sh BACKUP [--end-connections]
#
# The database is that of ZHAOHUI_DATABASE. End the workers first (systemctl stop 'zhaohui-worker@*');
# with --end-connections those that are left are cut off, and connect again afterwards.
set -eu
backup=${1:?"say which: sh deploy/restore.sh BACKUP"}
: "${ZHAOHUI_DATABASE:?"is not set: it stands in zhaohui.env"}"
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$1" "$ZHAOHUI_DATABASE"; }
others="FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"

pg_restore --list "$backup" > /dev/null # before anything is touched
if [ "${2:-}" != --end-connections ] && [ "$(ask "SELECT count(*) $others")" != 0 ]; then
    echo "Somebody uses the database: end the workers first, or add --end-connections." >&2
    exit 1
fi
# One transaction: who looks meanwhile waits, and whatever fails leaves everything as it was.
ask "SELECT count(pg_terminate_backend(pid)) $others" > /dev/null
PGOPTIONS='-c lock_timeout=30s' pg_restore --no-owner --clean --if-exists --single-transaction \
    --exit-on-error --dbname="$ZHAOHUI_DATABASE" "$backup"
echo "Restored: $(ask "SELECT count(*) FROM conversations WHERE deleted = 0") conversations of the website."
