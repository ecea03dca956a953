"""What other rooms may ask of the drafts. Everything else in this room is private.

A form class with ``keeps_draft = True`` (``locality.web.form``) needs none of this: its page keeps what is typed, gives
it back and drops it when the form succeeds. For other uses::

    keep(uow, place, typed={"said": ["..."]}, seen={"said": 3}) -> Kept
    find(session, place) -> KeptDraft
    discard(uow, place)

A ``Place`` (``locality.web.drafting``) is an account, an address and a form.
"""

from locality.drafts.operations import Kept, discard, drop, keep
from locality.drafts.queries import find

__all__ = ["Kept", "discard", "drop", "find", "keep"]
