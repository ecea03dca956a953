"""The form that every page's form extends: what was typed stays, and every refusal finds its field.

A subclass names its fields and ends with ``to_command()``. Values that a form does not name are ignored; nothing is
copied from a request into a record by name.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict
from wtforms import FieldList, FormField
from wtforms import Form as PlainForm

from locality.access.parts import Part
from locality.kernel.errors import DomainError
from locality.kernel.ids import new_id
from locality.web import drafting, typed
from locality.web.hidden import HiddenId, HiddenNumber

SENT_TOO_LATE = "This page was open for a long time. Check your answers and send them again"


class SubForm(PlainForm):
    """A form inside a form, for ``FormField``."""


class Form(FlaskForm):
    """A form of ours, with the messages in the words of the page.

    ``keeps_draft``: what is typed into it is kept until it succeeds (``drafting``); ``draft_desk`` is the principal
    whose holders may find a colleague's. A deputy finds it with the part of the record that it writes: ``draft_part``,
    or the part that its page shows. ``draft_is_private``: nobody but who typed it, because its readers are fewer still.
    """

    keeps_draft: ClassVar[bool] = False
    draft_desk: ClassVar[uuid.UUID | None] = None
    draft_part: ClassVar[Part | None] = None
    draft_is_private: ClassVar[bool] = False

    class Meta(FlaskForm.Meta):
        """Answers come from the posted form only: a JSON body is not a form."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The posted form, also when it is empty; None on other requests."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if not form.is_submitted():
                return None
            return CombinedMultiDict([request.files, request.form]) if request.files else request.form

    def validate(self, extra_validators: Any = None) -> bool:
        """All checks, and last that no text field of whatever kind holds a character that cannot be kept."""
        valid = bool(super().validate(extra_validators=extra_validators))
        for field in self.leaves():
            if isinstance(field.data, str) and not field.errors and typed.has_unusual(field.data):
                field.data = typed.clean(field.data, lines=True)
                field.errors = [f"Remove the unusual characters (shown as {typed.MARK})"]
                valid = False
        if valid and self.keeps_draft:
            drafting.note_accepted(self)
        return valid

    def add_reasons(self, error: DomainError) -> None:
        """Put each reason beside its field, or at the top when it is about the whole or about a field not shown."""
        fields = {field.name: field for field in self.leaves()}
        for reason in error.reasons:
            field = fields.get(reason.field or "")
            if field is None or getattr(field, "error_id", field.id) is None:
                self.form_errors.append(reason.message)
            else:
                field.errors = [*field.errors, reason.message]

    @property
    def has_errors(self) -> bool:
        """Whether there is anything for the error summary."""
        return bool(self.form_errors) or any(field.errors for field in self.leaves())

    def summary(self) -> tuple[tuple[str | None, str], ...]:
        """What the error summary says: id of the input (None: no link) and message, top first, then in page order."""
        found: dict[tuple[str | None, str], None] = {(None, str(message)): None for message in self.form_errors}
        for field in self.leaves():
            if field.type == "CSRFTokenField":
                lines = [(None, SENT_TOO_LATE)] if field.errors else []
            else:
                lines = [(getattr(field, "error_id", field.id), str(message)) for message in field.errors]
            found.update(dict.fromkeys(lines))
        return tuple(found)

    def leaves(self) -> Iterator[Any]:
        """Every field that holds a value, those of forms within this form too."""
        yield from _leaves(self)


def _leaves(fields: Iterable[Any]) -> Iterator[Any]:
    for field in fields:
        if isinstance(field, FormField | FieldList):
            yield from _leaves(field)
        else:
            yield field


class FormWithId(Form):
    """A form that makes a record: the page brings the new record's id, so that sending it twice makes one record."""

    form_id = HiddenId(default=new_id)


class FormWithVersion(Form):
    """A form that changes a record: the page brings the version that was shown, so that nobody's change is lost."""

    version = HiddenNumber(default=1)
