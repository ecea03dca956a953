"""The scripts of the containers, run against a real server: roles as they should be, backups that can be restored."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from locality.demo.load import load_demo
from locality.migrations.runner import migrate
from locality.running import binaries, rights
from locality.running.child import Child
from locality.running.logs import Log
from locality.running.place import ROOT
from locality.running.postgres import APP, DATABASE, OWNER, Cluster
from tests.integration.running.folders import open_folder

BACKUP = "locality_backup"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server as the image makes it: no roles but its superuser."""
    with open_folder() as folder:
        data = folder / "data"
        lent = rights.for_server(binaries=binaries.postgres_folder(), place=folder, data=data)
        (folder / "run").mkdir(mode=0o700)
        for one in (folder, folder / "run"):
            lent.own(one)
        one = Cluster(data, folder / "run", lent, durable=False)
        one.make()
        child = Child(one.program(), Log(folder / "log"))
        try:
            child.start()
            yield one
        finally:
            child.stop()


@pytest.fixture(scope="module")
def script(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory):
    secrets = tmp_path_factory.mktemp("secrets")
    for name in ("owner", "app", "backup"):
        (secrets / f"{name}_password").write_text(f"it's {name}'s; DROP")
    environment = {
        "PATH": f"{binaries.postgres_folder()}:{os.environ['PATH']}",
        "PGHOST": str(cluster.sockets),
        "SECRETS_FOLDER": str(secrets),
        "POSTGRES_USER": "postgres",
    }

    def run(name: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(ROOT / "docker" / name), *words]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, check=False, timeout=120)

    done = run("roles.sh")
    assert done.returncode == 0, done.stderr
    migrate(cluster.address.url(OWNER))
    return run


@pytest.mark.usefixtures("script")
def test_no_role_has_more_power_than_it_needs(cluster: Cluster) -> None:
    with cluster.address.connect() as connection:
        found = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles"
            " WHERE rolname LIKE 'locality%' ORDER BY 1"
        ).fetchall()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone()
        passwords = connection.execute(
            "SELECT count(*) FROM pg_authid WHERE rolname LIKE 'locality%' AND rolpassword LIKE 'SCRAM-SHA-256$%'"
        ).fetchone()
    assert found == [
        (APP, False, False, False, False, True),
        (BACKUP, False, True, False, False, True),
        (OWNER, False, False, False, False, True),
    ]
    assert (owner, passwords) == ((OWNER,), (3,))


@pytest.mark.usefixtures("script")
def test_the_backup_role_reads_everything_and_writes_nothing(cluster: Cluster) -> None:
    with cluster.address.connect(DATABASE, role=BACKUP) as connection:
        connection.execute("SELECT count(*) FROM person")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM person")


def test_a_backup_can_be_restored_whole(script, cluster: Cluster, tmp_path: Path) -> None:
    _fill(cluster)
    before = _counts(cluster, DATABASE)
    assert before["person"] > 20
    done = script("backup.sh", "once", BACKUP_FOLDER=str(tmp_path), PGUSER=BACKUP, PGDATABASE=DATABASE)
    assert done.returncode == 0, done.stderr
    (dump,) = tmp_path.iterdir()
    assert dump.stat().st_mode & 0o077 == 0

    cluster.address.create_database("restored")
    restore = [
        binaries.postgres_folder() / "pg_restore", "--host", cluster.sockets, "--username", "postgres",
        "--dbname", "restored", "--exit-on-error", dump,
    ]  # fmt: skip
    restored = subprocess.run(restore, capture_output=True, text=True, check=False)
    assert restored.returncode == 0, restored.stderr
    with cluster.address.connect("restored") as connection:
        unprotected = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND NOT relforcerowsecurity AND relname <> 'alembic_version'"
        ).fetchall()
    assert unprotected == [], "a restored database is held by the same rules"
    assert _counts(cluster, "restored") == before


def _fill(cluster: Cluster) -> None:
    """Some of everything: a restore runs what the tables compute, on the rows that it brings back."""
    load_demo(children=20, owner_url=cluster.address.url(OWNER))


def _counts(cluster: Cluster, database: str) -> dict[str, int]:
    with cluster.address.connect(database) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {
            table: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()[0]  # type: ignore[index]
            for table in sorted(tables)
        }


def test_a_backup_that_fails_says_so_and_leaves_nothing_under_a_good_name(script, tmp_path: Path) -> None:
    done = script("backup.sh", "once", BACKUP_FOLDER=str(tmp_path), PGUSER=BACKUP, PGDATABASE="no_such_database")
    assert done.returncode != 0
    assert "no_such_database" in done.stderr
    assert not list(tmp_path.glob("*.dump"))


def test_old_backups_go(script, tmp_path: Path) -> None:
    for age_days in (1, 13, 16, 400):
        old = tmp_path / f"locality-{age_days}.dump"
        old.write_text("")
        os.utime(old, (old.stat().st_mtime - age_days * 86_400,) * 2)
    other = tmp_path / "letters.txt"
    other.write_text("")
    os.utime(other, (0, 0))
    done = script("backup.sh", "once", BACKUP_FOLDER=str(tmp_path), PGUSER=BACKUP, PGDATABASE=DATABASE)
    assert done.returncode == 0, done.stderr
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith("locality-20")}
    assert left == {"locality-1.dump", "locality-13.dump", "letters.txt"}
