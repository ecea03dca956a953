"""Beat knows names and times, and nothing of what the tasks do."""

import subprocess
import sys

from tests.support.live import ROOT
from tests.support.servers import SECRET
from workers.schedule import SCHEDULE

_SAY = """
import sys
from workers.clock import app
app.loader.init_worker()
app.finalize()
print(len(app.conf.beat_schedule), sorted(name for name in sys.modules if name in ("flask", "sqlalchemy", "psycopg")))
"""


def test_beat_loads_neither_pages_nor_tables() -> None:
    environment = {
        "DATABASE_URL": "postgresql://locality_app@/locality", "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": SECRET,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _SAY], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{len(SCHEDULE)} []"
