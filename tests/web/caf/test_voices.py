"""A child at the tools: chosen by age and need, on a device that shows nothing else, ended by the child's choice."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.audit.models import AuditEvent
from locality.caf import api as caf
from locality.caf.models import VoiceAlert, VoiceEntry, VoiceFile, VoiceSitting
from locality.kernel.ids import new_id
from locality.messages.models import MessageText
from tests.factories.accounts import PASSWORD
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story, a_colleague, fill

STROKE = {"c": 1, "w": 1, "p": [100, 100, 200, 250]}


def a_png(width: int = 8, height: int = 8, *, text: bytes = b"") -> bytes:
    """A white picture, with a note in it when ``text`` is given."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\xff" * (3 * min(width, 64)) for _ in range(min(height, 64))))
    notes = chunk(b"tEXt", b"Place\0" + text) if text else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + notes + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def draw(browse: Browse, key: str, strokes: list[dict[str, Any]], *, version: int = 0) -> Any:
    """What the drawing page sends."""
    return browse.raw(
        "POST",
        f"/my-voice/q/{key}/keep",
        json={"strokes": strokes, "version": version},
        headers={"X-CSRFToken": browse._token()},
    )


def choose(browse: Browse, what: str, readers: str, *people: str) -> Page:
    """Who may see the words or the files."""
    sent = browse.post(f"/my-voice/who/{what}", {"readers": readers})
    return browse.post(f"/my-voice/who/{what}/people", {"people": list(people)}) if people else sent


def finish(browse: Browse) -> Page:
    """The family does not see it, and the child is done."""
    browse.post("/my-voice/who/family", {"may_see": "no"})
    return browse.follow(browse.post("/my-voice/end", {}))


def test_a_device_that_is_handed_over_begins_with_hello(browse: Browse, story: Story, voice: str) -> None:
    browse.sign_in(story.at_work.lead_account)
    begun = fill(browse, f"{voice}/sit/statements", {"present": "Nobody else"})
    assert browse.follow(begun, status=302).location == "/my-voice/hello"


def test_ways_that_suit_stand_first_with_their_reason_and_none_is_shut(
    browse: Browse, story: Story, voice: str
) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"{voice}/listen", most_queries=8)
    assert "Suits Fits: usual from 4 to 12 years" in page.main
    told = browse.follow(fill(browse, f"{voice}/listen", {"needs": ["few_words", "symbols"]}))
    ways = [
        link for link in told.links if link in {"Symbol cards, signs or eye-gaze", "Talking, a letter, a recording"}
    ]
    assert ways == ["Symbol cards, signs or eye-gaze", "Talking, a letter, a recording"]
    assert "May be hard: uses few words or none" in told.main
    assert browse.get(told.links["Talking, a letter, a recording"]).heading == "Get ready with Leah"


def test_a_child_answers_with_faces_and_decides_that_everybody_may_see_it(
    browse: Browse, session: Session, hand_over: Callable[[str], Page], story: Story, voice: str
) -> None:
    hello = hand_over("pictorial_scale")
    assert hello.heading == "Hello Leah"
    assert "Amira Khan has to tell a person who can help" in hello.main
    for face in range(8):
        page = browse.get("/my-voice", status=302)
        browse.get(page.location or "", most_queries=8)
        at = fill(browse, page.location or "", {"choice": "4"} if face else {"skip": "yes"})
    assert at.location == "/my-voice/who"
    assert browse.follow(at, status=302).location == "/my-voice/who/words"
    assert choose(browse, "words", "lead_only").location == "/my-voice/who/family"
    assert finish(browse).heading == "Thank you, Leah"
    entry = session.scalars(select(VoiceEntry)).one()
    assert entry.own_words.splitlines()[0] == "Feeling safe: Happy"
    assert "At home" not in entry.own_words
    assert (entry.readers, entry.family_may_see, entry.suits) == (caf.VoiceReaders.LEAD_ONLY, False, True)


