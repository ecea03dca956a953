"""Settings refuse to start when wrong."""

from pathlib import Path

import pytest

from locality.kernel.settings import Settings, SettingsError

GOOD = {
    "DATABASE_URL": "postgresql://locality_app@/locality",
    "REDIS_URL": "redis://broker:6379/0",
    "SECRET_KEY": "k" * 40,
}


def test_the_three_that_must_be_there_are_enough() -> None:
    settings = Settings.from_environment(GOOD)
    assert settings.database_url == "postgresql+psycopg://locality_app@/locality"
    assert not settings.demonstration


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_missing_setting_is_named(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        Settings.from_environment({name: value for name, value in GOOD.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("LOCALITY_HTTPS", "maybe"),
        ("LOCALITY_STAGE_LABELS", "one,two,three"),
        ("LOCALITY_TRUSTED_PROXIES", "many"),
        ("LOCALITY_LEASE_SECONDS", "5"),
        ("LOCALITY_LEASE_SECONDS", "601"),
        ("LOCALITY_PLACE_PRECEDENCE", "NEAREST"),
        ("LOCALITY_ARGON2_FAST", "yes"),
        ("LOCALITY_AUTHORITY_NAMES", "misspelt"),
    ],
)
def test_a_wrong_or_unknown_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment(GOOD | {name: value})


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 40 + "\n")
    without = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    assert Settings.from_environment(without | {"SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "f" * 40
    with pytest.raises(SettingsError, match="SECRET_KEY_FILE"):
        Settings.from_environment(without | {"SECRET_KEY_FILE": str(tmp_path / "nowhere")})


def test_every_setting_is_in_the_operator_guide() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "operator-guide.md").read_text(encoding="utf-8")
    source = (Path(__file__).parents[3] / "locality" / "kernel" / "settings.py").read_text(encoding="utf-8")
    names = {word for word in source.replace('"', " ").split() if word.startswith("LOCALITY_") and word.isupper()}
    missing = sorted(name.rstrip(",") for name in names if f"`{name.rstrip(',')}`" not in guide)
    assert missing == []
