"""From one day to another, in a form that narrows a list."""

import datetime as dt

from locality.kernel.clock import LONDON
from locality.kernel.errors import Reason, RuleBroken
from locality.web.fields import DateParts
from locality.web.form import Form


class PeriodForm(Form):
    """Which days of a list to show; sent in the address, so that a view can be kept as a link."""

    class Meta(Form.Meta):
        """Asking changes nothing, so there is no token."""

        csrf = False

    from_on = DateParts("From")
    until_on = DateParts("To")

    def refuse_backward_dates(self) -> bool:
        """Whether the last day comes before the first; says so beside it."""
        first: dt.date | None = self.from_on.data
        last: dt.date | None = self.until_on.data
        if first is None or last is None or first <= last:
            return False
        self.add_reasons(RuleBroken([Reason("until_on", "To must be the same day as From or later")]))
        return True

    @property
    def from_at(self) -> dt.datetime | None:
        """The first instant of the first day; None for no beginning."""
        day: dt.date | None = self.from_on.data
        return None if day is None else dt.datetime.combine(day, dt.time.min, LONDON)

    @property
    def until_at(self) -> dt.datetime | None:
        """The last instant of the last day; None for no end."""
        day: dt.date | None = self.until_on.data
        return None if day is None else dt.datetime.combine(day, dt.time.max, LONDON)
