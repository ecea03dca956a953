"""The child's voice: which tool suits, what an answer says, what must be looked at today, and what may be kept."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules import symbols
from locality.caf.rules.drawings import COLOURS, HEIGHT, PENS, WIDTH, Stroke, as_svg, read_strokes
from locality.caf.rules.observing import Observed
from locality.caf.rules.seeing import FAMILY, FILES, WORDS, next_page, people_key, reader_words, seeing_from
from locality.caf.rules.sittings import (
    CHILD_TOOLS,
    QUESTIONS,
    Answer,
    Ask,
    after,
    all_words,
    answer_words,
    before,
    find_question,
    first_open,
    house_of,
    may_answer,
)
from locality.caf.rules.voice_alerts import Cue, cues_in
from locality.caf.rules.voice_files import MOST_BYTES, FileKind, Sent, looked_at, sound_type
from locality.caf.rules.voice_fit import AGES, Fit, Need, suggest, suits
from locality.caf.rules.voices import SeeingChoice, reasons_against_finishing, reasons_against_seeing
from locality.caf.rules.words import VoiceReaders, VoiceTool
from locality.kernel.errors import RuleBroken

NEEDS = st.sets(st.sampled_from(Need))
TOOLS = st.sampled_from(sorted(AGES))
AGE = st.none() | st.integers(0, 24)
STROKES = st.lists(
    st.builds(
        Stroke,
        st.integers(0, len(COLOURS) - 1),
        st.integers(0, len(PENS) - 1),
        st.lists(st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT)), min_size=1, max_size=9).map(
            lambda pairs: tuple(number for pair in pairs for number in pair)
        ),
    ),
    max_size=6,
)


def fit_of(tool: VoiceTool, age: int | None, *needs: Need) -> Fit:
    return next(one.fit for one in suggest(age, needs) if one.tool is tool)


@pytest.mark.parametrize(
    ("age", "needs", "best"),
    [
        (2, (), VoiceTool.OBSERVATION),
        (5, (), VoiceTool.PICTORIAL_SCALE),
        (9, (), VoiceTool.THREE_HOUSES),
        (9, (Need.FEW_WORDS, Need.SYMBOLS), VoiceTool.SYMBOLS_SIGN),
        (15, (), VoiceTool.STATEMENTS),
        (14, (Need.LEARNING,), VoiceTool.PICTORIAL_SCALE),
        (10, (Need.SIGHT,), VoiceTool.DIRECT_WORDS),
    ],
    ids=["toddler", "five", "nine", "nine without words", "fifteen", "fourteen with a learning disability", "blind"],
)
def test_what_suits_a_child(age: int, needs: tuple[Need, ...], best: VoiceTool) -> None:
    assert suits(best, age, needs)


@given(AGE, NEEDS)
def test_every_tool_is_offered_once_with_a_reason_and_the_best_first(age: int | None, needs: set[Need]) -> None:
    found = suggest(age, needs)
    assert sorted(one.tool for one in found) == sorted(AGES)
    assert all(one.why for one in found)
    assert [one.fit for one in found] == sorted((one.fit for one in found), reverse=True)


@given(TOOLS, AGE, NEEDS)
def test_a_tool_suits_exactly_when_it_is_suggested_as_good(tool: VoiceTool, age: int | None, needs: set[Need]) -> None:
    assert suits(tool, age, needs) is (fit_of(tool, age, *needs) is Fit.GOOD)


@given(AGE, NEEDS)
def test_somebody_can_always_speak_for_a_child_and_silence_never_counts_as_heard(
    age: int | None, needs: set[Need]
) -> None:
    assert fit_of(VoiceTool.ADVOCATE, age, *needs) is not Fit.HARD
    assert not suits(VoiceTool.NOT_OBTAINED, age, needs)


def test_a_baby_chooses_no_faces_whatever_helps_older_children() -> None:
    assert not suits(VoiceTool.PICTORIAL_SCALE, 1, [Need.FEW_WORDS, Need.LEARNING])


@pytest.mark.parametrize("tool", CHILD_TOOLS)
def test_from_the_first_page_every_page_is_reached_and_the_way_back_leads_back(tool: VoiceTool) -> None:
    for question in QUESTIONS[tool]:
        following = after(tool, question.key)
        if following is not None:
            assert before(tool, following.key) == question
    houses = {house_of(question.key) for question in QUESTIONS[tool]} if tool is VoiceTool.THREE_HOUSES else {""}
    ends = [question for question in QUESTIONS[tool] if after(tool, question.key) is None]
    assert len(ends) == len(houses)


@given(st.sampled_from(CHILD_TOOLS), st.data())
def test_one_goes_on_at_the_first_page_that_was_neither_answered_nor_left_out(
    tool: VoiceTool, data: st.DataObject
) -> None:
    keys = [question.key for question in QUESTIONS[tool]]
    done = data.draw(st.sets(st.sampled_from(keys)))
    found = first_open(tool, done)
    left = [key for key in keys if key not in done]
    assert (found.key if found else None) == (left[0] if left else None)


@pytest.mark.parametrize("tool", CHILD_TOOLS)
def test_no_page_asks_for_typed_words_alone(tool: VoiceTool) -> None:
    # Words can be spoken (a recording), and every page can be left out.
    assert {question.ask for question in QUESTIONS[tool]} <= set(Ask)
    assert all(question.symbol in _PICTURES for question in QUESTIONS[tool])


_PICTURES = {*symbols.CARDS, "star", "drawing", "family", "lock"}


def test_words_stand_exactly_as_they_were_said() -> None:
    said = "  I dont wanna go to Dads :(  "
    question = find_question(VoiceTool.DIRECT_WORDS, "own.hard")
    assert question is not None
    assert answer_words(question, Answer(words=said)) == said.strip()
    assert all_words(VoiceTool.DIRECT_WORDS, {"own.hard": Answer(words=said)}) == f"What is hard: {said.strip()}"


def test_cards_and_faces_are_told_by_what_the_child_saw() -> None:
    answers = {"cards.home": Answer(cards=("happy", "tired")), "cards.likes": Answer(is_skipped=True)}
    assert all_words(VoiceTool.SYMBOLS_SIGN, answers) == "At home I feel: Happy, Tired"
    assert all_words(VoiceTool.STATEMENTS, {"say.sleep": Answer(choice="no")}) == "I sleep well. No"


def test_only_what_a_page_offers_is_an_answer() -> None:
    face = QUESTIONS[VoiceTool.PICTORIAL_SCALE][0]
    assert may_answer(face, Answer(choice="5"))
    assert not may_answer(face, Answer(choice="6"))
    assert not may_answer(face, Answer(cards=("happy",)))


@pytest.mark.parametrize(
    ("question", "answer", "cues"),
    [
        ("face.home", Answer(choice="1"), {Cue.UNHAPPY_AT_HOME}),
        ("face.home", Answer(choice="3"), set()),
        ("face.safe", Answer(choice="2"), {Cue.UNSAFE}),
        ("face.school", Answer(choice="1"), set()),
        ("say.hurt", Answer(choice="yes"), {Cue.SCARED}),
        ("say.hurt", Answer(choice="no"), set()),
        ("say.safe_home", Answer(choice="sometimes"), {Cue.UNSAFE}),
        ("cards.home", Answer(cards=("sad",)), {Cue.UNHAPPY_AT_HOME}),
        ("cards.school", Answer(cards=("sad",)), set()),
        ("cards.today", Answer(cards=("not_safe", "hurt")), {Cue.UNSAFE, Cue.SCARED}),
        ("own.hard", Answer(words="He HITS ME"), {Cue.WORDS}),
        ("own.hard", Answer(words="i dont feel safe"), {Cue.WORDS}),
        ("own.hard", Answer(words="dad kicked me"), {Cue.WORDS}),
        ("own.hard", Answer(words="He smacked my little sister"), {Cue.WORDS}),
        ("own.hard", Answer(words="it is scary when he is killing"), {Cue.WORDS}),
        ("own.hard", Answer(words="I ran away"), {Cue.WORDS}),
        ("face.people", Answer(choice="1"), {Cue.UNHAPPY_AT_HOME}),
        ("own.hard", Answer(words="I’m sad at home"), {Cue.WORDS}),
        ("own.good", Answer(words="We went to the safari park and hit the beach"), set()),
    ],
)
def test_what_must_be_looked_at_today(question: str, answer: Answer, cues: set[Cue]) -> None:
    assert cues_in(question, choice=answer.choice, cards=answer.cards, words=answer.words) == cues


@given(st.text(max_size=80), st.text(max_size=80))
def test_words_around_it_never_hide_a_cue(before_it: str, after_it: str) -> None:
    assert Cue.WORDS in cues_in("own.hard", words=f"{before_it} he hurts me {after_it}")


@given(STROKES)
def test_a_drawing_comes_back_as_it_was_drawn(strokes: list[Stroke]) -> None:
    assert read_strokes([stroke.kept() for stroke in strokes]) == tuple(strokes)


@given(STROKES)
def test_a_drawing_shown_holds_nothing_but_its_lines(strokes: list[Stroke]) -> None:
    shown = as_svg(strokes, title="A drawing")
    assert shown.count("<path") == len(strokes)
    assert not {"script", "href", "style", "on"} & {word.split("=")[0] for word in shown.replace("<", " ").split()}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["c", "w", "p", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_whatever_is_sent_as_a_drawing_is_read_or_refused(sent: object) -> None:
    try:
        strokes = read_strokes(sent)
    except RuleBroken:
        return
    assert [stroke.kept() for stroke in strokes] == sent


@given(st.binary(max_size=300), st.sampled_from([FileKind.PICTURE, FileKind.SOUND]))
def test_whatever_is_sent_as_a_file_is_kept_or_refused_with_a_reason(content: bytes, wanted: FileKind) -> None:
    found = looked_at(content, wanted=wanted, field="file")
    assert isinstance(found, Sent) or (found[0].field == "file" and found[0].message)


def _jpeg(note: bytes) -> bytes:
    def segment(marker: int, data: bytes) -> bytes:
        return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data

    noted = segment(0xE1, b"Exif\0\0" + note)
    frame = segment(0xC0, bytes((8,)) + struct.pack(">HH", 20, 30) + bytes((1, 1, 0x11, 0)))
    first, second = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x13", segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x14"
    return b"\xff\xd8" + noted + frame + first + noted + second + b"\xff\xd9"


@given(st.binary(min_size=4, max_size=40))
def test_a_photo_loses_what_the_camera_noted(note: bytes) -> None:
    found = looked_at(_jpeg(b"GPS" + note) + b"after the end", wanted=FileKind.PICTURE, field="file")
    assert isinstance(found, Sent)
    assert (found.media_type, b"GPS" in found.content, b"after" in found.content) == ("image/jpeg", False, False)


def test_a_second_picture_behind_a_photo_is_not_kept_with_what_the_camera_noted_there() -> None:
    both = _jpeg(b"GPS here") + _jpeg(b"GPS there")
    found = looked_at(both, wanted=FileKind.PICTURE, field="file")
    assert isinstance(found, Sent)
    assert b"GPS" not in found.content
    assert found.content.count(b"\xff\xd9") == 1
    assert b"\x12\xff\x00\x13" in found.content
    assert b"\x14\xff\xd9" in found.content


@given(st.binary(max_size=20))
def test_a_picture_that_gives_its_size_twice_is_refused(second: bytes) -> None:
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"IHDR", second), (b"IEND", b""))
    whole = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + bytes(4) for name, data in chunks
    )
    assert not isinstance(looked_at(whole, wanted=FileKind.PICTURE, field="file"), Sent)


@given(st.integers(0, 60))
def test_a_picture_cut_short_is_refused(missing: int) -> None:
    body = zlib.compress(b"\0\xff\xff\xff")
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"IDAT", body), (b"IEND", b""))
    whole = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    found = looked_at(whole[: len(whole) - missing], wanted=FileKind.PICTURE, field="file")
    assert isinstance(found, Sent) is (missing == 0)


def test_files_are_known_by_their_bytes_and_have_a_size() -> None:
    assert sound_type(b"\x1a\x45\xdf\xa3webm") == "audio/webm"
    assert sound_type(b"\0\0\0\x20ftypM4A ") == "audio/mp4"
    assert sound_type(b"RIFF\0\0\0\0WAVE") == "audio/wav"
    assert sound_type(b"ID3") == "audio/mpeg"
    assert sound_type(b"RIFF\0\0\0\0AVI ") is None
    large = looked_at(b"OggS" + bytes(MOST_BYTES), wanted=FileKind.SOUND, field="file")
    assert not isinstance(large, Sent)
    assert large[0].message == "The file must be smaller than 3 MB"


@pytest.mark.parametrize(
    ("choice", "fields"),
    [
        (SeeingChoice(None), ["words"]),
        (SeeingChoice(VoiceReaders.TEAM), []),
        (SeeingChoice(VoiceReaders.CHOSEN), ["words_people"]),
        (SeeingChoice(VoiceReaders.CHOSEN, frozenset({"a"})), []),
        (SeeingChoice(VoiceReaders.CHOSEN, frozenset({"a", "stranger"})), ["words_people"]),
    ],
    ids=["none", "team", "nobody chosen", "one chosen", "a stranger"],
)
def test_who_may_see_it_is_chosen_from_who_helps(choice: SeeingChoice, fields: list[str]) -> None:
    assert [reason.field for reason in reasons_against_seeing(choice, helpers=["a", "b"], field="words")] == fields


def test_nobody_finishes_unless_the_exception_was_explained_and_something_was_said() -> None:
    assert reasons_against_finishing(was_told=True, has_said=True) == ()
    assert len(reasons_against_finishing(was_told=False, has_said=False)) == 2


def test_the_family_sees_nothing_unless_the_child_says_so() -> None:
    answers = {WORDS: Answer(choice="team")}
    assert not seeing_from(answers, has_words=True, has_files=False).family_may_see
    assert seeing_from({**answers, FAMILY: Answer(choice="yes")}, has_words=True, has_files=False).family_may_see


def test_words_and_pictures_have_each_their_own_readers() -> None:
    answers = {
        WORDS: Answer(choice="team"), FILES: Answer(choice="chosen"), people_key(FILES): Answer(cards=("a",)),
    }  # fmt: skip
    seeing = seeing_from(answers, has_words=True, has_files=True)
    assert seeing.words == SeeingChoice(VoiceReaders.TEAM)
    assert seeing.files == SeeingChoice(VoiceReaders.CHOSEN, frozenset({"a"}))
    assert seeing_from(answers, has_words=False, has_files=True).words == seeing.files
    assert (next_page(WORDS, has_files=True), next_page(WORDS, has_files=False)) == (FILES, FAMILY)


def test_the_fewest_readers_stand_first_and_alone_when_nobody_else_helps() -> None:
    assert list(reader_words(["Amira"], others=False)) == [VoiceReaders.LEAD_ONLY]
    assert next(iter(reader_words(["Amira", "Ben"], others=True).values())) == "Only Amira and Ben"


def test_what_was_watched_is_told_in_set_words() -> None:
    observed = Observed(("content",), ("explores",), ("turns_to",), "Ten minutes on the mat")
    assert observed.words.splitlines()[0] == "Mood: Content"
    assert observed.words.endswith("Ten minutes on the mat")
