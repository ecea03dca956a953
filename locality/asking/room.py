"""What the asking room brings to the application."""

from locality.asking.views import door, finishing, questions
from locality.asking.views.blueprint import blueprint
from locality.web.registration import Room

PAGES = (door, finishing, questions)

ROOM = Room(name="asking", blueprints=(blueprint,))