def test_a_handed_over_device_opens_nothing_but_the_childs_pages(
    browse: Browse, session: Session, hand_over: Callable[[str], Page], story: Story, voice: str
) -> None:
    hand_over("statements")
    for path in ("/", voice, story.caf, story.episode, "/my-families", "/account", "/search", "/sign-in", "/people/x",
                 f"/people/{story.leah}", "/ask-for-help"):  # fmt: skip
        answer = browse.raw("GET", path)
        assert answer.status_code in {302, 404}, path
        assert answer.location in {"/my-voice", None}, path
        assert "Adeyemi" not in answer.get_data(as_text=True), path
    assert browse.raw("POST", "/sign-out", data={"csrf_token": browse._token()}).status_code == 404
    wrong = browse.post("/sign-in/again", {"password": "wrong wrong wrong"}, status=422)
    assert wrong.errors == [("password", "The password is not right. Try again")]
    assert browse.get(voice, status=302).location == "/my-voice"
    back = browse.post("/sign-in/again", {"password": PASSWORD})
    assert back.location == voice
    assert browse.follow(back).heading == "Leah’s voice"


def test_the_workers_old_cookie_is_worth_nothing_after_the_hand_over(
    browse: Browse, hand_over: Callable[[str], Page], voice: str
) -> None:
    from locality.web.session import COOKIE

    before: list[str] = []
    client = browse._client
    hand_over("statements")
    before.append(client.get_cookie(COOKIE).value)
    browse.post("/sign-in/again", {"password": PASSWORD})
    assert client.get_cookie(COOKIE).value != before[0]
    client.set_cookie(COOKIE, before[0])
    assert (browse.get("/my-voice", status=302).location or "").startswith("/sign-in")


def test_hiding_signs_the_device_out_and_keeps_everything(
    browse: Browse, session: Session, hand_over: Callable[[str], Page], story: Story, voice: str
) -> None:
    hand_over("direct_words")
    browse.post("/my-voice/q/own.good", {"words": "My nan", "form_id": str(new_id())})
    assert browse.get("/my-voice/hide", status=302).location == "https://www.bbc.co.uk/weather"
    assert (browse.get("/my-voice", status=302).location or "").startswith("/sign-in")
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(voice, most_queries=8)
    assert "Not finished: Talking, a letter, a recording" in page.main
    assert "My nan" not in page.main
    browse.post(page.action(0), page.form(0))
    assert browse.get("/my-voice", status=302).location == "/my-voice/q/own.hard"


def test_a_drawing_is_kept_as_it_is_drawn_and_nobodys_lines_are_lost_in_silence(
    browse: Browse, session: Session, hand_over: Callable[[str], Page]
) -> None:
    hand_over("three_houses")
    assert browse.get("/my-voice/houses").heading == "Three houses"
    assert draw(browse, "worries.draw", [STROKE]).get_json() == {"version": 1}
    assert draw(browse, "worries.draw", [STROKE, STROKE], version=1).get_json() == {"version": 2}
    late = draw(browse, "worries.draw", [STROKE], version=1)
    assert late.status_code == 409
    again = browse.get("/my-voice/q/worries.draw")
    assert '"version"' not in again.main
    assert session.scalars(select(VoiceFile.strokes)).all() == [[STROKE, STROKE]]
    drawing = session.scalars(select(VoiceFile.id)).one()
    shown = browse.raw("GET", f"/my-voice/file/{drawing}")
    assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/svg+xml", "nosniff")
    assert shown.headers["Content-Disposition"] == "attachment; filename=drawing.svg"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert b'd="M100 100L200 250"' in shown.data


NO_DRAWINGS: list[Any] = [
    "no", [1], [{}], [{**STROKE, "p": [1]}], [{**STROKE, "c": 99}], [{**STROKE, "p": [-1, 5]}], [{**STROKE, "x": 1}],
    [{**STROKE, "p": ["<script>", 5]}], [{**STROKE, "w": True}], [STROKE] * 2001,
]  # fmt: skip


def test_what_is_no_drawing_is_refused(browse: Browse, session: Session, hand_over: Callable[[str], Page]) -> None:
    hand_over("three_houses")
    taken = [str(one)[:80] for one in NO_DRAWINGS if draw(browse, "worries.draw", one).status_code != 422]
    assert taken == []
    assert session.scalar(select(func.count()).select_from(VoiceFile)) == 0


