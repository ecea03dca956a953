"""What the directory of services said before, and how many places were set for which period; neither ever changes."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, JsonObject


class ServiceEdition(Base):
    """A service's entry as it stood from ``made_at``; ``changed`` names the fields that differ from the one before."""

    __tablename__ = "service_edition"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[JsonObject]
    changed: Mapped[list[str]]
    why: Mapped[str]
    made_at: Mapped[dt.datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str]


class ServicePlaces(Base):
    """How many families a service can hold in a cluster from a day on; of the same day, the one set last counts."""

    __tablename__ = "service_places"
    __table_args__ = (
        CheckConstraint("places >= 0", name="places"),
        Index("service_places_period_idx", "service_id", "cluster_id", "from_on", "set_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"))
    cluster_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cluster.id"))
    from_on: Mapped[dt.date]
    places: Mapped[int]
    set_at: Mapped[dt.datetime]
    set_by_name: Mapped[str]
