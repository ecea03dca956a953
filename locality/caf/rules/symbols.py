"""The symbol cards: what each is called aloud, which picture it has, and on which pages it lies.

Pictures are files of ``static/symbols`` (OpenMoji, CC BY-SA 4.0), named after the card. Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One card: its code, which is also its picture's name, and the word under it, which is also what is spoken."""

    code: str
    label: str


def _cards(**labels: str) -> tuple[Card, ...]:
    return tuple(Card(code, label) for code, label in labels.items())


FEELINGS = _cards(
    happy="Happy", calm="Calm", excited="Excited", proud="Proud", loved="Loved", tired="Tired", sad="Sad",
    angry="Angry", worried="Worried", scared="Scared", lonely="Lonely", hurt="Hurt", not_safe="Not safe",
    mixed_up="Mixed up",
)  # fmt: skip
PEOPLE = _cards(
    mum="Mum", dad="Dad", brother="Brother", sister="Sister", baby="Baby", grandma="Grandma", grandad="Grandad",
    friend="Friend", teacher="Teacher", carer="Carer", doctor="Doctor", pet="Pet", nobody="Nobody",
)  # fmt: skip
PLACES = _cards(
    home="Home", bedroom="Bedroom", school="School", playground="Playground", park="Park", car="Car", bus="Bus",
    shop="Shop", outside="Outside", library="Library",
)  # fmt: skip
LIKES = _cards(
    football="Football", swimming="Swimming", music="Music", drawing="Drawing", books="Books", games="Games",
    television="Television", bike="Bike", animals="Animals", food="Food", cooking="Cooking", dancing="Dancing",
    cuddle="Cuddle", quiet="Quiet time",
)  # fmt: skip
CHANGES = _cards(
    sleep="Sleep", food="Food", noise="Noise", shouting="Shouting", alone="Time alone", friend="Friends",
    school="School", talking="Somebody to talk to", help="Help", play="Time to play", pain="Pain", toilet="Toilet",
    clothes="Clothes", money="Money",
)  # fmt: skip

CARDS = {card.code: card for group in (CHANGES, LIKES, PLACES, PEOPLE, FEELINGS) for card in group}
