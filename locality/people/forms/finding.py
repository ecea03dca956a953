"""The search box."""

from locality.search.terms import LONGEST
from locality.web.fields import TextField
from locality.web.form import Form


class SearchForm(Form):
    """One box."""

    q = TextField(
        "Name, date of birth, telephone number, reference, NHS or pupil number, or part of a postcode",
        called="What you look for",
        max_length=LONGEST,
        required="Enter a name, a date of birth, a reference or a number",
        look={"type": "search", "autocomplete": "off", "spellcheck": "false"},
    )
