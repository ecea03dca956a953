"""Background work of requests for help."""

from locality.asking import jobs
from locality.kernel.uow import UnitOfWork
from workers import application
from workers.shell import periodic


@periodic("asking.forget", seconds=86_400)
def forget(uow: UnitOfWork) -> None:
    """Remove requests that nobody has gone on with for as long as the settings say."""
    jobs.forget(uow, days=application.open_once().config["LOCALITY"].drafts_kept_days)
