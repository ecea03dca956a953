"""Need codes: the national factors found at the end of an assessment, and early help's own.

A = the child, B = a parent or carer, C = somebody else in the household. Using the national codes
for early help keeps a later step up comparable. 8A, 18A and 19A do not exist or are retired; 21 (no
factors) says nothing about a need and is left out.
"""

from collections.abc import Iterable, Mapping

CHILD_NEEDS: Mapping[str, str] = {
    "1A": "Child’s alcohol misuse",
    "2A": "Child’s drug misuse",
    "3A": "Domestic abuse of the child",
    "4A": "Child’s mental health",
    "5A": "Child’s learning disability",
    "6A": "Child’s physical disability or illness",
    "7A": "Young carer",
    "9A": "Seeking asylum without family",
    "10A": "Going missing",
    "11A": "Child sexual exploitation",
    "12A": "Trafficking",
    "13A": "Gangs",
    "14A": "Behaviour that others find hard to accept",
    "15A": "Self-harm",
    "16A": "Neglect",
    "17A": "Emotional abuse",
    "18B": "Physical abuse by another child",
    "18C": "Physical abuse by an adult",
    "19B": "Sexual abuse by another child",
    "19C": "Sexual abuse by an adult",
    "22A": "Female genital mutilation",
    "23A": "Abuse linked to faith or belief",
    "24A": "Child criminal exploitation",
}
PARENT_NEEDS: Mapping[str, str] = {
    "1B": "Parent’s alcohol misuse",
    "2B": "Parent’s drug misuse",
    "3B": "Domestic abuse of a parent",
    "4B": "Parent’s mental health",
    "5B": "Parent’s learning disability",
    "6B": "Parent’s physical disability or illness",
}
HOME_NEEDS: Mapping[str, str] = {
    "1C": "Alcohol misuse by somebody else at home",
    "2C": "Drug misuse by somebody else at home",
    "3C": "Domestic abuse of somebody else at home",
    "4C": "Mental health of somebody else at home",
    "5C": "Learning disability of somebody else at home",
    "6C": "Physical disability or illness of somebody else at home",
    "8B": "Private fostering: from overseas, to go back",
    "8C": "Private fostering: from overseas, to stay",
    "8D": "Private fostering: from the UK, in education here",
    "8E": "Private fostering: from the UK, as an alternative to home",
    "8F": "Private fostering: other",
}
EARLY_HELP_NEEDS: Mapping[str, str] = {
    "PARENTING_SUPPORT": "Support with parenting",
    "ATTENDANCE": "School attendance",
    "SEND": "Special educational needs",
    "HOUSING_MONEY": "Housing or money",
    "BEREAVEMENT": "Bereavement",
    "20": "Something else",
}

NEED_WORDS: Mapping[str, str] = {
    **EARLY_HELP_NEEDS,
    **CHILD_NEEDS,
    **PARENT_NEEDS,
    **HOME_NEEDS,
}


def unknown_needs(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes that are in no list, in the order given."""
    return tuple(code for code in codes if code not in NEED_WORDS)


def words_for(codes: Iterable[str]) -> str:
    """Need codes as a reader sees them: "School attendance, young carer"."""
    words = [NEED_WORDS.get(code, "A need we do not know") for code in codes]
    return ", ".join([*words[:1], *(word[0].lower() + word[1:] for word in words[1:])])
