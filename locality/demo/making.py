"""Making the register in pieces: any process can make any piece, and a piece is always the same."""

import random
from dataclasses import dataclass

from locality.demo import days
from locality.demo.batch import Batch
from locality.demo.chance import Weighted, between, chance_for
from locality.demo.closing import write_closed
from locality.demo.families import SIZES, Family, Wish, make_family
from locality.demo.family_rows import write_family
from locality.demo.linking import make_alike, write_decision
from locality.demo.script import SCENES, Scene, draw
from locality.demo.teller import Teller
from locality.demo.telling import tell_family
from locality.demo.themes import themes
from locality.demo.world import World, build

PIECE = 500  # children
_REFERENCES = 40  # at most so many are taken for each child: persons, families, contacts, referrals, episodes, CAFs
_RECENT_DAYS = 1400
_RECENT_SHARE = 0.5
FAMILIES_PER_LEAD = 15
_OPEN_FAMILIES = 0.033  # per child on record


@dataclass(frozen=True, slots=True)
class Register:
    """What is to be made. ``today`` and ``minute`` are the moment at which the histories stop."""

    seed: int
    children: int
    today: int
    minute: int

    @property
    def pieces(self) -> int:
        """How many pieces it comes in."""
        return -(-self.children // PIECE)

    @property
    def world(self) -> World:
        """The places and workers that a register of this size needs."""
        leads = self.children * _OPEN_FAMILIES / 8 / FAMILIES_PER_LEAD
        return build(self.seed, max(round(leads) - 3, 0))

    def size_of(self, piece: int) -> int:
        """Children in a piece."""
        return min(PIECE, self.children - piece * PIECE)


def make_piece(register: Register, piece: int) -> dict[str, bytes]:
    """The rows of a piece, by table, as COPY reads them."""
    rng = chance_for(register.seed, "piece", piece)
    aside = chance_for(register.seed, "aside", piece)
    batch = Batch(rng, aside, first_reference=1000 + piece * PIECE * _REFERENCES)
    left, index = register.size_of(piece), piece * PIECE
    scenes = list(SCENES) if piece == 0 else []
    before = None
    while left > 0:
        scene = scenes.pop(0) if scenes else _any_scene(rng, register)
        before = _make_family(batch, register, scene, (left, index), before)
        left -= len(before.children)
        index += len(before.children)
    return batch.packed()


def _any_scene(rng: random.Random, register: Register) -> Scene:
    theme = themes().pick(rng)
    span = register.today - days.number(days.FIRST)
    ago = between(rng, 1, _RECENT_DAYS) if rng.random() < _RECENT_SHARE else between(rng, 1, span)
    return Scene((ago, ago), draw(rng, theme, years_ago=ago / 365), theme=theme.key)


_CLUSTERS = Weighted(
    {"leigh": 10, "eastwood": 12, "chalkwell": 8, "westcliff": 15, "prittlewell": 13, "milton": 15, "southchurch": 14,
     "shoebury": 13}
)  # fmt: skip


def _make_family(
    batch: Batch, register: Register, scene: Scene, place: tuple[int, int], before: Family | None
) -> Family:
    """One family with its history; ``before`` is the one made before it."""
    (left, index), rng = place, batch.rng
    world = register.world
    first = register.today - between(rng, *scene.days_ago)
    if scene.days_ago[1] > 0 and (scene.script.stop or rng.random() < 0.93):
        first = days.working_before(min(first, register.today - 1))
    wish = Wish(
        theme=scene.theme_or(rng),
        cluster=world.clusters[scene.cluster or _CLUSTERS.pick(rng)],
        first_day=first,
        children=min(scene.children or SIZES.pick(rng), left),
        is_unborn=scene.is_unborn,
        is_hidden=scene.is_hidden,
        shape=scene.shape or None,
    )
    family = make_family(rng, batch.id, world, wish, register.today)
    make_alike(family, before, scene.like)
    for number, child in enumerate(family.children):
        child.index = index + number
    write_family(rng, batch, family, register.today)
    teller = Teller(rng, batch, world, family, (register.today, register.minute))
    teller.is_scene = scene.cluster != ""
    tell_family(teller, scene.script)
    if scene.like:
        write_decision(teller, before, scene.like)
        write_closed(teller, scene.like)
    return family
