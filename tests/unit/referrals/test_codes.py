"""Words of the codes as they stand in sentences."""

import pytest

from locality.referrals.rules.codes import SOURCE_WORDS, Source, mid_sentence


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source.GP, "GP"),
        (Source.SCHOOL, "school"),
        (Source.OTHER_INDIVIDUAL, "another individual, such as a stranger or MP"),
        (Source.LEGAL, "court, probation, immigration, Cafcass or prison"),
    ],
)
def test_a_source_within_a_sentence_keeps_its_letters(source: Source, words: str) -> None:
    assert mid_sentence(SOURCE_WORDS[source]) == words
