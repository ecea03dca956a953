"""How several processes share the suite: file by file, but what lives on one costly thing stays together."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Folders whose files use the same running system or the same loaded data: one process, one after another.
_TOGETHER = ("tests/workers/", "tests/integration/demo/")
_APART = ("tests/workers/test_faults.py",)  # has an installation of its own


class _ByFile(LoadFileScheduling):
    """As ``--dist loadfile``, with some folders counted as one file."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        folder = next((folder for folder in _TOGETHER if file.startswith(folder)), file)
        return file if file in _APART else folder


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Who gets which test; None leaves it to ``--dist``."""
    return _ByFile(config, log) if config.getoption("dist") == "loadfile" else None
