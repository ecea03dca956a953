"""The embedded servers, really started: what they allow, what they keep, what they do after being killed."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from locality.running import binaries, doctor, embedded, postgres, rights, services, valkey
from locality.running.child import Child
from locality.running.failure import CannotRun
from locality.running.findings import Verdict
from locality.running.logs import Log
from locality.running.place import Place
from locality.running.postgres import APP, OWNER, Cluster
from locality.running.rights import Kind, Rights
from tests.integration.running.folders import open_folder
from tests.support.servers import TEMPLATE, settings_for


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with open_folder() as folder:
        yield _place_in(folder, monkeypatch)


def _place_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("LOCALITY_DATA", str(folder / "data"))
    for name in ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    here = Place.here()
    here.open()
    return here


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder as it is on the first day, to be copied: making one takes a while."""
    with open_folder() as folder:
        data = folder / "postgres"
        (folder / "new-half" / "base").mkdir(parents=True)  # as a start leaves it that was killed
        lent = rights.for_server(binaries=binaries.postgres_folder(), place=folder, data=data)
        Cluster(data, folder, lent, durable=False).make()
        yield data


@pytest.fixture
def cluster(place: Place, made: Path) -> Cluster:
    subprocess.run(["cp", "-a", made, place.postgres], check=True)
    servers = embedded.Servers(place, {"REDIS_URL": "redis://unused"})
    servers.make()
    assert servers.cluster is not None
    return servers.cluster


@pytest.fixture
def child(cluster: Cluster, tmp_path: Path) -> Iterator[Child]:
    one = Child(cluster.program(), Log(tmp_path / "log"))
    one.start()
    yield one
    one.stop()


@pytest.mark.parametrize("role", [APP, OWNER])
def test_our_roles_have_no_power_over_the_server(server: postgres.Address, worker_database: str, role: str) -> None:
    with server.connect(worker_database, role=role) as connection:
        powers = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
    assert powers == (False,) * 5


