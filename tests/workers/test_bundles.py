"""How many messages one task is told of."""

from locality.kernel import outbox
from locality.kernel.ids import MessageId, new_id
from workers import insight, referrals, relay

TASK_MODULES = (insight, referrals)  # importing them says what may go together


def test_many_that_wait_are_told_in_bundles_few_one_by_one_and_what_was_tried_alone() -> None:
    def hints(task: str, count: int, *, fresh: bool = True) -> list[outbox.Hint]:
        return [outbox.Hint(MessageId(new_id()), task, fresh) for _ in range(count)]

    def sizes(told: list[outbox.Hint]) -> list[int]:
        return [len(ids) for _task, ids in relay.bundles(told)]

    route, send = "referrals.route", "insight.recount"
    assert sizes(hints(route, 7)) == [1] * 7
    assert sizes(hints(route, 200)) == [10] * 20
    assert sizes(hints(route, 200, fresh=False)) == [1] * 200
    assert sizes(hints(send, 200)) == [1] * 200
