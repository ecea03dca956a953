"""What the consent room brings to the application."""

from locality.access.permissions import Permission
from locality.consent.views import agreements, statement
from locality.consent.views.blueprint import blueprint
from locality.people import api as people
from locality.web.registration import Room

# Importing a module of pages adds them to the blueprint.
PAGES = (agreements, statement)


@people.family_tabs.register
def add_tab(tabs: list[people.FamilyTab]) -> None:
    """Agreement is a tab of a family."""
    tabs.append(people.FamilyTab("Agreement", "consent.agreement", 20, Permission.AGREEMENT_VIEW))


ROOM = Room(name="consent", blueprints=(blueprint,))