def test_the_application_cannot_make_tables(server: postgres.Address, worker_database: str) -> None:
    with (
        server.connect(worker_database, role=APP) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (x int)")


def test_nothing_is_opened_to_the_network(server: postgres.Address) -> None:
    with server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW unix_socket_permissions").fetchone() == ("0700",)


def test_errors_are_logged_without_what_was_written(child: Child, cluster: Cluster) -> None:
    with cluster.address.connect() as connection:
        connection.execute("CREATE TABLE t (name text PRIMARY KEY)")
        connection.execute("INSERT INTO t VALUES ('Amira of Westcliff')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO t VALUES ('Amira of Westcliff')")
    said = child.log.path.read_text()
    assert "duplicate key" in said
    assert "Amira" not in said


def test_a_database_can_be_copied_and_dropped(server: postgres.Address) -> None:
    server.create_database("copied", template=TEMPLATE)
    with server.connect("copied", role=OWNER) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        server.drop_database("copied")
    server.drop_database("copied")


def test_what_was_committed_survives_kill_9(child: Child, cluster: Cluster) -> None:
    with cluster.address.connect() as connection:
        connection.execute("CREATE TABLE kept (x int)")
        connection.execute("INSERT INTO kept VALUES (42)")
        assert child.process is not None
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
    child.start()
    with cluster.address.connect() as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (42,)


def test_a_number_in_the_lock_file_that_went_to_another_program_does_not_stop_it(
    child: Child, cluster: Cluster
) -> None:
    """As after a restart of the machine or the container, when process numbers begin anew."""
    child.stop()
    other = subprocess.Popen(["sleep", "60"], user=cluster.rights.uid if cluster.rights.kind is Kind.USER else None)
    try:
        lock = cluster.data / "postmaster.pid"
        lock.write_text(f"{other.pid}\n{cluster.data}\n{int(time.time())}\n5432\n{cluster.sockets}\n\n  1 1\nready\n")
        child.start()
        assert child.running
    finally:
        other.kill()
        other.wait()


def test_what_a_killed_start_left_is_cleared_away(made: Path) -> None:
    assert (made / "PG_VERSION").exists()
    assert list(made.parent.iterdir()) == [made]


def test_data_of_another_major_version_is_refused(place: Place) -> None:
    place.postgres.mkdir()
    (place.postgres / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotRun, match=r"made by PostgreSQL 17; this is PostgreSQL 18\. Set LOCALITY_PG_BIN"):
        embedded.Servers(place, {"REDIS_URL": "redis://unused"}).make()


def test_a_folder_that_is_no_data_is_refused(place: Place) -> None:
    place.postgres.mkdir()
    with pytest.raises(CannotRun, match="cannot be read as PostgreSQL’s data"):
        embedded.Servers(place, {"REDIS_URL": "redis://unused"}).make()


def test_other_programs_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALITY_PG_BIN", str(tmp_path))
    with pytest.raises(CannotRun, match=rf"no PostgreSQL in {tmp_path}.*LOCALITY_PG_BIN"):
        binaries.postgres_folder()
    monkeypatch.setenv("LOCALITY_VALKEY_BIN", str(tmp_path / "redis-server"))
    with pytest.raises(CannotRun, match="LOCALITY_VALKEY_BIN"):
        binaries.valkey_program()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends rights")
@pytest.mark.parametrize("kind", [Kind.USER, Kind.NAMESPACE])
def test_root_can_run_it_either_way(kind: Kind, tmp_path: Path) -> None:
    if kind is Kind.NAMESPACE and not rights.namespaces_work():
        pytest.skip("user namespaces are forbidden here")
    nobody = pwd.getpwnam("nobody")
    lent = Rights(kind, nobody.pw_uid, nobody.pw_gid)
    with open_folder() as place:
        lent.own(place)
        cluster = Cluster(place / "data", place, lent, durable=False)
        one = Child(cluster.program(), Log(tmp_path / "log"))
        try:
            cluster.make()
            one.start()
            assert cluster.data.stat().st_uid == lent.owner
            with cluster.address.connect() as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        finally:
            one.stop()


def test_the_broker_forgets_nothing_when_killed(tmp_path: Path) -> None:
    broker = valkey.Broker(tmp_path, tmp_path)
    one = Child(broker.program(), Log(tmp_path / "log"))
    one.start()
    try:
        with redis.Redis(unix_socket_path=str(broker.socket)) as client:
            client.rpush("work", *range(100))
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            time.sleep(1.2)  # what everysec promises
        assert one.process is not None
        os.kill(one.process.pid, signal.SIGKILL)
        one.process.wait()
        one.start()
        with redis.Redis(unix_socket_path=str(broker.socket)) as client:
            assert client.llen("work") == 100
        assert {finding.verdict for finding in services.broker(broker.url)} == {Verdict.RIGHT}
    finally:
        one.stop()


def test_the_doctor_sees_a_broker_that_forgets() -> None:
    with valkey.temporary() as url:
        findings = list(services.broker(url))
        assert [finding.verdict for finding in findings] == [Verdict.RIGHT, Verdict.NOTE]
        with redis.Redis(unix_socket_path=url.removeprefix("redis+socket://")) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
        assert [finding.verdict for finding in services.broker(url)][-1] is Verdict.WRONG


def test_the_doctor_sees_what_is_wrong_with_a_database(server: postgres.Address) -> None:
    def verdicts(database: str, **changed: str) -> dict[str, Verdict]:
        settings = settings_for(server, database)
        for name, value in changed.items():
            object.__setattr__(settings, name, value)
        return {finding.subject: finding.verdict for finding in services.look(settings, at_work=True)}

    server.create_database("examined", template=TEMPLATE)
    try:
        well = verdicts("examined")
        assert {well[name] for name in ("database", "clock", "role", "tables", "worker")} == {Verdict.RIGHT}
        assert verdicts("examined", database_url=server.url(OWNER, "examined"))["role"] is Verdict.WRONG
        with server.connect("examined", role=OWNER) as connection:
            connection.execute(
                "SELECT set_config('locality.actor', 'system', false), set_config('locality.reach', 'system', false)"
            )
            connection.execute(
                "INSERT INTO outbox_message (id, task, payload, dedupe_key, created_at, available_at, attempts, fence)"
                " SELECT gen_random_uuid(), 'x', '{}', 'x', now(), now() - interval '5 minutes', 0, 0"
            )
            assert verdicts("examined")["worker"] is Verdict.WRONG
            connection.execute("ALTER TABLE outbox_message RENAME TO mislaid")
            assert verdicts("examined")["database"] is Verdict.WRONG
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
        assert verdicts("examined")["tables"] is Verdict.WRONG
    finally:
        server.drop_database("examined")
    assert verdicts("examined") == {"database": Verdict.WRONG, "broker": Verdict.WRONG}


def test_a_command_starts_the_servers_that_it_needs_and_stops_them(place: Place, made: Path) -> None:
    subprocess.run(["cp", "-a", made, place.postgres], check=True)
    told: list[str] = []
    with embedded.surroundings("locality demo", ready=lambda settings: told.append(settings["DATABASE_URL"])) as found:
        assert told == [found["DATABASE_URL"]]
        with psycopg.connect(found["DATABASE_URL"].replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (APP,)
        with embedded.surroundings("locality migrate", ready=lambda _settings: None) as borrowed:
            assert borrowed == found, "a second command uses those of the first"
    assert not (place.data / "environment.json").exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(found["DATABASE_URL"].replace("+psycopg", ""))


def test_named_servers_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALITY_DATA", str(tmp_path / "unused"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/redis_url")
    with embedded.surroundings("locality demo", ready=lambda _settings: pytest.fail("not ours to prepare")) as found:
        assert found == {}
    assert not (tmp_path / "unused").exists()


def test_the_doctor_tells_of_servers_that_cannot_start(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.postgres.mkdir()
    assert doctor.examine() == 1
    said = capsys.readouterr().out
    assert "WRONG  servers" in said
    assert "Cure: " in said
