"""What somebody types is kept until it is sent: every form with a text field keeps a draft, or says here why not."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from locality.asking.forms.base import Question
from locality.web.fields import TextField
from locality.web.form import Form

ROOT = Path(__file__).resolve().parents[2]
# Forms with a text field that keep no draft of their own, and why nothing is lost or nothing may be kept.
KEEPS_NONE = {
    "locality.accounts.forms.SignInForm": "a password, and nobody is signed in yet",
    "locality.accounts.forms.ChangePasswordForm": "passwords",
    "locality.accounts.forms.TrailForm": "sent by GET: what was asked stands in the address",
    "locality.accounts.forms.TakeBackForm": "a password",
    "locality.asking.forms.door.ComeBackForm": "a memorable answer, which is a secret",
    "locality.asking.forms.door.MemorableForm": "a memorable answer, which is a secret",
    "locality.caf.forms.assessing.ElementForm": "a shared record with versions, saved as such while somebody types",
    "locality.caf.forms.sections.SectionForm": "as an element: saved as such while somebody types",
    "locality.caf.forms.assessing.SettleForm": "both texts are kept with the element until somebody chooses",
    "locality.caf.forms.my_voice.AwayForm": "nobody types in it: the page fills it in",
    "locality.caf.forms.my_voice.QuestionForm": "kept page by page with the sitting, on a device that was handed over",
    "locality.people.forms.finding.SearchForm": "what was searched for is an identifier, and is never kept",
    "locality.people.forms.restricting.LiftForm": "one of two short answers on a page that named people open",
    "locality.people.forms.restricting.ReviewForm": "one of two short answers on a page that named people open",
    "locality.referrals.forms.screening.ToldForm": "one short line at the foot of a page that many read",
    "locality.referrals.forms.services.FilterForm": "sent by GET: what was asked stands in the address",
}


def _forms() -> Iterator[type[Form]]:
    for file in (*ROOT.glob("locality/*/forms.py"), *ROOT.glob("locality/*/forms/[a-z]*.py")):
        importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    waiting: list[type[Form]] = [Form]
    while waiting:
        form = waiting.pop()
        waiting.extend(form.__subclasses__())
        if form.__module__.startswith("locality."):
            yield form


def _texts(form: type[Form]) -> list[str]:
    """The names of the fields in which a person writes words."""
    fields = {name: getattr(getattr(form, name, None), "field_class", None) for name in dir(form)}
    return [name for name, made in fields.items() if isinstance(made, type) and issubclass(made, TextField)]


def _is_used(form: type[Form]) -> bool:
    """A class that only others build on is no page's form."""
    return not form.__name__.startswith("_") and not form.__name__.endswith("Fields")


def _name(form: type[Form]) -> str:
    """Where it stands; a form that is made while the program runs goes by the one that it is made from."""
    written = next(c for c in form.__mro__ if getattr(sys.modules[c.__module__], c.__name__, None) is c)
    return f"{written.__module__}.{written.__name__}"


def test_every_form_with_a_text_field_keeps_a_draft_or_says_why_not() -> None:
    # The public questions are kept page by page by the asking room itself.
    written = {_name(f): f for f in _forms() if _is_used(f) and _texts(f) and not issubclass(f, Question)}
    assert len(written) > 40
    silent = [name for name, form in written.items() if not form.keeps_draft and name not in KEEPS_NONE]
    assert not silent, f"say keeps_draft = True, or say why not: {sorted(silent)}"


def test_the_exceptions_are_forms_that_are_there_and_keep_none() -> None:
    keeping = {_name(form): form.keeps_draft for form in _forms()}
    wrong = [name for name in KEEPS_NONE if keeping.get(name) is not False]
    assert not wrong
