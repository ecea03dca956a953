"""The Celery application of beat: it knows when each task is due and nothing of what the task does.

So it loads neither pages nor tables, and asks for tasks by name.
"""

from locality.kernel.settings import Settings
from workers.broker import create_celery
from workers.schedule import SCHEDULE

app = create_celery(Settings.from_environment())
app.conf.update(beat_schedule=SCHEDULE, beat_max_loop_interval=5)
