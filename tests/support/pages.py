"""Reads a page as a person does, so that tests name headings, rows and links instead of selectors."""

from bs4 import BeautifulSoup, Tag

_SENT = "input, select, textarea"
_NOT_SENT = {"submit", "button", "image", "reset", "file"}


class Page:
    """One answer of the server; ``location`` is where it redirects to."""

    def __init__(self, html: str, *, location: str | None = None) -> None:
        self.html = html
        self.location = location
        self._soup = BeautifulSoup(html, "html.parser")

    @property
    def heading(self) -> str:
        """The words of the h1."""
        return _text(self._one("h1"))

    @property
    def title(self) -> str:
        """The title, with "Error:" and the product's name."""
        return _text(self._one("title"))

    @property
    def text(self) -> str:
        """All that can be read in the body, blanks squeezed."""
        return _text(self._one("body"))

    @property
    def main(self) -> str:
        """All that can be read in the main part."""
        return _text(self._one("main"))

    @property
    def banner(self) -> str:
        """What the success banners say."""
        return " ".join(_text(tag) for tag in self._soup.select(".govuk-notification-banner__content"))

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The error summary: (id of the input or "", message)."""
        lines = self._soup.select(".govuk-error-summary li")
        return [(str(link["href"])[1:] if (link := line.find("a")) else "", _text(line)) for line in lines]

    @property
    def links(self) -> dict[str, str]:
        """Words of a link to its address; of links with the same words, the first in the main part, else the first."""
        found: dict[str, str] = {}
        for link in [*self._soup.select("main a[href]"), *self._soup.select("a[href]")]:
            found.setdefault(_text(link), str(link["href"]))
        return found

    @property
    def navigation(self) -> list[str]:
        """The words of the service navigation."""
        return [_text(link) for link in self._soup.select(".app-nav a")]

    def row(self, key: str) -> str:
        """The value beside a key of a summary list."""
        keys = {}
        for row in self._soup.select(".govuk-summary-list__row"):
            key_tag, value = row.select_one("dt"), row.select_one("dd")
            if key_tag and value:
                keys[_text(key_tag)] = _text(value)
        assert key in keys, f"no row {key!r}; there are {sorted(keys)}"
        return keys[key]

    def table(self, caption: str) -> list[dict[str, str]]:
        """The rows of a table as {head: cell}; the line of an empty table is no row."""
        tables = {_text(tag.caption): tag for tag in self._soup.select("table") if tag.caption}
        assert caption in tables, f"no table {caption!r}; there are {sorted(tables)}"
        heads = [_text(head) for head in tables[caption].select("thead th")]
        rows = tables[caption].select("tbody tr")
        cells = [[_text(cell) for cell in row.find_all(["th", "td"])] for row in rows if not row.select("[colspan]")]
        return [dict(zip(heads, row, strict=True)) for row in cells]

    def form(self, which: str | int = 0) -> dict[str, str | list[str]]:
        """What a form would send as it stands: hidden fields and the token too; a list where several are ticked."""
        sent: dict[str, str | list[str]] = {}
        for field in self._form(which).select(_SENT):
            for value in _values(field):
                _add(sent, str(field.get("name")), value)
        return sent

    def action(self, which: str | int = 0) -> str:
        """Where a form is sent; "" is the page's own address."""
        return str(self._form(which).get("action") or "")

    def has_button(self, label: str) -> bool:
        """Whether there is a button, or a link drawn as one, with these words."""
        return any(_text(button) == label for button in self._soup.select("button, a.govuk-button"))

    def label_of(self, field_id: str) -> str:
        """The label of an input."""
        return _text(self._one(f'label[for="{field_id}"]'))

    def error_beside(self, field_id: str) -> str:
        """The message that stands beside a field, "" for none."""
        error = self._soup.select_one(f'[id="{field_id}-error"]')
        return _text(error).removeprefix("Error:").strip() if error else ""

    def options(self, name: str) -> list[str]:
        """The labels of the choices of a field: options of a select, labels of radios and checkboxes."""
        inputs = self._soup.select(f'input[name="{name}"]')
        if inputs:
            return [self.label_of(str(choice["id"])) for choice in inputs]
        return [_text(option) for option in self._soup.select(f'select[name="{name}"] option')]

    def _form(self, which: str | int) -> Tag:
        forms = self._soup.select("main form") or self._soup.select("form")
        if isinstance(which, int):
            assert which < len(forms), f"no form number {which}; there are {len(forms)}"
            return forms[which]
        found = [form for form in self._soup.select("form") if form.get("action") == which]
        assert found, f"no form is sent to {which!r}; forms are sent to {[form.get('action') for form in forms]}"
        return found[0]

    def _one(self, selector: str) -> Tag:
        tag = self._soup.select_one(selector)
        assert tag is not None, f"nothing on the page is {selector}"
        return tag


def _values(field: Tag) -> list[str]:
    if field.name == "select":
        chosen = field.select("option[selected]") or field.select("option")[:1]
        return [str(option.get("value", _text(option))) for option in chosen]
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]
    kind = field.get("type", "text")
    if kind in _NOT_SENT or not field.get("name") or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
        return []
    return [str(field.get("value", ""))]


def _add(sent: dict[str, str | list[str]], name: str, value: str) -> None:
    there = sent.get(name)
    sent[name] = value if there is None else [*([there] if isinstance(there, str) else there), value]


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())
