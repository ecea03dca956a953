"""What a family needs to take part and whom it asks for, in every form that sends a referral.

The questions come filled in with what is known, with who told it; what nobody told is asked.
"""

import uuid

from locality.kernel.ids import AgencyId, ServiceId
from locality.referrals.queries.wishes import KnownWishes, WishQuestions
from locality.referrals.rules import wishes as rules
from locality.referrals.rules.directory import LANGUAGE_WORDS, Access
from locality.referrals.rules.wishes import FAMILY_ACCESS, Wishes
from locality.web.fields import Checkboxes, Choice, Select, TextField, YesNo
from locality.web.form import Form

_STILL_RIGHT = "Still right?"


class WishFields(Form):
    """Language, access, and the service, agency or worker that the family asks for or does not want."""

    language = Select(
        "Which language is best for the family?",
        choices=[Choice(code, words) for code, words in LANGUAGE_WORDS.items()],
        blank="Not known",
        called="Language",
    )
    interpreter = YesNo("Does the family need an interpreter or a signer?", called="Interpreter")
    access = Checkboxes(
        "What does the family need so that it can take part?",
        choices=[Choice(one.value, words) for one, words in FAMILY_ACCESS.items()],
        coerce=Access,
        hint="Only a service that has everything that you tick is asked",
        called="What the family needs",
    )
    preferred = Select(
        "Did the family ask for a service?",
        coerce=uuid.UUID,
        blank="No, or none of these",
        hint="Their wish is followed where the service can help, has room and works in their area",
        called="The service that the family asked for",
    )
    preferred_agency = Select(
        "Did the family ask for an agency?",
        coerce=uuid.UUID,
        blank="No, or none of these",
        called="The agency that the family asked for",
    )
    preferred_worker = TextField(
        "Did the family ask for somebody by name?",
        max_length=rules.LONGEST_WORKER,
        hint="First name and family name. The service sees it, and that worker’s team is asked where it can help",
        look={"autocomplete": "off", "spellcheck": "false"},
        called="The worker that the family asked for",
    )
    unwanted = Checkboxes(
        "Is there an agency that the family does not want?",
        coerce=uuid.UUID,
        hint="An agency that you tick is never asked. The family need not say why",
        called="Agencies that the family does not want",
    )

    def ask_wishes(self, questions: WishQuestions) -> None:
        """Say which services and agencies can be chosen, and fill in what is known with who told it."""
        choices = questions.choices
        self.preferred.choices = [Choice(str(one), name, group=agency) for one, name, _id, agency in choices.services]
        self.preferred_agency.choices = [Choice(str(one), name) for one, name in choices.agencies]
        self.unwanted.choices = self.preferred_agency.choices
        self._fill(questions.known)

    def _fill(self, known: KnownWishes) -> None:
        # What somebody typed is never replaced.
        if not self.is_submitted():
            for name, value in self._values(known.wishes).items():
                self[name].process_data(value)
        wished = known.wishes
        told = (
            ("language", bool(wished.language), known.language_source),
            ("interpreter", wished.interpreter is not None, known.interpreter_source),
            ("access", bool(wished.access), known.wishes_source),
            ("preferred", bool(wished.service), known.wishes_source),
            ("preferred_agency", bool(wished.agency), known.wishes_source),
            ("preferred_worker", bool(wished.worker), known.wishes_source),
            ("unwanted", bool(wished.unwanted), known.wishes_source),
        )
        for name, is_filled, source in told:
            if source:
                self._add_hint(name, f"{source}. {_STILL_RIGHT}" if is_filled else f"{source}.")
        if known.arrangements:
            self._add_hint("access", f"{known.arrangements}.")

    def to_wishes(self) -> Wishes:
        """The wishes as typed."""
        return Wishes(
            language=self.language.data or "",
            interpreter=self.interpreter.data,
            access=tuple(self.access.data or ()),
            service=None if self.preferred.data is None else ServiceId(self.preferred.data),
            agency=None if self.preferred_agency.data is None else AgencyId(self.preferred_agency.data),
            worker=self.preferred_worker.data,
            unwanted=tuple(AgencyId(one) for one in self.unwanted.data or ()),
        )

    def _values(self, known: Wishes) -> dict[str, object]:
        offered = {option.value for option in self.preferred.options()}
        agencies = {option.value for option in self.preferred_agency.options()}
        return {
            "language": known.language,
            "interpreter": known.interpreter,
            "access": known.access,
            # A service that was closed since, and an agency that offers nothing any more, cannot be chosen.
            "preferred": known.service if str(known.service) in offered else None,
            "preferred_agency": known.agency if str(known.agency) in agencies else None,
            "preferred_worker": known.worker,
            "unwanted": tuple(one for one in known.unwanted if str(one) in agencies),
        }

    def _add_hint(self, name: str, line: str) -> None:
        hint = str(self[name].description or "")
        stopped = hint if not hint or hint[-1] in ".?!" else f"{hint}."
        self[name].description = f"{stopped} {line}".strip()
