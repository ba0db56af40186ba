#!/bin/sh
# Writes a backup of the database into a folder and removes those that are too old.
#
#     sh deploy/backup.sh FOLDER
#
# The database is that of ZHAOHUI_DATABASE, its password where libpq looks for it (PGPASSFILE). A
# backup is of one moment, while the assistant serves. It holds conversations: what is deleted from
# the database is in it until it is removed, after KEPT_DAYS (7).
set -eu
folder=${1:?"say into which folder: sh deploy/backup.sh FOLDER"}
: "${ZHAOHUI_DATABASE:?"is not set: it stands in zhaohui.env"}"
umask 077
mkdir -p "$folder"
name="$folder/zhaohui-$(date -u +%Y%m%dT%H%M%SZ).dump"
trap 'rm -f "$name.part"' EXIT
# What is kept for a minute (rates, tokens of WeChat) is in tables that are not logged.
pg_dump --format=custom --no-owner --no-unlogged-table-data --file="$name.part" "$ZHAOHUI_DATABASE"
pg_restore --list "$name.part" > /dev/null # it can be read to its end
mv "$name.part" "$name"
find "$folder" -maxdepth 1 -name 'zhaohui-*.dump' -mtime "+${KEPT_DAYS:-7}" -delete
echo "Written: $name"
