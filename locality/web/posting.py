"""A form that was sent: checked, its deed done in one unit of work, or sent back with the reason beside each field."""

from collections.abc import Callable

from locality.kernel.errors import DomainError
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.web.form import Form
from locality.web.signed_in import current_actor


def posted(form: Form, deed: Callable[[UnitOfWork], object], *, letting: tuple[type[DomainError], ...] = ()) -> bool:
    """Whether the form was sent, is right, and its deed is done; where not, the form says why.

    ``letting`` names refusals that the page answers in its own way: they are raised as they are.
    """
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work(current_actor()) as uow:
            deed(uow)
    except letting:
        raise
    except DomainError as error:
        form.add_reasons(error)
        return False
    return True
