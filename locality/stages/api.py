"""What other rooms may ask of the stages room.

``place_child`` when help begins, ``transfer_child`` when another cluster goes on with it, ``leave`` when it ends.
``propose_move``, ``take_step`` (``accept_move``, ``decline_move``) for moves up and down; ``correct_last`` a mistake.
``current_stages`` says where children stand, ``moves_waiting`` what waits for an actor.
Slots: ``moved`` is called after each effective move, in its transaction; ``receivers`` gathers who can take over.
After a bulk load call ``rebuild_counts``; ``count_differences`` proves the kept counts.
"""

from locality.stages.operations.counting import rebuild_counts
from locality.stages.operations.placing import PlaceChild, correct_last, leave, place_child, transfer_child
from locality.stages.operations.proposing import (
    ProposeMove,
    TakeStep,
    accept_move,
    decline_move,
    propose_move,
    take_step,
)
from locality.stages.operations.telling import Moved, Receiver, moved, receivers
from locality.stages.queries.recount import Difference, count_differences
from locality.stages.queries.stages import (
    MoveRow,
    StageNow,
    WaitingMove,
    current_stages,
    list_moves,
    moves_waiting,
)
from locality.stages.rules.moves import Agreement, Direction, MoveReason, MoveState, Said, Step

__all__ = [
    "Agreement", "Difference", "Direction", "MoveReason", "MoveRow", "MoveState", "Moved", "PlaceChild", "ProposeMove",
    "Receiver", "Said", "StageNow", "Step", "TakeStep", "WaitingMove", "accept_move", "correct_last",
    "count_differences", "current_stages", "decline_move", "leave", "list_moves", "moved",
    "moves_waiting", "place_child", "propose_move", "rebuild_counts", "receivers", "take_step", "transfer_child",
]  # fmt: skip