def test_what_a_page_of_ours_would_not_send_is_refused_without_a_fault(
    browse: Browse, hand_over: Callable[[str], Page]
) -> None:
    hand_over("three_houses")
    headers = {"X-CSRFToken": browse._token(), "Content-Type": "application/json"}
    for body in (b"{", b"[]", b"null", b'{"strokes": [], "version": "1"}', b'{"version": -1}', b"\0"):
        sent = browse.raw("POST", "/my-voice/q/worries.draw/keep", data=body, headers=headers)
        assert sent.status_code in {400, 422}, body
    assert browse.raw("GET", "/my-voice/q/own.good").status_code == 404


def test_a_photo_loses_what_the_camera_noted_and_can_be_taken_back(
    browse: Browse, session: Session, hand_over: Callable[[str], Page]
) -> None:
    hand_over("three_houses")
    photo = (io.BytesIO(a_png(text=b"12 Ness Road")), "../../evil.svg")
    fill(browse, "/my-voice/q/good.draw", {"file": photo})
    kept = session.scalars(select(VoiceFile)).one()
    assert (kept.media_type, b"Ness Road" in (kept.content or b"")) == ("image/png", False)
    shown = browse.raw("GET", f"/my-voice/file/{kept.id}")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    page = browse.get("/my-voice/q/good.draw")
    browse.post(page.action(1), page.form(1))
    assert session.scalar(select(func.count()).select_from(VoiceFile)) == 0


NO_PICTURES = {
    "script": (b"<svg onload=alert(1)>", "Choose a picture: PNG or JPEG"),
    "program": (b"MZ\x90\0" * 50, "Choose a picture: PNG or JPEG"),
    "cut short": (a_png()[:40], "Choose a picture: PNG or JPEG"),
    "pixel bomb": (a_png(30_000, 30_000), "Choose a picture: PNG or JPEG"),
    "headless photo": (b"\xff\xd8\xff\xe1", "Choose a picture: PNG or JPEG"),
    "too large": (b"x" * (3 * 1024 * 1024 + 5), "The file must be smaller than 3 MB"),
}


def test_what_is_no_picture_gets_a_message_beside_the_field(
    browse: Browse, session: Session, hand_over: Callable[[str], Page]
) -> None:
    hand_over("three_houses")
    for name, (content, words) in NO_PICTURES.items():
        refused = fill(browse, "/my-voice/q/good.draw", {"file": (io.BytesIO(content), "photo.png")}, status=422)
        assert refused.error_beside("file") == words, name
    assert session.scalar(select(func.count()).select_from(VoiceFile)) == 0


def test_a_recording_is_kept_and_served_in_pieces(
    browse: Browse, session: Session, hand_over: Callable[[str], Page]
) -> None:
    hand_over("direct_words")
    browse.get("/my-voice/q/own.good")
    assert "microphone=(self)" in browse.raw("GET", "/my-voice/q/own.good").headers["Permissions-Policy"]
    sound = b"\x1a\x45\xdf\xa3" + b"a" * 500
    sent = browse.raw(
        "POST",
        "/my-voice/q/own.good/sound",
        data={"csrf_token": browse._token(), "form_id": str(new_id()), "file": (io.BytesIO(sound), "x")},
    )
    assert sent.get_json() == {"saved": True}
    kept = session.scalars(select(VoiceFile.id)).one()
    piece = browse.raw("GET", f"/my-voice/file/{kept}", headers={"Range": "bytes=0-3"})
    assert (piece.status_code, piece.data) == (206, sound[:4])
    wrong = browse.raw(
        "POST",
        "/my-voice/q/own.good/sound",
        data={"csrf_token": browse._token(), "form_id": str(new_id()), "file": (io.BytesIO(b"hello"), "x")},
    )
    assert (wrong.status_code, wrong.get_json()["error"]) == (422, "Choose a recording: WebM, Ogg, M4A, MP3 or WAV")
    assert "What you gave" in browse.get("/my-voice/q/own.good").main


