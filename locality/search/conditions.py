"""What the search's functions ask about whoever looks: they have their owner's rights and check for themselves."""

from locality.access import rls
from locality.access.parts import Part

INDEX = "(SELECT app_reach()) = 'people_index'"
CLOSED = "((SELECT closed_people())::uuid[])"


def is_granted(person: str) -> str:
    """The condition that the actor holds a grant that shows who ``person`` (a column) is."""
    return rls.granted_person(Part.IDENTITY, person)


def sees_hidden(table: str) -> str:
    """The condition that the actor may see a hidden row of a table of whereabouts.

    Who recorded a hidden row keeps sight of that row, and of no other of the same person.
    """
    return rls.granted_person(Part.HIDDEN_WHEREABOUTS, f"{table}.person_id").replace(
        "WHERE", f"WHERE (g.reason <> 'recorded_it' OR g.record_id = {table}.id) AND", 1
    )


def may_be_told(table: str) -> str:
    """The condition that the actor may be told of a row of whereabouts (an alias of address or contact_point).

    Never of a hidden one, unless they hold that very right.
    """
    placed = rls.granted_person(Part.WHEREABOUTS, f"{table}.person_id")
    return f"""({rls.SYSTEM} OR (NOT {table}.do_not_disclose AND ({INDEX} OR {placed}))
      OR ({placed} AND {sees_hidden(table)}))"""
