"""Rows on their way into the database, as lines of COPY's text form.

The columns are named here in the order in which the writers give them; a test holds them against the tables.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping

from locality.demo.chance import Ids
from locality.kernel.ids import encode_reference

NULL = r"\N"
YES, NO = "t", "f"
EMPTY = "{}"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        "account": "id email name job_title active password_change_due is_demonstration disabled_at disabled_by"
        " disabled_reason created_at created_by last_signed_in_at version",
        "account_secret": "account_id password_hash changed_at usable_until",
        "role_assignment": "id account_id role scope_kind scope_id follows_id from_on until_on given_at given_by"
        " ended_at ended_by",
        "locality": "id slug name position",
        "cluster": "id locality_id slug name position",
        "postcode": "postcode easting northing",
        "postcode_area": "prefix cluster_id",
        "school": "id urn name phase postcode",
        "school_membership": "id school_id cluster_id from_on until_on",
        "agency": "id name sector",
        "team": "id agency_id cluster_id name",
        "worker": "account_id team_id employer_id line_manager_id base full_time newly_qualified",
        "population": "place_id mid_year place_kind n source used_from",
        "service": "id name kind agency_id team_id summary eligibility eligible_needs needs min_age max_age"
        " takes_unborn stages area_kind area_id has_waiting_list is_open response_days languages days access hours"
        " venue address town postcode cost how_to_refer contact_name phone email url opens_on closes_on"
        " created_at changed_at version",
        "rule_set": "version rules live_from note state revision asks_of_children based_on drafted_by_name drafted_at"
        " editors approved_by approved_by_name approved_at ended_at ended_by_name ended_why",
        "rule_set_event": "id version at by_name line words",
        "service_capacity": "service_id cluster_id places taken offered",
        "person": "id reference kind given_name family_name known_as previous_names sex gender_identity born_on"
        " born_on_estimated due_on died_on ethnicity religion first_language interpreter_needed disabilities"
        " nhs_number nhs_status upn former_upns upn_unknown la_child_id created_at entered_by version",
        "family": "id reference name about created_at version",
        "family_member": "id family_id person_id from_on until_on",
        "household": "id name about created_at",
        "household_member": "id household_id person_id from_on until_on",
        "relationship": "id person_id other_id kind from_on until_on recorded_at",
        "parental_responsibility": "id child_id adult_id basis limits from_on until_on recorded_at",
        "address": "id person_id kind lines postcode uprn from_on until_on do_not_disclose recorded_at recorded_by",
        "contact_point": "id person_id kind value note do_not_disclose from_on until_on recorded_at",
        "enrolment": "id person_id school_id from_on until_on",
        "chronology_entry": "id person_id happened_on recorded_at kind line source record_kind record_id",
        "told_fact": "id telling_id person_id topic part words told_on teller own_words source_kind source_id agreement"
        " state replaced_by recorded_at recorded_by recorded_by_name settled_on settled_by_name under",
        "fact_settled": "id fact_id person_id part how settled_at settled_by settled_by_name",
        "fact_reuse": "id record_kind record_id person_id topic reuse counted_on",
        "link_decision": "id one_id other_id kind reason findings decided_at decided_by decided_by_name household_id"
        " undone_at undone_by undone_by_name undone_reason",
        "linked_person": "person_id lead_id",
        "restriction": "id about mode ground reason whole_family declared decided_at decided_by decided_by_name"
        " until_at review_on lifted_at lifted_by_name lifted_reason",
        "restriction_person": "restriction_id person_id",
        "restriction_account": "restriction_id account_id",
        "access_grant": "id person_id principal_id reason parts record_id from_at until_at given_by linked_from",
        "agreement": "id family_id about given_by capacity capacity_words gillick_assessed_by gillick_reasons refused"
        " refusal_reason purposes share_with agencies_in agencies_out agencies_out_words topics_out cluster_team"
        " explained_how interpreter method signed_on review_due_on recorded_at recorded_by recorded_by_name",
        "agreement_withdrawal": "id agreement_id about scope agency_id topic withdrawn_by reason withdrawn_on risk"
        " risk_words recorded_at recorded_by recorded_by_name",
        "share_override": "id family_id about ground what to_whom manager_consulted family_told why_not_told"
        " decided_at decided_by decided_by_name",
        "share_override_person": "override_id person_id",
        "contact": "id reference about source source_agency reasons main_reason what_said family_wants"
        " agreement_known safeguarding_concern immediate_danger rag rag_by rag_at state held_by held_by_name held_at"
        " received_at due_at decided_at external_key created_by created_at version",
        "contact_referrer": "contact_id about name role organisation phone email keep_private wants_feedback"
        " safe_contact sharing",
        "contact_child": "id contact_id person_id known_before likely_known known_by_link outcome stage reason"
        " need_codes agreed ground family_told decided_by decided_by_name decided_at referral_id added_at version",
        "contact_rating": "id contact_id rag reason rated_by rated_by_name rated_at",
        "contact_holding": "id contact_id kind by by_name from_whom from_name at",
        "partner_enquiry": "id contact_id person_id agency_id agency_name question rag asked_by asked_by_name asked_at"
        " due_at replied_at is_known_there reply_recorded_by_name",
        "hub_note": "id contact_id person_id enquiry_id told_by note written_by written_by_name written_at",
        "contact_decision": "id contact_id person_id outcome stage reason need_codes agreed ground manager_consulted"
        " shared_what shared_with family_told why_not_told referral_id decided_by decided_by_name decided_at corrects"
        " why_corrected",
        "second_look": "id contact_id person_id agrees note looked_by looked_by_name looked_at",
        "message": "id key template state record_kind record_id queued_at sent_at",
        "message_text": "message_id about to_address subject body",
        "contact_adult": "id contact_id person_id relationship known_before added_at",
        "referral": "id reference kind contact_id family_id about source state owner_principal owner_kind owner_name"
        " sender_principal sender_kind sender_name urgency immediate_danger stage need_codes summary agreement ground"
        " cluster_id locality_id out_of_locality why_here sent_at response_due_at ended_at end_reason"
        " no_further_action allocated_team allocated_worker external_key created_by created_at version"
        " language interpreter_needed access_needs preferred_service_id preferred_worker preferred_worker_id"
        " unwanted_agencies preferred_agency_id allocated_to",
        "referral_child": "referral_id person_id position cluster_id locality_id placed_how",
        "referral_event": "id referral_id about at by_name line words",
        "routing_decision": "id referral_id about decided_at rule_set result service_id line trace",
        "offer": "id referral_id service_id cluster_id about state offered_at due_at reminded_at manager_told_at"
        " responded_at responded_by responded_by_name decline_reason note suggested_alternative waiting_position"
        " expected_on took_place listed_at expected_basis acknowledged_at acknowledged_by_name",
        "episode": "id reference family_id cluster_id locality_id origin about state opened_on closed_on next_step"
        " next_step_line next_step_on created_at version",
        "episode_referral": "referral_id episode_id service_id about accepted_at",
        "episode_child": "episode_id person_id from_on until_on",
        "case_role": "id episode_id about kind account_id person_id name job_title organisation contact_details"
        " reason from_on until_on end_reason recorded_at recorded_by gave_role_id override_id",
        "assessment": "id reference episode_id about version_no state started_on completed_on assessor_account_id"
        " assessor_name organisation present what_led saved_by saved_by_name created_at version",
        "element_answer": "id assessment_id person_id code about strengths needs evidence severity is_not_discussed"
        " saved_at saved_by saved_by_name version",
        "section_answer": "id assessment_id person_id code about facts saved_at saved_by saved_by_name version",
        "conclusion": "id assessment_id person_id level text disagreements saved_by saved_at saved_by_name version",
        "family_comment": "id assessment_id person_id capacity wished_to_comment words said_by saved_at saved_by_name"
        " version",
        "voice_entry": "id episode_id assessment_id person_id tool own_words present readers not_obtained"
        " not_obtained_note next_try_on recorded_on recorded_at recorded_by recorded_by_name sitting_id spoke_for"
        " family_may_see suits",
        "voice_sitting": "id episode_id assessment_id person_id tool state called age needs present lead_name helpers"
        " told_first_at told_again_at started_at started_by started_by_name finished_at",
        "voice_answer": "sitting_id question person_id choice cards words is_skipped saved_at",
        "voice_file": "id person_id sitting_id voice_entry_id question kind media_type strokes content readers version"
        " saved_at saved_by saved_by_name",
        "action_voice": "plan_action_id voice_entry_id person_id cited_at cited_by_name",
        "voice_reading": "id voice_entry_id person_id reading recorded_at recorded_by recorded_by_name",
        "plan_action": "id episode_id about outcome_wanted action element_codes outcome_code responsible"
        " responsible_role_id responsible_person_id responsible_name voice_entry_id due_on status completed_on"
        " progress_note created_at created_by_name version goal_id meeting_id",
        "action_update": "id plan_action_id about status note recorded_at recorded_by_name",
        "review": "id episode_id about state due_on held_on present progress decisions next_on child_comments"
        " parent_comments recorded_at recorded_by_name meeting_id next_steps notes",
        "plan_goal": "id episode_id about change_wanted how_we_know at_review element_codes outcome_code reached_on"
        " created_at created_by_name version",
        "meeting": "id episode_id about kind state starts_at minutes place purpose cancelled_why arranged_at"
        " arranged_by arranged_by_name version",
        "meeting_guest": "id meeting_id about role_id person_id name described email attended",
        "score": "id episode_id person_id scale_version_id respondent scored_on points total note recorded_at"
        " recorded_by recorded_by_name struck_at struck_by_name struck_why",
        "family_need": "id episode_id about outcome_code need evidence identified_on created_at created_by_name",
        "need_check": "id need_id about occasion achieved evidence checked_on recorded_at recorded_by_name",
        "quality_audit": "id assessment_id about caf_reference version_no cluster_id form_id author_id author_name"
        " auditor_id auditor_name standing answers yes not_applicable items done_well to_improve audited_on recorded_at"
        " read_at reply",
        "closure": "episode_id about reason note rating social_care_decided_on child_views parent_views"
        " universal_service way_back closed_on closed_at closed_by_name social_care_decision risk_considered"
        " transfer_to transfer_agreed",
        "stage_move": "id person_id episode_id direction state sequence from_stage to_stage from_cluster_id"
        " from_locality_id to_cluster_id to_locality_id planned on_protection_plan needs_manager reasons evidence"
        " risks_remaining contingency child_agreement child_agreement_why parent_agreement parent_agreement_why"
        " receiver_id receiver_name requested_by requested_by_name requested_at settled_by settled_by_name"
        " settled_at effective_on corrects_id",
        "stage_move_step": "id move_id person_id receiver_id step note taken_by taken_by_name taken_at",
        "stage_span": "move_id person_id episode_id sequence stage cluster_id locality_id from_on until_on is_void",
        "caseload_entry": "episode_id reference cluster_id team_id lead_account_id lead_name children stage"
        " last_seen_on next_review_on next_step weight flags shared_with_cluster visible_to",
        "caseload_name": "episode_id family_name child_names about",
        "outbox_message": "id task payload dedupe_key created_at available_at published_at attempts fence lease_until"
        " done_at failed_at last_error handed_to handed_note",
    }.items()
}


class Batch:
    """Rows by table, ids for them, and references from ``first_reference`` on; ``aside`` is chance of its own."""

    def __init__(self, rng: random.Random, aside: random.Random, first_reference: int) -> None:
        self.rng = rng
        self.id = Ids(rng)
        self.aside = aside
        self.new_id = Ids(aside)
        self.lines: dict[str, list[str]] = defaultdict(list)
        self.next_reference = first_reference

    def add(self, table: str, *fields: str) -> None:
        """One row; fields are COPY's text already."""
        self.lines[table].append("\t".join(fields))

    def reference(self, prefix: str) -> str:
        """The next reference."""
        self.next_reference += 1
        return encode_reference(prefix, self.next_reference)

    def packed(self) -> dict[str, bytes]:
        """Each table's rows as COPY reads them, and an empty batch left behind."""
        found = {table: ("\n".join(lines) + "\n").encode() for table, lines in self.lines.items()}
        self.lines.clear()
        return found


def array(values: Iterable[str]) -> str:
    """An array of plain codes or ids."""
    return "{" + ",".join(values) + "}"


def texts(values: Iterable[str]) -> str:
    """An array of any texts."""
    return "{" + ",".join('"' + value.replace('"', '\\\\"') + '"' for value in values) + "}"


def document(value: object) -> str:
    """A JSON document; its backslashes are doubled for COPY."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("\\", "\\\\")


def flag(value: bool) -> str:  # noqa: FBT001 - what it is all about
    """True or false."""
    return YES if value else NO


def or_null(value: object) -> str:
    """The value as text, or nothing."""
    return NULL if value is None else str(value)
