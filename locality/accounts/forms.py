"""Forms of the accounts room."""

import uuid
from collections.abc import Iterable

from locality.accounts.operations.accounts import NewAccount
from locality.accounts.operations.mending import HandOverWork
from locality.accounts.operations.passwords import PasswordHash
from locality.accounts.operations.roles import RoleToGive
from locality.accounts.queries.places import Place
from locality.accounts.queries.roles import NamedAccount
from locality.accounts.rules.mending import HAND_OVER_WORDS, HandOver
from locality.accounts.rules.passwords import PASSWORD_MAX
from locality.accounts.rules.roles import SCOPES_WITHOUT_PLACE, scope_words
from locality.kernel.actor import ROLE_LABELS, Role, ScopeKind
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import AccountId
from locality.web.fields import Choice, DateParts, EmailField, Password, PersonalName, Radios, Select, TextField
from locality.web.form import Form, FormWithId
from locality.web.period import PeriodForm

_OFFICE = "Use their work address. They sign in with it"


class SignInForm(Form):
    """Who is it, and can they prove it."""

    email = TextField(
        "Email address",
        max_length=254,
        required="Enter your email address",
        look={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )
    password = Password(max_length=PASSWORD_MAX, required="Enter your password")


class TakeBackForm(Form):
    """The password of whoever handed the device over."""

    password = Password("Your password", max_length=PASSWORD_MAX, required="Enter your password")


class ChangePasswordForm(Form):
    """One's own new password."""

    current_password = Password("Current password", max_length=PASSWORD_MAX, required="Enter your current password")
    new_password = Password(
        "New password",
        new=True,
        max_length=PASSWORD_MAX,
        required="Enter a new password",
        hint="At least 12 characters. Three random words work well",
    )
    again = Password("New password again", new=True, max_length=PASSWORD_MAX, required="Enter the new password again")

    def refuse_if_different(self) -> bool:
        """Whether the two new passwords differ; says so beside the second."""
        if self.new_password.data == self.again.data:
            return False
        self.add_reasons(RuleBroken([Reason("again", "The two new passwords are not the same")]))
        return True


class NewAccountForm(FormWithId):
    """Somebody who is to sign in."""

    keeps_draft = True

    name = PersonalName("Full name", required="Enter their full name")
    email = EmailField(
        "Work email address",
        required="Enter their email address",
        hint=_OFFICE,
        look={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )
    job_title = TextField(
        "Job title", max_length=100, required="Enter their job title", hint="For example, health visitor"
    )

    def to_command(self, password_hash: PasswordHash) -> NewAccount:
        """The account to make, with the hash of its first password."""
        return NewAccount(
            id=self.form_id.data,
            email=self.email.data,
            name=self.name.data,
            job_title=self.job_title.data,
            password_hash=password_hash,
        )


class RoleForm(Form):
    """A role to give, and where."""

    role = Radios("Role", required="Select a role", choices=[(role.value, ROLE_LABELS[role]) for role in Role])
    where = Select("Where the role applies", required="Select where the role applies")
    until_on = DateParts(
        "Last day (optional)", called="Last day", hint="The role ends after this day. Leave empty if not known"
    )

    def offer_places(self, places: Iterable[Place]) -> None:
        """Set the places to choose from: the whole authority, one's own families, and every place by kind."""
        fixed = [Choice(kind.value, scope_words(kind, None)) for kind in (ScopeKind.AUTHORITY, ScopeKind.NONE)]
        kinds = [ScopeKind.LOCALITY, ScopeKind.CLUSTER, ScopeKind.TEAM, ScopeKind.SERVICE]
        ordered = sorted(places, key=lambda place: (kinds.index(place.kind), place.name.casefold()))
        named = [Choice(f"{place.kind.value} {place.id}", place.name, group=_GROUPS[place.kind]) for place in ordered]
        self.where.choices = [*fixed, *named]

    def to_command(self) -> RoleToGive:
        """The role to give; ``where`` holds only what was offered."""
        kind_text, _, place = self.where.data.partition(" ")
        kind = ScopeKind(kind_text)
        place_id = None if kind in SCOPES_WITHOUT_PLACE else uuid.UUID(place)
        return RoleToGive(Role(self.role.data), kind, place_id, self.until_on.data)


_GROUPS = {
    ScopeKind.LOCALITY: "Localities",
    ScopeKind.CLUSTER: "Clusters",
    ScopeKind.TEAM: "Teams",
    ScopeKind.SERVICE: "Services",
}


class DisableForm(Form):
    """Why an account is to be shut."""

    keeps_draft = True

    reason = TextField(
        "Why is this account being disabled?",
        called="Reason",
        max_length=200,
        required="Enter why the account is being disabled",
        hint="For example, left on 3 March. Other administrators and the data protection lead can read this",
    )


class ActionForm(Form):
    """A button: nothing to fill in, but something may stand against it."""


class TrailForm(PeriodForm):
    """Which events of the audit trail to show."""

    reference = TextField(
        "Whose record",
        max_length=200,
        hint="Their whole name, or their reference, for example PE-7K3M-42P",
        look={"autocomplete": "off", "spellcheck": "false"},
    )
    who = TextField(
        "Who looked",
        max_length=254,
        hint="Their email address or full name",
        look={"autocomplete": "off", "spellcheck": "false"},
    )
    from_on = DateParts("From")  # again, to come after the questions above
    until_on = DateParts("To")


class HandOverForm(Form):
    """Who sees to failed work, and how."""

    to = Select("Who will see to it?", called="Name", required="Select who will see to it")
    how = Radios(
        "What will they do?",
        called="What they will do",
        required="Select what they will do",
        choices=[(how.value, HAND_OVER_WORDS[how]) for how in HandOver],
    )

    def offer_people(self, people: Iterable[NamedAccount]) -> None:
        """Set the people to choose from."""
        self.to.choices = [Choice(str(person.id), f"{person.name}, {person.job_title}") for person in people]

    def to_command(self, message_id: uuid.UUID) -> HandOverWork:
        """The hand-over of one piece of work."""
        return HandOverWork(message_id, AccountId(uuid.UUID(self.to.data)), HandOver(self.how.data))
