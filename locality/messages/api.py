"""What other rooms may ask of messages.

The path::

    queue_message(uow, key="outcome:...", to="name@example.com", template="referrer_outcome", about=[child],
                  values={"reference": "CO-..."}, record=("contact", contact_id))

``attach_file(uow, key=..., about=[...], file=MessageFile(...))`` sends a file with it.

Once for a key, in the transaction of what gives rise to it; a worker sends it. ``messages_about(session, record_id)``
says whether it went; ``is_address(text)`` whether somebody can be written to; ``count_kept(session)`` how many wait for
a mail server to be set. Loading in bulk: ``write_message`` gives the subject and text, ``message_id`` the id.
"""

from locality.messages.operations.sending import attach_file, queue_message, speak_for
from locality.messages.operations.sending import write as write_message
from locality.messages.queries import MessageRow, count_kept, messages_about
from locality.messages.rules import MessageFile, MessageState, is_address
from locality.messages.rules import id_of as message_id

__all__ = [
    "MessageFile",
    "MessageRow",
    "MessageState",
    "attach_file",
    "count_kept",
    "is_address",
    "message_id",
    "messages_about",
    "queue_message",
    "speak_for",
    "write_message",
]
