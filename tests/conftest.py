"""Where the suite begins; the fixtures themselves live in ``tests/support``."""

from pathlib import Path

_SUPPORT = Path(__file__).parent / "support"
_READY = (_SUPPORT / "pages.py").exists() and (_SUPPORT.parent / "factories" / "accounts.py").exists()
pytest_plugins = ["tests.support.servers", "tests.support.database", *(["tests.support.web"] if _READY else [])]
