"""When two people saved the same page: both texts, what differs, and the choice. Nothing is lost whatever is chosen."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from flask import request
from flask.typing import ResponseReturnValue

from locality.caf.forms.assessing import ChoiceForm
from locality.caf.rules.answers import Choice
from locality.caf.rules.settling import Compared
from locality.caf.views.heading import Heading
from locality.kernel.ids import AccountId
from locality.kernel.uow import UnitOfWork
from locality.web import page
from locality.web.signed_in import current_actor

CONFLICT = 409
# A version that nothing has: a save with it answers with what stands there now.
UNSEEN = -1
_SETTLES = "settles"
_OF_THE_PAGE = {"csrf_token", "draft_token", "draft_turn", "version", "page_id", "page_turn", "choice", _SETTLES}


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the colleague saved: whose it is, when it was saved where that is known, and which version stands now.

    ``by_id`` says by which account, where that is kept: nobody is told that they write against themselves.
    """

    by: str
    version: int
    at: dt.datetime | None = None
    by_id: AccountId | None = None

    @property
    def is_own(self) -> bool:
        """Whether whoever looks saved it, in another window."""
        return self.by_id is not None and self.by_id == current_actor().account_id


def choosing() -> ChoiceForm | None:
    """The choice that the page of a conflict sent; None for an ordinary save."""
    return ChoiceForm() if request.method == "POST" and _SETTLES in request.form else None


class _Versioned(Protocol):
    """A command that says which version its page showed."""

    @property
    def version(self) -> int | None: ...


Command = TypeVar("Command", bound=_Versioned)


@dataclass(frozen=True, slots=True)
class Keeping(Generic[Command]):
    """How one kind of page is saved, and how it is settled when two have saved it."""

    save: Callable[[UnitOfWork, Command], object]
    settle: Callable[[UnitOfWork, Command, Choice], object]

    def __call__(self, uow: UnitOfWork, command: Command, form: ChoiceForm | None) -> None:
        """Save as typed, or settle by what was chosen; where nothing was chosen the page is shown again."""
        if form is None:
            self.save(uow, command)
        elif form.validate_on_submit():
            self.settle(uow, command, form.choice.data)
        else:
            self.save(uow, replace(command, version=UNSEEN))  # type: ignore[type-var]


def conflict_page(
    who: Heading,
    caption: str,
    theirs: Theirs,
    *,
    compared: Sequence[Compared],
    settle: str | None = None,
    form: ChoiceForm | None = None,
) -> ResponseReturnValue:
    """The page of a conflict; what was typed goes with it, to the same address unless ``settle`` names another."""
    shown = form if form is not None else ChoiceForm(formdata=None)
    if theirs.is_own:
        shown.offer_other_window()
    return page.render(
        "caf/conflict.html",
        status=422 if shown.has_errors else CONFLICT,
        who=who,
        caption=caption,
        theirs=theirs,
        compared=compared,
        settle=settle,
        settles=_SETTLES,
        typed=[(name, value) for name, value in request.form.items(multi=True) if name not in _OF_THE_PAGE],
        form=shown,
    )
