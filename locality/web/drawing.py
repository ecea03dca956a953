"""Small questions that the component templates ask about fields, so that templates hold no logic."""

from typing import Any

from locality.web.fields import Choice, as_choices

# What to draw for WTForms' own fields. A submit field is a boolean field there, so types are named exactly.
_KINDS = {
    "BooleanField": "checkbox",
    "CSRFTokenField": "hidden",
    "FieldList": "group",
    "FileField": "file",
    "FormField": "group",
    "HiddenField": "hidden",
    "MultipleFileField": "file",
    "PasswordField": "password",
    "RadioField": "radios",
    "SelectField": "select",
    "SelectMultipleField": "checkboxes",
    "SubmitField": "submit",
    "TextAreaField": "textarea",
}


def kind_of(field: Any) -> str:
    """What the field macro draws."""
    return str(getattr(field, "kind", None) or _KINDS.get(field.type, "text"))


def described_by(field: Any, *more: str) -> str:
    """Ids of the hint, the error and anything else that describes an input, in reading order."""
    ids = list(more)
    if field.errors:
        ids.insert(0, f"{field.id}-error")
    if field.description:
        ids.insert(0, f"{field.id}-hint")
    return " ".join(ids)


def typed_text(field: Any) -> str:
    """What an input shows: the text as typed."""
    shown = getattr(field, "typed_text", None)
    if shown is None:
        shown = field.data
    return "" if shown is None else str(shown)


def look_of(field: Any) -> dict[str, Any]:
    """Attributes such as autocomplete that a field asks for."""
    return dict(getattr(field, "look", None) or field.render_kw or {})


def choice_groups(field: Any) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """A select's choices under the names of their groups."""
    if hasattr(field, "groups"):
        return tuple(field.groups())
    return (("", options_of(field)),)


def options_of(field: Any) -> tuple[Choice, ...]:
    """The choices of radios, checkboxes and selects, ours or WTForms' own."""
    return tuple(field.options()) if hasattr(field, "options") else as_choices(field.choices or ())


def is_chosen(field: Any, option: Choice) -> bool:
    """Whether an option is taken now."""
    if hasattr(field, "is_chosen"):
        return bool(field.is_chosen(option))
    taken = field.data if isinstance(field.data, list | tuple) else [field.data]
    return option.value in {str(value) for value in taken if value is not None}


def parts_of(field: Any) -> tuple[Any, ...]:
    """The fields within a group."""
    return tuple(field)


DRAWING = {
    "kind_of": kind_of, "described_by": described_by, "typed_text": typed_text, "look_of": look_of,
    "choice_groups": choice_groups, "options_of": options_of, "is_chosen": is_chosen, "parts_of": parts_of,
}  # fmt: skip
