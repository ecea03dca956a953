"""A file goes with a message as an attachment of its kind."""

import datetime as dt
import uuid

from locality.kernel.settings import MailSettings, MailTls
from locality.messages.operations import delivery
from locality.messages.rules import MessageFile

MAIL = MailSettings(host="mail.example.org", port=587, tls=MailTls.STARTTLS, sender="locality@example.org")
NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


def _letter(file: MessageFile | None) -> delivery.Letter:
    return delivery.Letter(uuid.UUID(int=1), "joan@example.org", "Team meeting", "Room 2\n", written_at=NOW, file=file)


def test_a_calendar_file_is_attached_whole() -> None:
    content = "BEGIN:VCALENDAR\r\nSUMMARY:Team meeting EH-7K3M-42P\r\nEND:VCALENDAR\r\n"
    message = delivery._composed(MAIL, _letter(MessageFile("meeting.ics", "text/calendar", content)))
    (attached,) = message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "meeting.ics")
    assert attached.get_content().splitlines() == content.splitlines()


def test_without_a_file_a_message_is_its_text() -> None:
    message = delivery._composed(MAIL, _letter(None))
    assert list(message.iter_attachments()) == []
    assert message.get_content().strip() == "Room 2"
