"""The right column of a contact: what was told of a child before, with this contact set against it."""

from locality.kernel.ids import ContactId, new_id
from locality.referrals import api
from tests.factories.referrals import RECEIVED, a_child
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, settled


def test_a_known_childs_story_stands_beside_the_newest_contact(
    browse: Browse, uow: OpenUnit, cast: Cast, clock: object
) -> None:
    with uow(cast.officer_actor) as unit:
        leah = a_child(unit)
    contacts = []
    for wants, language in (("A break", "Yoruba"), ("Help with bedtime", "Igbo")):
        child = api.ToldPerson(existing=leah, first_language=language)
        command = api.NewContact(
            contact_id=ContactId(new_id()), received_at=RECEIVED, source=api.Source.SCHOOL, children=(),
            source_agency="Garon Primary School", what_said="She comes late", family_wants=wants,
        )  # fmt: skip
        with uow() as unit:
            contacts.append(api.receive_contact(unit, command, children=[child]))
    page = settled(browse, cast.officer).get(f"/contacts/{contacts[1]}", most_queries=8)
    assert "First language Differs Igbo" in page.main
    assert "Known before: “Yoruba”. Told by Garon Primary School to the front door on 3 March 2026" in page.main
    assert "What led to asking for help Same as before" in page.main
