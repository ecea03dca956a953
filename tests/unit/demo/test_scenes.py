"""What the demonstration promises to show is there on whatever day it is loaded."""

import datetime as dt

from hypothesis import example, given, settings
from hypothesis import strategies as st

from locality.demo import days
from locality.demo.helping import first_lead
from locality.demo.making import Register, make_piece

_CHILDREN = 300  # more than all the scenes hold
_LEAD, _NEXT_STEP = 4, 10  # places in a row of the caseload
_STEPS = ("Record the family’s agreement", "Start the CAF", "Finish the CAF", "Agree the plan", "Hold the review")


@settings(max_examples=6)
@given(
    day=st.dates(dt.date(2026, 1, 1), dt.date(2040, 12, 31)), seed=st.integers(0, 10_000), minute=st.integers(0, 1439)
)
@example(day=dt.date(2027, 1, 31), seed=2007, minute=1260)
@example(day=dt.date(2026, 1, 1), seed=0, minute=0)
def test_the_lead_professional_named_first_has_a_family_at_each_step(day, seed, minute):
    register = Register(seed, _CHILDREN, days.number(day), minute)
    lead = first_lead(register.world).id
    rows = [row.split("\t") for row in make_piece(register, 0)["caseload_entry"].decode().splitlines()]
    mine = [row[_NEXT_STEP] for row in rows if row[_LEAD] == lead]
    assert [step for step in _STEPS if not any(line.startswith(step) for line in mine)] == []
