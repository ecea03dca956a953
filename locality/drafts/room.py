"""What the drafts room brings to the application."""

from locality.drafts.views import blueprint
from locality.web.registration import Room

ROOM = Room(name="drafts", blueprints=(blueprint,))
