#!/bin/sh
# Dumps the database into BACKUP_FOLDER, once a day for ever, or only now with the argument `once`. A dump appears under
# its name when it is whole; those older than KEEP_DAYS are removed. To restore one: docs/operator-guide.md.
set -eu
umask 077
[ -z "${PASSWORD_FILE:-}" ] || PGPASSWORD=$(cat "$PASSWORD_FILE")
export PGPASSWORD

dump() {
    name=locality-$(date -u +%Y-%m-%dT%H%M%SZ).dump
    rm -f "$BACKUP_FOLDER"/unfinished.part
    pg_dump --format=custom --file="$BACKUP_FOLDER/unfinished.part" &&
        mv "$BACKUP_FOLDER/unfinished.part" "$BACKUP_FOLDER/$name" &&
        find "$BACKUP_FOLDER" -name 'locality-*.dump' -mtime "+${KEEP_DAYS:-14}" -delete &&
        echo "backup: $name"
}

if [ "${1:-}" = once ]; then
    dump
    exit
fi
while :; do
    # A failed dump is tried again in ten minutes; the health check tells when none has worked for a day.
    if dump; then pause=86400; else pause=600; fi
    sleep "$pause" &
    wait $!
done
