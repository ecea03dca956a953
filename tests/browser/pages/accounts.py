"""Signing in and out, and one's own account."""

import re
from typing import TYPE_CHECKING

from tests.browser.pages.sheet import Sheet, Words

if TYPE_CHECKING:
    from tests.browser.demonstration import Person
    from tests.browser.window import Window


class SignIn(Sheet):
    """The page that a visitor sees first."""

    HEADING = "Sign in"

    @classmethod
    def opened(cls, window: "Window") -> "SignIn":
        """The first page of a visitor."""
        window.open("/")
        return cls(window)

    def sign_in(self, person: "Person", *, home: Words | None = None) -> Sheet:
        """Sign in; the person's home is next."""
        self._send(person.email, person.password)
        return Sheet(self.window, home or re.compile("^(?!Sign in)"))

    def fail(self, email: str, password: str) -> "SignIn":
        """Sign in with what is wrong."""
        self._send(email, password)
        return SignIn(self.window)

    def _send(self, email: str, password: str) -> None:
        self.write("Email address", email).write("Password", password).press("Sign in")


def at_work(window: "Window", person: "Person") -> Sheet:
    """Somebody at a desk, on their first page: by the session they have on this system, or they sign in.

    A session that leads elsewhere by now, as one that has ended or was handed to a child, is not used any more.
    """
    if person.email in window.sessions:
        cookies, first_page = window.sessions[person.email]
        window.context.add_cookies(cookies)
        window.open("/")
        if window.page.url == first_page:
            return Sheet(window)
        window.context.clear_cookies()
    home = SignIn.opened(window).sign_in(person)
    window.sessions[person.email] = window.context.cookies(), window.page.url
    return home


class Account(Sheet):
    """Who one is here, and where one is signed in."""

    HEADING = "Your account"

    def end_other_sessions(self) -> "Account":
        """Sign out everywhere else."""
        self.press("Sign out everywhere else")
        return Account(self.window)


class Trail(Sheet):
    """Who looked, for the data-protection lead."""

    HEADING = "Who looked"

    def about(self, reference: str) -> "Trail":
        """What was done with one person's record."""
        self.write("Whose record", reference).press("Show")
        return Trail(self.window)


def sign_out(sheet: Sheet) -> SignIn:
    """Sign out, from any page."""
    sheet.page.get_by_role("button", name="Sign out").click()
    return SignIn(sheet.window)
