"""Background work of the drafts."""

from locality.drafts import jobs
from locality.kernel.uow import UnitOfWork
from workers import application
from workers.shell import periodic


@periodic("drafts.forget", seconds=86_400)
def forget(uow: UnitOfWork) -> None:
    """Remove drafts that nobody has touched for as long as the settings say."""
    jobs.forget(uow, days=application.open_once().config["LOCALITY"].drafts_kept_days)