def test_who_was_not_chosen_sees_neither_words_nor_picture(
    browse: Browse, session: Session, uow: OpenUnit, hand_over: Callable[[str], Page], story: Story, voice: str
) -> None:
    a_colleague(uow, story)
    hand_over("three_houses")
    draw(browse, "dreams.draw", [STROKE])
    browse.post("/my-voice/q/dreams.words", {"words": "My own bed", "form_id": str(new_id())})
    sean = str(story.at_work.colleague_account.id)
    choose(browse, "words", "team")
    choose(browse, "files", "lead_only")
    finish(browse)
    picture = session.scalars(select(VoiceFile.id)).one()
    browse.sign_in(story.at_work.colleague_account)
    assert "My own bed" in browse.get(voice).main
    assert f"file/{picture}" not in browse.get(voice).html
    browse.raw("GET", f"{voice}/file/{picture}")
    browse.get(f"{voice}/file/{picture}", status=404)
    browse.sign_in(story.at_work.lead_account)
    assert browse.raw("GET", f"{voice}/file/{picture}").status_code == 200
    entry = session.scalars(select(VoiceEntry.id)).one()
    fill(browse, f"{voice}/{entry}/who", {"words": "lead_only", "files": "chosen", "files_people": [sean]})
    browse.sign_in(story.at_work.colleague_account)
    assert "My own bed" not in browse.get(voice).main
    assert browse.raw("GET", f"{voice}/file/{picture}").status_code == 200


def test_others_do_not_see_what_a_child_keeps(
    browse: Browse, session: Session, hand_over: Callable[[str], Page], story: Story, voice: str
) -> None:
    from tests.factories.accounts import an_account

    hand_over("direct_words")
    browse.post("/my-voice/q/own.good", {"words": "Swimming", "form_id": str(new_id())})
    sound = {"file": (io.BytesIO(b"OggS" + b"a" * 90), "x"), "csrf_token": browse._token(), "form_id": str(new_id())}
    browse.raw("POST", "/my-voice/q/own.good/sound", data=sound)
    choose(browse, "words", "lead_only")
    choose(browse, "files", "lead_only")
    finish(browse)
    entry, kept = session.scalars(select(VoiceEntry.id)).one(), session.scalars(select(VoiceFile.id)).one()
    others = {
        "another lead": story.at_work.colleague_account,
        "a parent": an_account(session, name="Grace Adeyemi", job_title="", roles=[]),
        "the manager": story.at_work.manager_account,
    }
    for who, account in others.items():
        browse.sign_in(account)
        for path in (voice, f"{voice}/file/{kept}", f"{voice}/{entry}/reading", f"{voice}/{entry}/who",
                     f"{voice}/you-said", f"{voice}/{entry}/reply", story.caf, f"{story.caf}/whole"):  # fmt: skip
            answer = browse.raw("GET", path)
            assert "Swimming" not in answer.get_data(as_text=True), (who, path)
            assert answer.mimetype != "audio/ogg", (who, path)
        assert browse.raw("GET", f"{voice}/file/{kept}").status_code == 404, who


@pytest.mark.parametrize(
    ("tool", "key", "answer"),
    [
        ("pictorial_scale", "face.safe", {"choice": "1"}),
        ("pictorial_scale", "face.home", {"choice": "2"}),
        ("statements", "say.hurt", {"choice": "yes"}),
        ("symbols_sign", "cards.today", {"cards": ["hurt"]}),
        ("direct_words", "own.hard", {"words": "He hits me when mum is out"}),
    ],
    ids=["unsafe", "unhappy at home", "hurt", "a card", "words"],
)
def test_the_lead_hears_at_once_and_the_message_says_nothing(
    browse: Browse,
    session: Session,
    hand_over: Callable[[str], Page],
    story: Story,
    tool: str,
    key: str,
    answer: dict[str, Any],
) -> None:
    hand_over(tool)
    for _ in range(2):
        browse.post(f"/my-voice/q/{key}", {**answer, "form_id": str(new_id())})
    assert session.scalar(select(func.count()).select_from(VoiceAlert)) == 1
    letter = session.scalars(select(MessageText)).one()
    assert letter.to_address == story.at_work.lead_account.email
    assert all(word not in f"{letter.subject}{letter.body}" for word in ("Leah", "Adeyemi", "hits", "hurt"))
    browse.post("/sign-in/again", {"password": PASSWORD})
    home = browse.get("/my-families")
    alert = browse.get(home.links["Look today: Leah said or showed something"], most_queries=8)
    assert alert.heading.startswith("Look today: Leah ")
    done = {"done": "Talked with her, told the safeguarding lead"}
    after = browse.follow(fill(browse, home.links["Look today: Leah said or showed something"], done))
    assert "look at today" not in after.main
    assert "Look today" not in browse.get("/my-families").main


