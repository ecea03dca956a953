#!/bin/sh
# Makes the secrets of docker-compose.yml in docker/secrets/. What is there already is kept.
set -eu
cd -- "$(dirname -- "$0")"
mkdir -p secrets
# The folder keeps others out; the files are readable because each container has a user of its own.
chmod 700 secrets

random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

keep() {
    if [ ! -e "secrets/$1" ]; then
        printf '%s' "$2" >"secrets/$1"
        chmod 444 "secrets/$1"
        echo "made docker/secrets/$1"
    fi
}

for name in superuser_password owner_password app_password backup_password redis_password; do
    keep "$name" "$(random)"
done
keep secret_key "$(random)$(random)"
keep database_url "postgresql://locality_app:$(cat secrets/app_password)@postgres/locality"
keep database_owner_url "postgresql://locality_owner:$(cat secrets/owner_password)@postgres/locality"
keep redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
