"""All the answers of a request together: what is still missing, how they read, and what the front door receives."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from locality.asking.forms import people, question
from locality.asking.forms.base import Question
from locality.asking.operations.sending import SendRequest
from locality.asking.queries import Request
from locality.asking.rules.flow import ADULTS, CHECK, CHILDREN, LOOPS, Answered, Kind, path
from locality.asking.rules.typing import ON_RECORD
from locality.kernel.ids import ContactId, PersonId
from locality.people import api as people_api
from locality.referrals import api as referrals

_MINE = {
    "parent": people_api.RelationKind.PARENT,
    "relative": people_api.RelationKind.OTHER,
    "carer": people_api.RelationKind.CARER,
}
_SOURCES = {"self": referrals.Source.SELF, "friend": referrals.Source.ACQUAINTANCE}
# The account travels on, into summaries for services. How somebody is reached safely, and who must not be told, does
# not: it stands with whoever got in touch, and as a told fact of where they are.
_IN_THE_ACCOUNT = ("worries", "going-well", "done-so-far", "who-helps", "family-view", "language", "no-agreement")
_NOT_IN_THE_ACCOUNT = frozenset({"wants"})
_AGREEMENTS = {"no": referrals.AgreementKnown.REFUSED, "some": referrals.AgreementKnown.SOME}


class Whole:
    """A request's answers as forms, each checked once."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @cached_property
    def answered(self) -> Answered:
        """What the flow asks about the answers."""
        agreement = self._raw("agreement", "agreement")
        return Answered(
            worried_about_harm=self._raw("harm", "worried") == "yes",
            family_agrees=agreement in ("", referrals.AgreementKnown.AGREED.value),
            wants_email=bool(self._raw("reach-you", "email")),
        )

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The pages that these answers lead through, without the check."""
        return tuple(page for page in path(self.request.kind, self.answered) if page != CHECK)

    @cached_property
    def forms(self) -> dict[tuple[str, int], Question]:
        """Every page that has been written on, checked; those of children and adults by their number."""
        made = {}
        for (page, item), saved in self.request.pages.items():
            form = question(self.request.kind, page, item).of(saved.texts)
            form.validate()
            made[page, item] = form
        return made

    @cached_property
    def unfinished(self) -> tuple[tuple[str, int], ...]:
        """Pages of the path that were not turned, whose answers will not do, or have two and wait for a choice."""
        return tuple(place for place in self._places() if not self._is_done(place))

    @cached_property
    def to_go_on(self) -> tuple[str, int] | None:
        """Where to go on writing: the first place that is not finished, or a list before it that was never turned.

        Nobody has to add an adult, but is asked for them once. None: only the check of the answers is left.
        """
        missing = next(iter(self.unfinished), None)
        if missing is None:
            return None
        before = self.path[: self.path.index(missing[0])]
        unturned = (page for page in before if page in LOOPS and self.request.page(page) is None)
        return next(((page, 0) for page in unturned), missing)

    def blank(self, page: str) -> Question:
        """The form of a page on which nothing has been written."""
        return question(self.request.kind, page).of({})

    def items(self, page: str) -> tuple[tuple[int, Any], ...]:
        """The children or adults so far: number and form."""
        return tuple((item, self.forms[page, item]) for item in self.request.items(page))

    @cached_property
    def on_record(self) -> dict[int, PersonId]:
        """The children on record for whom the request was begun, by their number in it."""
        saved = {item: self.request.pages[CHILDREN, item].texts for item in self.request.items(CHILDREN)}
        return {item: PersonId(UUID(texts[ON_RECORD][0])) for item, texts in saved.items() if ON_RECORD in texts}

    def is_on_record(self, page: str, item: int) -> bool:
        """Whether a child is one from whose record, or from whose family's, the request was begun."""
        return page == CHILDREN and item in self.on_record

    def next_item(self, page: str) -> int:
        """The number of one child or adult more; 1 is kept for the one on record."""
        numbers = [number for name, number in self.request.pages if name == page]
        kept = 1 if self.request.for_person_id is not None and page == CHILDREN else 0
        return max([kept, *numbers]) + 1

    def to_command(self, now: datetime) -> SendRequest:
        """The request as the front door receives it; only for one with nothing unfinished."""
        told = tuple(line for page in self.path if page not in LOOPS for line in self._told(page))
        return SendRequest(
            request_id=self.request.id,
            contact=self._contact(now),
            children=tuple(self._child(item, form) for item, form in self.items(CHILDREN)),
            adults=tuple(self._adults()),
            told=told,
            teller=self._teller(),
            own_words=self._is_of_the_family,
            confirm_to=self._confirm_to(),
        )

    def _places(self) -> Iterator[tuple[str, int]]:
        for page in self.path:
            if page in LOOPS:
                yield from ((page, item) for item in self.request.items(page))
                if page == CHILDREN and not self.request.items(page):
                    yield page, 0
            else:
                yield page, 0

    def _is_done(self, place: tuple[str, int]) -> bool:
        saved = self.request.pages.get(place)
        if saved is None or not saved.done or saved.beside:
            return False
        if place == (CHILDREN, 0) and not self.request.items(CHILDREN):
            return False
        return not self.forms[place].has_errors

    def _raw(self, page: str, name: str) -> str:
        saved = self.request.page(page)
        texts = saved.texts.get(name, []) if saved is not None else []
        return texts[0].strip() if texts else ""

    @property
    def _is_of_the_family(self) -> bool:
        """Whether the child or the family asks, not somebody who knows them."""
        return self._source() in (referrals.Source.FAMILY, referrals.Source.SELF)

    def _told(self, page: str) -> tuple[people_api.Told, ...]:
        if page == "reach-you":  # a neighbour's number is no fact about the child
            own = self._is_of_the_family
            return (people_api.Told(people_api.Topic.SAFE_CONTACT, self._safe_contact()),) if own else ()
        return people_api.told_from(self.forms[page, 0].answers())

    def _teller(self) -> str:
        """Who told it, as every reader of the story may know; never a referrer who is to be kept private."""
        referrer = self._referrer()
        return referrals.teller_of(
            self._source(), agency=referrer.organisation, name=referrer.name, private=referrer.keep_private
        )

    def _contact(self, now: datetime) -> referrals.NewContact:
        is_family = self.request.kind is Kind.FAMILY
        reasons = () if is_family else tuple(self.forms["reasons", 0].reasons.data)
        return referrals.NewContact(
            contact_id=ContactId(self.request.contact_id),
            received_at=now,
            source=self._source(),
            children=(),
            what_said=self._account(),
            reasons=reasons,
            main_reason=self._main_reason(reasons),
            family_wants=self._text("would-help", "would_help") if is_family else self._text("family-view", "wants"),
            source_agency=None if is_family else self._text("your-work", "organisation"),
            agreement_known=self._agreement(),
            safeguarding_concern=self.answered.worried_about_harm,
            referrer=self._referrer(),
            answers_told=True,
        )

    def _text(self, page: str, name: str) -> str:
        form = self.forms.get((page, 0))
        return "" if form is None else str(getattr(form, name).data or "")

    def _source(self) -> referrals.Source:
        if self.request.kind is Kind.PROFESSIONAL:
            return referrals.Source(self._text("your-work", "source"))
        return _SOURCES.get(self._text("you", "who"), referrals.Source.FAMILY)

    def _main_reason(self, reasons: tuple[referrals.ContactReason, ...]) -> referrals.ContactReason | None:
        if len(reasons) == 1:
            return reasons[0]
        chosen = self._text("reasons", "main_reason")
        return referrals.ContactReason(chosen) if chosen else None

    def _agreement(self) -> referrals.AgreementKnown:
        if self.request.kind is Kind.PROFESSIONAL:
            return referrals.AgreementKnown(self._text("agreement", "agreement"))
        return _AGREEMENTS.get(self._text("sharing", "agreed"), referrals.AgreementKnown.AGREED)

    def _referrer(self) -> referrals.Referrer:
        if self.request.kind is Kind.FAMILY:
            you, reach = self.forms["you", 0], self.forms["reach-you", 0]
            return referrals.Referrer(
                name=_name(you), role=dict(you.lines()).get(you.who.label.text, ""), phone=reach.phone.data,
                email=self._confirm_to() or "", safe_contact=self._safe_contact(), sharing=self._sharing(),
            )  # fmt: skip
        work, feedback = self.forms["your-work", 0], self.forms["feedback", 0]
        return referrals.Referrer(
            name=work.name.data, role=work.role.data, organisation=work.organisation.data, phone=work.phone.data,
            email=work.email.data, keep_private=bool(feedback.keep_private.data),
            wants_feedback=bool(feedback.wants_feedback.data),
        )  # fmt: skip

    def _confirm_to(self) -> str | None:
        if self.request.kind is Kind.PROFESSIONAL:
            return self._text("your-work", "email") or None
        wanted = self.forms.get(("email", 0))
        return self._text("reach-you", "email") if wanted is not None and wanted.wants_email.data else None

    def _safe_contact(self) -> str:
        """The ways that are safe, and when. An address for which messages were refused is for a person to write to."""
        reach = self.forms["reach-you", 0]
        ways = dict(reach.lines()).get(reach.ways.label.text, "")
        refused = reach.email.data if reach.email.data and self._confirm_to() is None else ""
        no_messages = f"No automatic messages to {refused}" if refused else ""
        return "\n".join(part for part in (ways, reach.when_safe.data, no_messages) if part)

    def _sharing(self) -> str:
        """Whom the family agrees that we talk to, when that is not everybody, and whom we must not."""
        form = self.forms["sharing", 0]
        whom = dict(form.lines()).get(form.whom.label.text, "") if form.agreed.data == "some" else ""
        parts = (f"Only: {whom}" if whom else "", f"Not: {form.not_whom.data}" if form.not_whom.data else "")
        return "\n".join(part for part in parts if part)

    def _account(self) -> str:
        """What was said, question by question, for whoever screens it."""
        parts = []
        for page in _IN_THE_ACCOUNT:
            form = self.forms.get((page, 0))
            if form is not None and page in self.path:
                parts += [
                    f"{f.label.text}\n{words}" for f, words in _answers(form) if f.name not in _NOT_IN_THE_ACCOUNT
                ]
        parts += [self._about_children(), self._about_adults()]
        return "\n\n".join(part for part in parts if part)

    def _about_children(self) -> str:
        schools = [f"{form.called}: {form.school.data}" for _, form in self.items(CHILDREN) if form.school.data]
        return "\n".join(["School, nursery or college", *schools]) if schools else ""

    def _about_adults(self) -> str:
        told = [
            f"{form.called}: {'lives' if form.lives_here.data else 'does not live'} with the children"
            for _, form in self.items(ADULTS)
        ]
        return "\n".join(["Adults", *told]) if told else ""

    def _home(self) -> dict[str, Any]:
        home = self.forms["home", 0]
        where = {"address": home.address.data, "postcode": people_api.tidy_postcode(home.postcode.data)}
        return where | {"hide_address": bool(home.hide_address.data)}

    def _language(self) -> dict[str, Any]:
        form = self.forms.get(("language", 0))
        if form is None:
            return {"first_language": self._text("family-view", "language")}
        return {"first_language": form.language.data, "interpreter_needed": form.interpreter.data}

    def _child(self, item: int, form: Any) -> referrals.ToldPerson:
        if item in self.on_record:
            return referrals.ToldPerson(existing=self.on_record[item], **self._home())
        number = getattr(form, "nhs_number", None)
        return referrals.ToldPerson(
            given_name=form.given_name.data,
            family_name=form.family_name.data or self._name_of_baby(form),
            born_on=form.born_on.data,
            due_on=form.due_on.data if form.is_born.data is False else None,
            nhs_number=people_api.tidy_nhs_number(number.data) if number is not None and number.data else None,
            **self._home(),
            **self._language(),
        )

    def _name_of_baby(self, form: Any) -> str:
        """The surname under which a baby on the way is kept that was given no name: its mother's, where she is told of.

        Else that of the parent who asks, or of a brother or sister; a baby is known by its family until it is named.
        """
        if form.given_name.data or form.is_born.data is not False:
            return ""
        mothers = [one for _, one in self.items(ADULTS) if one.relation.data is people_api.RelationKind.MOTHER]
        asker = self.forms.get(("you", 0))
        parents = [asker] if asker is not None and asker.who.data == "parent" else []
        children = [one for _, one in self.items(CHILDREN)]
        return next((one.family_name.data for one in (*mothers, *parents, *children) if one.family_name.data), "")

    def _adults(self) -> Iterator[referrals.ToldAdult]:
        """The asker, and the others: two of one name may be father and grandfather; "this is me" says who it is."""
        grown = [form for _, form in self.items(ADULTS)]
        me = next((form for form in grown if isinstance(form, people.YourAdult) and form.is_me.data), None)
        mine = self._asker(me)
        if mine is not None:
            yield mine
        yield from (self._adult(form) for form in grown if mine is None or form is not me)

    def _asker(self, me: Any) -> referrals.ToldAdult | None:
        you = self.forms.get(("you", 0))
        if you is None or you.who.data not in _MINE:
            return None
        reach, home = self.forms["reach-you", 0], self._home()
        if me is None:  # nobody said where the asker lives: with a secret address no number is given away either
            home = {"hide_address": home["hide_address"]}
        return referrals.ToldAdult(
            given_name=you.given_name.data, family_name=you.family_name.data,
            relation=_MINE[you.who.data] if me is None else me.relation.data, phone=reach.phone.data,
            email=reach.email.data, **self._language(), **(home if me is None or me.lives_here.data else {}),
        )  # fmt: skip

    def _adult(self, form: Any) -> referrals.ToldAdult:
        home = self._home() if form.lives_here.data else {}
        is_known = isinstance(form, people.KnownAdult)
        return referrals.ToldAdult(
            given_name=form.given_name.data,
            family_name=form.family_name.data,
            relation=form.relation.data,
            born_on=form.born_on.data if is_known else None,
            phone=form.phone.data if is_known else "",
            **home,
        )


def _name(form: Any) -> str:
    return " ".join(part for part in (form.given_name.data, form.family_name.data) if part)


def _answers(form: Question) -> Iterator[tuple[Any, str]]:
    lines = dict(form.lines())
    yield from ((field, lines[field.label.text]) for field in form.questions() if field.label.text in lines)