def test_a_child_who_could_not_be_heard_is_on_the_leads_list_until_tried_again(
    browse: Browse, story: Story, voice: str
) -> None:
    browse.sign_in(story.at_work.lead_account)
    values = {"not_obtained": "refused", "next_try_on-day": "4", "next_try_on-month": "3", "next_try_on-year": "2026"}
    fill(browse, f"{voice}/not-obtained", values)
    home = browse.get("/my-families")
    assert "Listen to Leah, who could not be heard last time" in home.links
    star = {"tool": "my_star", "own_words": "4 of 5", "present": "Mum", "readers": "team"}
    fill(browse, f"{voice}/add", star)
    assert "could not be heard" not in browse.get("/my-families").main


def test_observation_is_kept_in_set_words_and_a_file_with_other_ways(
    browse: Browse, session: Session, story: Story, voice: str
) -> None:
    browse.sign_in(story.at_work.lead_account)
    seen = {
        "mood": ["content", "curious"],
        "play": "explores",
        "carers": "turns_to",
        "seen": "On the mat",
        "present": "Mum",
    }
    page = browse.follow(fill(browse, f"{voice}/observe", seen))
    assert "Mood: Content; Curious" in page.main
    scan = {"tool": "three_houses", "own_words": "", "present": "Mum", "readers": "team"}
    page = browse.follow(fill(browse, f"{voice}/add", {**scan, "file": (io.BytesIO(a_png()), "scan.png")}))
    assert session.scalars(select(VoiceFile.media_type)).all() == ["image/png"]
    advocate = {"tool": "advocate", "own_words": "She wants to stay", "present": "Nobody else", "readers": "team"}
    refused = fill(browse, f"{voice}/add", advocate, status=422)
    assert refused.error_beside("spoke_for") == "Enter who spoke with or for the child"
    bad = {**scan, "own_words": "x", "file": (io.BytesIO(b"GIF89a"), "scan.gif")}
    assert fill(browse, f"{voice}/add", bad, status=422).error_beside("file")


def test_an_action_answers_the_voice_and_the_child_is_told(
    browse: Browse, uow: OpenUnit, story: Story, voice: str
) -> None:
    from tests.factories.caf import a_voice, an_action

    with uow(story.at_work.lead) as unit:
        words = a_voice(unit, story.caf_id, story.leah)
        an_action(unit, story.episode_id, voice_id=words)
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"{voice}/you-said", most_queries=8)
    assert "We will do this:" in page.main
    told = browse.follow(fill(browse, f"{voice}/{words}/reply", {"words": "You have your own bed now"}))
    assert "You have your own bed now" in told.main


def test_every_page_of_the_childs_is_written_down(
    browse: Browse, session: Session, hand_over: Callable[[str], Page], story: Story
) -> None:
    hand_over("statements")
    browse.get("/my-voice/q/say.safe_home")
    seen = session.scalars(select(AuditEvent).where(AuditEvent.action == "page.caf.my_question")).one()
    assert (seen.actor_id, seen.actor_name, list(seen.subjects)) == (None, "Handed over by Amira Khan", [story.leah])
    kinds = set(session.scalars(select(AuditEvent.action)))
    assert {"voice.sitting_started", "account.device_handed_over"} <= kinds
    assert session.scalars(select(VoiceSitting.told_first_at)).one() is not None
