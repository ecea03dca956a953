"""Asking somebody to lead: the one who leads now goes on until the new one says yes. Pure."""

from enum import StrEnum

from locality.kernel.errors import Reason


class LeadRequestState(StrEnum):
    """A worker is asked once; the answer, or the asker's second thought, ends it."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LEAD_REQUEST_LABELS = {
    LeadRequestState.ASKED: "Waits for an answer",
    LeadRequestState.ACCEPTED: "Accepted",
    LeadRequestState.DECLINED: "Declined",
    LeadRequestState.WITHDRAWN: "Taken back",
}


def reasons_against_asking(*, reason: str, is_same: bool, is_waiting: bool) -> tuple[Reason, ...]:
    """Why somebody cannot be asked to take the lead over."""
    if is_waiting:
        return (Reason(None, "Somebody has been asked already. Wait for the answer, or take the question back first"),)
    if is_same:
        return (Reason("account_id", "This worker is the lead professional already"),)
    return () if reason else (Reason("reason", "Enter why the lead professional changes"),)


def reasons_against_answer(*, accepts: bool, words: str) -> tuple[Reason, ...]:
    """Why an answer is not enough: a no says why, and workload alone is no ground for it in most areas."""
    if accepts or words:
        return ()
    return (Reason("answer", "Enter why you cannot lead, so that somebody else can be found"),)
