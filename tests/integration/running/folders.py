"""Folders that every account may enter, as a project in /srv is; pytest's own are closed to others."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder with a short path."""
    with tempfile.TemporaryDirectory(prefix="locality-t-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
