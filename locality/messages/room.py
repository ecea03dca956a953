"""What the messages room brings to the application."""

from locality.access.permissions import Permission
from locality.messages.views import blueprint
from locality.web.registration import NavItem, Room

ROOM = Room(
    name="messages",
    blueprints=(blueprint,),
    nav=(NavItem("Messages", "messages.list_messages", Permission.MESSAGES_VIEW, 91),),
    tasks={"messages.send": "send a message to somebody outside"},
)
