"""What the asking room brings to the application."""

from locality.asking.views import door, finishing, questions, windows
from locality.asking.views.blueprint import blueprint, quiet
from locality.web.registration import Room

PAGES = (door, finishing, questions, windows)

ROOM = Room(name="asking", blueprints=(blueprint, quiet))
