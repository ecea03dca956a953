"""The shell around a job: several in one transaction, and effects outside that must not happen twice."""

import uuid
from collections.abc import Callable, Mapping, Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from locality.kernel import outbox
from locality.kernel.errors import NothingHappened
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from tests.support.database import OpenUnit
from workers import shell
from workers.shell import Work

Owe = Callable[[int], list[uuid.UUID]]


@pytest.fixture
def owe(uow: OpenUnit, session: Session) -> Owe:
    """Owes pieces of work, and gives the ids of their messages."""

    def owed(count: int) -> list[uuid.UUID]:
        with uow() as unit:
            for number in range(count):
                outbox.enqueue(unit, "tests.work", key=str(number), number=uuid.UUID(int=number))
        rows = session.execute(text("SELECT id FROM outbox_message ORDER BY payload ->> 'number'"))
        return [row.id for row in rows]

    return owed


def state(session: Session) -> list[tuple[bool, bool, int, str | None]]:
    """Done, with a person, attempts and last error of each piece of work."""
    rows = session.execute(
        text(
            "SELECT done_at IS NOT NULL, failed_at IS NOT NULL, attempts, last_error FROM outbox_message"
            " WHERE task = 'tests.work' ORDER BY payload ->> 'number'"
        )
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def silence(session: Session) -> None:
    """The holder of every lease dies, and the leases run out."""
    session.execute(text("UPDATE outbox_message SET lease_until = clock_timestamp() - interval '1 second'"))


def nothing(_uow: UnitOfWork, **_ids: uuid.UUID) -> None:
    """A job with no effect."""


def test_several_are_worked_on_in_one_transaction(session: Session, owe: Owe) -> None:
    seen: list[int] = []

    def all_of_them(_uow: UnitOfWork, messages: Sequence[Mapping[str, uuid.UUID]]) -> None:
        seen.append(len(messages))

    assert shell.run(Work(nothing, together=10, at_once=all_of_them), owe(3)) == 3
    assert seen == [3]
    assert state(session) == [(True, False, 1, None)] * 3


def test_one_that_cannot_be_done_does_not_keep_its_neighbours_from_theirs(session: Session, owe: Owe) -> None:
    def one_fails(_uow: UnitOfWork, *, number: uuid.UUID) -> None:
        if number.int == 1:
            raise ValueError

    def all_of_them(uow: UnitOfWork, _messages: Sequence[Mapping[str, uuid.UUID]]) -> None:
        outbox.enqueue(uow, "tests.half_done", key="1", number=new_id())
        raise ValueError

    assert shell.run(Work(one_fails, together=10, at_once=all_of_them), owe(3)) == 2
    assert state(session) == [(True, False, 1, None), (False, False, 1, "ValueError"), (True, False, 1, None)]
    assert session.execute(text("SELECT count(*) FROM outbox_message WHERE task = 'tests.half_done'")).scalar() == 0


def test_of_several_nothing_lands_when_another_has_overtaken_one(session: Session, owe: Owe) -> None:
    ids = owe(2)

    def overtaken(uow: UnitOfWork, _messages: Sequence[Mapping[str, uuid.UUID]]) -> None:
        uow.session.execute(text("UPDATE outbox_message SET fence = fence + 1 WHERE id = :id"), {"id": ids[0]})

    assert shell.run(Work(nothing, together=10, at_once=overtaken), ids) == 2
    assert state(session) == [(True, False, 1, None)] * 2


class TestOutside:
    """Work whose effect is outside the database."""

    def test_what_surely_did_not_happen_is_tried_again(self, session: Session, owe: Owe) -> None:
        def away(_uow: UnitOfWork, **_ids: uuid.UUID) -> None:
            raise NothingHappened

        assert shell.run(Work(away, outside=True), owe(1)) == 0
        assert state(session) == [(False, False, 1, "NothingHappened")]

    @pytest.mark.parametrize(
        ("error", "kind"), [(ValueError(), "ValueError"), (OperationalError("", {}, Exception()), "PerhapsDone")]
    )
    def test_what_may_have_happened_goes_to_a_person_at_once(
        self, session: Session, owe: Owe, error: Exception, kind: str
    ) -> None:
        def fails(_uow: UnitOfWork, **_ids: uuid.UUID) -> None:
            raise error

        assert shell.run(Work(fails, outside=True), owe(1)) == 0
        assert state(session) == [(False, True, 1, kind)]

    def test_after_an_attempt_that_died_without_a_word_it_is_not_begun_again(self, session: Session, owe: Owe) -> None:
        begun: list[uuid.UUID] = []

        def send(_uow: UnitOfWork, *, number: uuid.UUID) -> None:
            begun.append(number)

        ids = owe(1)
        outbox.take(session, ids)
        silence(session)
        assert shell.run(Work(send, outside=True), ids) == 0
        assert begun == []
        assert state(session) == [(False, True, 2, "PerhapsDone")]
        assert outbox.retry(session, ids[0])
        assert shell.run(Work(send, outside=True), ids) == 1
        assert len(begun) == 1

    def test_work_inside_the_database_is_simply_begun_again(self, session: Session, owe: Owe) -> None:
        ids = owe(1)
        outbox.take(session, ids)
        silence(session)
        assert shell.run(Work(nothing), ids) == 1
        assert state(session) == [(True, False, 2, None)]
