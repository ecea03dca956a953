"""Reads a page as a person does, so that tests name headings, rows and links instead of selectors."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SENT = "input, select, textarea"
_NOT_SENT = {"submit", "button", "image", "reset", "file"}


class Page:
    """One answer of the server; ``location`` is where it redirects to."""

    def __init__(self, html: str, *, location: str | None = None) -> None:
        self.html = html
        self.location = location
        self._parsed: LexborHTMLParser | None = None

    @property
    def tree(self) -> LexborHTMLParser:
        """The page as a browser builds it."""
        if self._parsed is None:
            self._parsed = LexborHTMLParser(self.html)
        return self._parsed

    @property
    def heading(self) -> str:
        """The words of the h1."""
        return text_of(self._one("h1"))

    @property
    def title(self) -> str:
        """The title, with "Error:" and the product's name."""
        return text_of(self._one("title"))

    @property
    def text(self) -> str:
        """All that can be read in the body, blanks squeezed."""
        return text_of(self._one("body"))

    @property
    def main(self) -> str:
        """All that can be read in the main part."""
        return text_of(self._one("main"))

    @property
    def banner(self) -> str:
        """What the success banners say."""
        return " ".join(text_of(tag) for tag in self.tree.css(".govuk-notification-banner__content"))

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The error summary: (id of the input or "", message)."""
        lines = self.tree.css(".govuk-error-summary li")
        return [
            (link.attrs.sget("href")[1:] if (link := line.css_first("a[href]")) else "", text_of(line))
            for line in lines
        ]

    @property
    def links(self) -> dict[str, str]:
        """Words of a link to its address; of links with the same words, the first in the main part, else the first."""
        found: dict[str, str] = {}
        for link in [*self.tree.css("main a[href]"), *self.tree.css("a[href]")]:
            found.setdefault(text_of(link), link.attrs.sget("href"))
        return found

    @property
    def navigation(self) -> list[str]:
        """The words of the service navigation."""
        return [text_of(link) for link in self.tree.css(".app-nav a")]

    @property
    def here(self) -> str | None:
        """The word of the service navigation for where this page stands; None when it stands in none of its places."""
        link = self.tree.css_first(".app-nav [aria-current], .govuk-service-navigation__item--active a")
        return None if link is None else text_of(link)

    def row(self, key: str) -> str:
        """The value beside a key of a summary list."""
        keys = {}
        for row in self.tree.css(".govuk-summary-list__row"):
            key_tag, value = row.css_first("dt"), row.css_first("dd")
            if key_tag and value:
                keys[text_of(key_tag)] = text_of(value)
        assert key in keys, f"no row {key!r}; there are {sorted(keys)}"
        return keys[key]

    def table(self, caption: str) -> list[dict[str, str]]:
        """The rows of a table as {head: cell}; the line of an empty table is no row."""
        tables = {text_of(caption): caption.parent for caption in self.tree.css("table > caption")}
        assert caption in tables, f"no table {caption!r}; there are {sorted(tables)}"
        heads = [text_of(head) for head in tables[caption].css("thead th")]
        rows = tables[caption].css("tbody tr")
        cells = [[text_of(cell) for cell in row.css("th, td")] for row in rows if not row.css("[colspan]")]
        return [dict(zip(heads, row, strict=True)) for row in cells]

    def form(self, which: str | int = 0) -> dict[str, str | list[str]]:
        """What a form would send as it stands: hidden fields and the token too; a list where several are ticked."""
        sent: dict[str, str | list[str]] = {}
        for field in self._form(which).css(_SENT):
            for value in _values(field):
                _add(sent, field.attrs.sget("name"), value)
        return sent

    def action(self, which: str | int = 0) -> str:
        """Where a form is sent; "" is the page's own address."""
        return self._form(which).attrs.sget("action")

    def has_button(self, label: str) -> bool:
        """Whether there is a button, or a link drawn as one, with these words."""
        return any(text_of(button) == label for button in self.tree.css("button, a.govuk-button"))

    def label_of(self, field_id: str) -> str:
        """The label of an input."""
        return text_of(self._one(f'label[for="{field_id}"]'))

    def error_beside(self, field_id: str) -> str:
        """The message that stands beside a field, "" for none."""
        error = self.tree.css_first(f'[id="{field_id}-error"]')
        return text_of(error).removeprefix("Error:").strip() if error else ""

    def options(self, name: str) -> list[str]:
        """The labels of the choices of a field: options of a select, labels of radios and checkboxes."""
        inputs = self.tree.css(f'input[name="{name}"]')
        if inputs:
            return [self.label_of(choice.attrs.sget("id")) for choice in inputs]
        return [text_of(option) for option in self.tree.css(f'select[name="{name}"] option')]

    def _form(self, which: str | int) -> LexborNode:
        forms = self.tree.css("main form") or self.tree.css("form")
        if isinstance(which, int):
            assert which < len(forms), f"no form number {which}; there are {len(forms)}"
            return forms[which]
        found = [form for form in self.tree.css("form") if form.attrs.get("action") == which]
        assert found, f"no form is sent to {which!r}; forms are sent to {[form.attrs.get('action') for form in forms]}"
        return found[0]

    def _one(self, selector: str) -> LexborNode:
        tag = self.tree.css_first(selector)
        assert tag is not None, f"nothing on the page is {selector}"
        return tag


def _values(field: LexborNode) -> list[str]:
    told = field.attrs
    if field.tag == "select":
        chosen = field.css("option[selected]") or field.css("option")[:1]
        return [option.attrs.sget("value") if "value" in option.attrs else text_of(option) for option in chosen]
    if field.tag == "textarea":
        return [field.text()]
    kind = told.sget("type", "text")
    if kind in _NOT_SENT or not told.get("name") or (kind in ("radio", "checkbox") and "checked" not in told):
        return []
    return [told.sget("value")]


def _add(sent: dict[str, str | list[str]], name: str, value: str) -> None:
    there = sent.get(name)
    sent[name] = value if there is None else [*([there] if isinstance(there, str) else there), value]


def text_of(tag: LexborNode) -> str:
    """What can be read in a piece of a page, blanks squeezed."""
    return " ".join(tag.text().split())
