"""The plan: adding actions and saying how far they have come. Earlier updates stay."""

from sqlalchemy import insert, select

from locality.access.scope import elevated
from locality.caf.models import ActionUpdate, CaseRole, Episode, Meeting, PlanAction, PlanGoal, VoiceEntry
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import AddAction, UpdateAction
from locality.caf.operations.goals import children_of
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.operations.voice_answering import cite_voices
from locality.caf.queries.plan import SavedAction, list_updates
from locality.caf.rules.answers import too_long
from locality.caf.rules.planning import ActionFacts, reasons_against_action, reasons_against_update
from locality.caf.rules.words import ACTION_STATUS_LABELS, OPEN_ACTIONS, ActionStatus
from locality.kernel.errors import Conflict, NotFound, Reason
from locality.kernel.ids import EpisodeId, FamilyId, PersonId, PlanActionId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


class ActionOvertaken(Conflict):
    """A colleague said how far the action has come in the meantime; ``current`` is the action as it stands."""

    def __init__(self, current: SavedAction) -> None:
        now = ACTION_STATUS_LABELS[current.status].lower()
        super().__init__([Reason(None, f"{current.saved_by_name} has updated this action in the meantime: {now}")])
        self.current = current


def add_action(uow: UnitOfWork, command: AddAction) -> PlanActionId:
    """Add an action to the plan of an open episode.

    Somebody of the team, of the family or a person only named may carry it. Raises ``RuleBroken`` with a reason
    for each field, ``NotFound`` for a role, child or voice that is not of this episode.
    """
    episode = open_episode_row(uow, command.episode_id)
    if _is_known(uow, command):
        return command.action_id
    raise_if(
        reasons_against_action(_facts(command), today=uow.today)
        + too_long("outcome_wanted", command.outcome_wanted)
        + too_long("action", command.action)
    )
    about = children_of(episode, command.children)
    _check_belongs(uow, command, episode)
    uow.session.execute(insert(PlanAction), [_row(uow, command, about)])
    if command.voice_id is not None:
        cite_voices(uow, command.action_id, [command.voice_id], episode_id=command.episode_id)
    tell(
        uow,
        "action.added",
        about=about,
        record=("plan_action", command.action_id),
        detail={"responsible": command.responsible.value, "elements": list(command.element_codes)},
    )
    keep_caseload(uow, command.episode_id)
    return command.action_id


def _is_known(uow: UnitOfWork, command: AddAction) -> bool:
    found = select(PlanAction.id).where(PlanAction.id == command.action_id, PlanAction.episode_id == command.episode_id)
    return uow.session.execute(found).first() is not None


def _facts(command: AddAction) -> ActionFacts:
    return ActionFacts(
        outcome_wanted=command.outcome_wanted,
        action=command.action,
        responsible_name=command.responsible_name,
        due_on=command.due_on,
        element_codes=command.element_codes,
        outcome_code=command.outcome_code,
    )


def _row(uow: UnitOfWork, command: AddAction, about: list[PersonId]) -> dict[str, object]:
    return {
        "id": command.action_id, "episode_id": command.episode_id, "about": about,
        "outcome_wanted": command.outcome_wanted, "action": command.action,
        "element_codes": list(command.element_codes), "outcome_code": command.outcome_code,
        "responsible": command.responsible, "responsible_role_id": command.role_id,
        "responsible_person_id": command.person_id, "responsible_name": command.responsible_name,
        "voice_entry_id": command.voice_id, "due_on": command.due_on, "status": ActionStatus.NOT_STARTED,
        "completed_on": None, "progress_note": "", "created_at": uow.now, "created_by_name": uow.actor.name,
        "version": 1, "goal_id": command.goal_id, "meeting_id": command.meeting_id,
    }  # fmt: skip


def update_action(uow: UnitOfWork, command: UpdateAction) -> int:
    """Say how far an action has come; returns the new version.

    Raises ``NotFound``, ``ActionOvertaken`` when somebody updated it in the meantime, ``RuleBroken`` where a word why
    is due.
    """
    raise_if(reasons_against_update(command.status, command.note) + too_long("note", command.note))
    try:
        action = shown_action(uow, command)
    except ActionOvertaken as overtaken:
        if (overtaken.current.status, overtaken.current.note) == (command.status, command.note):
            return overtaken.current.version
        raise
    action.status, action.progress_note = command.status, command.note
    action.completed_on = None if command.status in OPEN_ACTIONS else uow.today
    action.version += 1
    update = {
        "id": new_id(), "plan_action_id": action.id, "about": action.about, "status": command.status,
        "note": command.note, "recorded_at": uow.now, "recorded_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.flush()
    uow.session.execute(insert(ActionUpdate), [update])
    done = Line(people.StoryKind.PLAN, f"Done: {action.action}") if command.status is ActionStatus.DONE else None
    tell(
        uow,
        "action.updated",
        about=action.about,
        record=("plan_action", action.id),
        line=done,
        detail={"status": command.status.value},
    )
    keep_caseload(uow, EpisodeId(action.episode_id))
    return action.version


def shown_action(uow: UnitOfWork, command: UpdateAction) -> PlanAction:
    """The action of an open episode, locked; raises ``ActionOvertaken`` when it is not what the page showed."""
    action = _locked(uow, command.action_id)
    with elevated(uow.session, "whether the help goes on, which whoever carries an action need not see otherwise"):
        open_episode_row(uow, action.episode_id, lock=False)
    if action.version != command.version:
        latest = next(iter(list_updates(uow.session, command.action_id)), None)
        by, at = ("Somebody else", uow.now) if latest is None else (latest.recorded_by_name, latest.recorded_at)
        raise ActionOvertaken(SavedAction(action.status, action.progress_note, action.version, at, by))
    return action


def _locked(uow: UnitOfWork, action_id: PlanActionId) -> PlanAction:
    action = uow.session.execute(
        select(PlanAction).where(PlanAction.id == action_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if action is None:
        raise NotFound("There is no such action, or none that you may see")
    return action


def _check_belongs(uow: UnitOfWork, command: AddAction, episode: Episode) -> None:
    _check_owner(uow, command, episode)
    for model, record_id in ((PlanGoal, command.goal_id), (Meeting, command.meeting_id)):
        found = select(model.id).where(model.id == record_id, model.episode_id == command.episode_id)
        if record_id is not None and uow.session.execute(found).first() is None:
            raise NotFound([Reason("goal", "Select a goal of this plan from the list")])
    _check_voice(uow, command)


def _check_owner(uow: UnitOfWork, command: AddAction, episode: Episode) -> None:
    if command.role_id is not None:
        role = select(CaseRole.id).where(
            CaseRole.id == command.role_id, CaseRole.episode_id == command.episode_id, CaseRole.until_on.is_(None)
        )
        if uow.session.execute(role).first() is None:
            raise NotFound([Reason("responsible_name", "Select somebody of the team from the list")])
    if command.person_id is not None:
        family = people.family_members(uow.session, FamilyId(episode.family_id))
        if command.person_id not in {member.id for member in family}:
            raise NotFound([Reason("responsible_name", "Select somebody of the family from the list")])


def _check_voice(uow: UnitOfWork, command: AddAction) -> None:
    if command.voice_id is not None:
        voice = select(VoiceEntry.id).where(
            VoiceEntry.id == command.voice_id, VoiceEntry.episode_id == command.episode_id
        )
        if uow.session.execute(voice).first() is None:
            raise NotFound([Reason("voice", "Select what the child said from the list")])
