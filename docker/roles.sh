#!/bin/sh
# Runs once, when PostgreSQL makes its data: the three roles and the database. The application's role owns nothing and
# row-level security holds it; the backup's role reads past row-level security and writes nothing.
set -eu
secrets=${SECRETS_FOLDER:-/run/secrets}
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --set=owner="$(cat "$secrets/owner_password")" \
    --set=app="$(cat "$secrets/app_password")" \
    --set=backup="$(cat "$secrets/backup_password")" <<'SQL'
CREATE ROLE locality_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner';
CREATE ROLE locality_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app';
CREATE ROLE locality_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'backup';
GRANT pg_read_all_data TO locality_backup;
CREATE DATABASE locality OWNER locality_owner;
REVOKE ALL ON DATABASE locality FROM PUBLIC;
GRANT CONNECT ON DATABASE locality TO locality_app, locality_backup;
SQL
