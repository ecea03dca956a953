"""What the consent room brings to the application."""

from locality.web.registration import Room

ROOM = Room(name="consent")
