"""The three domains and nineteen elements of the CAF, with the words that help a worker think.

The names follow the national form; codes are ours and stable. Development (D1) is answered for each
child; parents and carers (D2) and family and surroundings (D3) are answered once for all siblings.
"""

import enum
from dataclasses import dataclass


class Domain(enum.StrEnum):
    """The three sides of the assessment triangle."""

    DEVELOPMENT = "D1"
    PARENTS = "D2"
    FAMILY = "D3"


DOMAIN_LABELS = {
    Domain.DEVELOPMENT: "Development",
    Domain.PARENTS: "Parents and carers",
    Domain.FAMILY: "Family and surroundings",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One heading of the assessment and the questions that open it up."""

    code: str
    name: str
    group: str
    prompts: tuple[str, ...]

    @property
    def domain(self) -> Domain:
        """The side of the triangle that the element belongs to."""
        return Domain(self.code[:2])

    @property
    def is_shared(self) -> bool:
        """True when brothers and sisters share one answer."""
        return self.domain is not Domain.DEVELOPMENT


_HEALTH = "Health"
_LEARNING = "Learning"

ELEMENTS: tuple[Element, ...] = (
    Element(
        "D1.1a",
        "General health",
        _HEALTH,
        (
            "Any condition, illness or disability, and what helps with it",
            "Seeing a doctor, dentist and optician; immunisations and developmental checks",
            "Accidents, hospital visits, medicines",
        ),
    ),
    Element(
        "D1.1b",
        "Physical development",
        _HEALTH,
        (
            "Growth, eating, sleep and being active",
            "Seeing and hearing",
            "Walking, running, drawing, handling small things",
        ),
    ),
    Element(
        "D1.1c",
        "Speech, language and communication",
        _HEALTH,
        (
            "The ways and languages in which they like to communicate",
            "Listening, understanding and making themselves understood",
            "Taking turns, joining in, questions and humour",
        ),
    ),
    Element(
        "D1.2",
        "Emotional and social development",
        "",
        (
            "Feeling safe, valued and close to someone",
            "Coping with change, disappointment and worry",
            "Confidence, loneliness, fears, hurting themselves",
        ),
    ),
    Element(
        "D1.3",
        "Behavioural development",
        "",
        (
            "Self-control, concentration and impulses",
            "Taking risks, alcohol, drugs, offending",
            "Anger or violence towards others; what calms things down",
        ),
    ),
    Element(
        "D1.4",
        "Identity, including self-esteem, self-image and social presentation",
        "",
        (
            "How they see themselves and what they are proud of",
            "What they know of their family's story, culture and faith",
            "Belonging, bullying, discrimination",
        ),
    ),
    Element(
        "D1.5",
        "Family and social relationships",
        "",
        (
            "Steady relationships with parents, brothers and sisters, and others",
            "Friends, clubs and people who are a good or a bad influence",
            "Looking after someone else at home",
        ),
    ),
    Element(
        "D1.6",
        "Self-care skills and independence",
        "",
        (
            "Washing, dressing, feeding, toilet, for their age",
            "Making decisions and knowing limits",
            "Managing time apart from parents, getting about, money",
        ),
    ),
    Element(
        "D1.7a",
        "Understanding, reasoning and problem-solving",
        _LEARNING,
        (
            "Organising themselves and making connections",
            "Play, imagination, being creative and curious",
        ),
    ),
    Element(
        "D1.7b",
        "Participation in learning, education and employment",
        _LEARNING,
        (
            "Getting to nursery, school, college or work, and staying there",
            "Attendance, punctuality, exclusion",
            "Help from adults at home and at school",
        ),
    ),
    Element(
        "D1.7c",
        "Progress and achievement in learning",
        _LEARNING,
        (
            "Progress in reading, writing, number and other skills",
            "Special educational needs and support already given",
            "Anything that has interrupted learning",
        ),
    ),
    Element(
        "D1.7d",
        "Aspirations",
        _LEARNING,
        (
            "What they hope for and are interested in",
            "How they think they are doing; what spurs them on",
        ),
    ),
    Element(
        "D2.1",
        "Basic care, ensuring safety and protection",
        "",
        (
            "Food, warmth, clothes, hygiene, health care",
            "A safe home, safe adults, someone watching when it matters",
        ),
    ),
    Element(
        "D2.2",
        "Emotional warmth and stability",
        "",
        (
            "Affection, praise and encouragement",
            "The same carers over time; how much has changed",
        ),
    ),
    Element(
        "D2.3",
        "Guidance, boundaries and stimulation",
        "",
        (
            "Clear, fair rules and good examples",
            "Playing, talking, learning together",
        ),
    ),
    Element(
        "D3.1",
        "Family history, functioning and well-being",
        "",
        (
            "Illness, bereavement, separation, disability in the family",
            "Violence, alcohol, drugs or crime",
            "Children who care for others; how the family solves problems",
        ),
    ),
    Element(
        "D3.2",
        "Wider family",
        "",
        (
            "Relatives and friends who help, and how",
            "People who are missed or no longer in touch",
        ),
    ),
    Element(
        "D3.3",
        "Housing, employment and financial considerations",
        "",
        (
            "Whether the home is suitable, safe and secure",
            "Work and hours, income, debt, benefits",
        ),
    ),
    Element(
        "D3.4",
        "Social and community elements and resources, including education",
        "",
        (
            "Nurseries, schools, shops, parks, clubs and faith groups nearby",
            "Feeling safe in the area; friends and neighbours; being cut off",
        ),
    ),
)

ELEMENT_COUNT = len(ELEMENTS)
_BY_CODE = {element.code: element for element in ELEMENTS}
CHILD_ELEMENTS = tuple(element for element in ELEMENTS if not element.is_shared)
SHARED_ELEMENTS = tuple(element for element in ELEMENTS if element.is_shared)


def find_element(code: str) -> Element | None:
    """The element with this code, or None when the form has no such element."""
    return _BY_CODE.get(code)


def told_under(code: str) -> str:
    """How a line of the family's story begins that was told under the element: its name, before the words."""
    element = find_element(code)
    return f"{code if element is None else element.name}: "


def position_of(code: str) -> int:
    """Place of the element in the form, counted from 1 to 19."""
    return ELEMENTS.index(_BY_CODE[code]) + 1


def elements_of(domain: Domain) -> tuple[Element, ...]:
    """The elements of one side of the triangle, in form order."""
    return tuple(element for element in ELEMENTS if element.domain is domain)
