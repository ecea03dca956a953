"""The lock files and the containers: what is frozen stays frozen, and nothing private stands in them."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from locality.running.place import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
SERVERS = {"postgres", "redis", "mail", "backup"}
PROGRAMS = {"migrate", "web", "worker", "beat"}


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_stands_in_a_lock_file(name: str) -> None:
    assert not re.findall(r"https?:|index-url|find-links|file:", (ROOT / name).read_text())


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in entry for entry in entries if entry.strip())
    assert len(pins(name)) > 20


def test_tests_run_on_the_packages_that_users_get() -> None:
    use, development = (pins(name) for name in LOCKS)
    assert {name: development.get(name) for name in use} == use


def test_the_locks_are_of_this_project() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    exact = dict(re.fullmatch(r"([a-z0-9-]+)(?:\[.*\])?==(.+)", one).groups() for one in wanted if "==" in one)  # type: ignore[union-attr]
    assert {name: pins("requirements.lock")[name] for name in exact} == exact


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return text


def test_every_container_is_confined(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == SERVERS | PROGRAMS
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert int(service["user"].split(":")[0]) > 0, name


def test_every_container_that_serves_says_whether_it_is_well(compose: dict[str, Any]) -> None:
    without = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert without == {"migrate", "beat"}, "the one ends by itself, the other only speaks"


def test_nothing_starts_before_what_it_needs(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker", "backup"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_secrets_come_by_file_and_only_to_those_who_need_them(compose: dict[str, Any]) -> None:
    holders = {
        secret: {name for name, service in compose["services"].items() if secret in service.get("secrets", [])}
        for secret in compose["secrets"]
    }
    assert holders["database_owner_url"] == {"migrate"}, "the application never holds the owner's key"
    assert holders["superuser_password"] == {"postgres"}
    assert holders["backup_password"] == {"postgres", "backup"}
    assert holders["secret_key"] == PROGRAMS
    for service in compose["services"].values():
        for variable in service.get("environment", {}):
            assert not re.search("PASSWORD$|SECRET_KEY$|_URL$", variable), f"{variable} should be read from a file"


def test_the_data_and_the_broker_are_reached_from_inside_only(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "worker", "beat", "backup"):
        assert compose["services"][name]["networks"] == ["inside"]
        assert "ports" not in compose["services"][name]
    for name in ("web", "mail"):
        assert all(port.startswith("127.0.0.1:") for port in compose["services"][name]["ports"])


def test_the_broker_keeps_what_it_is_told(compose: dict[str, Any]) -> None:
    words = " ".join(compose["services"]["redis"]["command"])
    assert "--appendonly yes" in words
    assert "--maxmemory-policy noeviction" in words


def _client() -> list[str] | None:
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]):
            done = subprocess.run([*words, "version"], capture_output=True, check=False)
            if done.returncode == 0:
                return words
    return None


def test_the_client_understands_the_file(tmp_path: Path) -> None:
    client = _client()
    if client is None:
        assert os.environ.get("CI") != "true", "in CI the client must be there, as the browser must"
        pytest.skip("no docker compose client on this machine")
    for name in ("docker-compose.yml", "Dockerfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "docker", tmp_path / "docker", ignore=shutil.ignore_patterns("secrets"))
    made = subprocess.run([tmp_path / "docker/make-secrets.sh"], capture_output=True, text=True, check=True)
    done = subprocess.run([*client, "config", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "docker-compose.yml").write_text("services: {web: {imagine: nothing}}\n")
    broken = subprocess.run([*client, "config", "--quiet"], cwd=tmp_path, capture_output=True, check=False)
    assert broken.returncode != 0, "a check that cannot fail is none"
    assert made.stdout.count("made ") == 9


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docker", tmp_path / "docker", ignore=shutil.ignore_patterns("secrets"))
    script = tmp_path / "docker" / "make-secrets.sh"
    subprocess.run([script], capture_output=True, check=True)
    folder = tmp_path / "docker" / "secrets"
    before = {file.name: file.read_text() for file in folder.iterdir()}
    again = subprocess.run([script], capture_output=True, text=True, check=True)
    assert again.stdout == ""
    assert {file.name: file.read_text() for file in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(before["secret_key"]) >= 32
    assert before["app_password"] in before["database_url"]
    assert len({before[name] for name in before if name.endswith("password")}) == 5


def test_secrets_are_never_committed() -> None:
    done = subprocess.run(["git", "check-ignore", "-q", "docker/secrets/app_password"], cwd=ROOT, check=False)
    assert done.returncode in {0, 128}, "128: not a git checkout"


def test_the_image_holds_what_the_product_needs() -> None:
    copied = set(re.findall(r"^COPY (\w+) \w+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert copied == {"locality", "workers", "templates"}
    sent = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert sent == copied | {"requirements.lock"}
    assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text()
