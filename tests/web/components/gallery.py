"""A small application that shows every component in every state, for tests and for looking at."""

import datetime as dt
from pathlib import Path

from flask import Flask, Response, flash, render_template
from flask_wtf import CSRFProtect
from wtforms import FileField, FormField

from locality.kernel.actor import NOBODY, Actor
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.paging import Page
from locality.kernel.settings import Settings
from locality.web import fields, hidden, page, security, signed_in
from locality.web import triangle as triangles
from locality.web.form import FormWithId, SubForm

ROOT = Path(__file__).parents[3]
SETTINGS = Settings(
    database_url="none",
    redis_url="none",
    secret_key="gallery-only-" + "x" * 32,
    authority_name="Southend demonstration",
    demonstration=True,
)
SOURCES = (
    fields.Choice("school", "School", "A teacher, a pastoral lead or a school nurse"),
    fields.Choice("health", "Health visitor or doctor"),
    fields.Choice("family", "The family themselves"),
)
SCHOOLS = (
    fields.Choice("a", "Bournes Green Infants (invented)", group="Primary"),
    fields.Choice("b", "Hamlet Court Primary (invented)", group="Primary"),
    fields.Choice("c", "Estuary High (invented)", group="Secondary"),
)


class AddressForm(SubForm):
    """A group within the form."""

    line = fields.TextField("First line of the address", max_length=100)
    postcode = fields.PostcodeField(required="Enter a postcode")


class EverythingForm(FormWithId):
    """Every kind of field."""

    given_name = fields.PersonalName("Given name", required="Enter a given name", hint="As the family writes it")
    born_on = fields.DateParts(
        "Date of birth", required="Enter the date of birth", hint="For example, 27 3 2019", birth=True
    )
    source = fields.Radios("Who asked for help?", choices=SOURCES, required="Select who asked for help")
    worried = fields.YesNo("Is anybody in danger now?", required="Select yes if anybody is in danger now")
    reasons = fields.Checkboxes(
        "What is it about?",
        choices=[("sleep", "Sleep"), ("school", "Going to school", "Late or unhappy there"), ("money", "Money")],
        hint="Select all that apply",
        required="Select at least one reason",
    )
    school = fields.Select("School", choices=SCHOOLS)
    said = fields.TextArea(
        "What was said?", called="What was said", hint="In the words of the person", max_length=1500, count=True
    )
    nhs_number = fields.NhsNumber()
    visits = fields.WholeNumber("Visits so far", highest=99)
    email = fields.EmailField()
    password = fields.Password("Password")
    letter = FileField("Letter")
    address = FormField(AddressForm, "Where the child lives")
    not_discussed = fields.Checkbox("Not discussed", hint="Say so when there was no time")
    version = hidden.HiddenNumber(default=1)


ACTOR = Actor(account_id=None, name="Amira Khan", job_title="Health visitor")


def frame(actor: Actor) -> page.Frame:
    """A full frame, whoever acts."""
    nav = tuple(
        page.NavLink(label, f"/{label.lower().replace(' ', '-')}", current=label == "Caseload", number=number)
        for label, number in (
            ("My families", None), ("Caseload", None), ("Inbox", 2), ("Front door", None), ("Triangle", None),
            ("Clusters", None),
        )
    )  # fmt: skip
    if actor is NOBODY:
        return page.Frame(SETTINGS.authority_name, demonstration=True)
    return page.Frame(
        SETTINGS.authority_name,
        demonstration=True,
        actor_name=ACTOR.name,
        job_title=ACTOR.job_title,
        nav=nav,
        may_search=True,
        idle_seconds=1200,
    )


def gallery_app(*, forgery_checks: bool = True) -> Flask:
    """The application; its pages are listed in ``PAGES``."""
    app = Flask("locality", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "locality" / "static"))
    app.config.update(LOCALITY=SETTINGS, SECRET_KEY=SETTINGS.secret_key, TESTING=True, WTF_CSRF_ENABLED=forgery_checks)
    security.install(app, SETTINGS)
    signed_in.install(app)
    CSRFProtect(app)
    app.login_manager.request_loader(lambda _request: signed_in.SignedInUser(ACTOR))  # type: ignore[attr-defined]
    page.configure_templates(app, frame=frame)
    app.jinja_env.globals.update(what_became_of_it=lambda: "nothing")
    app.jinja_loader.searchpath.append(str(Path(__file__).parent / "templates"))  # type: ignore[union-attr]
    app.add_url_rule("/", "home", everything, methods=["GET", "POST"])
    app.add_url_rule("/full", "full", filled)
    app.add_url_rule("/refused", "refused", refused)
    app.add_url_rule("/record", "record", record)
    app.add_url_rule("/caseload", "caseload", caseload)
    app.add_url_rule("/contact", "contact", contact)
    app.add_url_rule("/triangle", "triangle", triangle)
    app.add_url_rule("/broken/<int:status>", "broken", broken, methods=["GET", "POST"])
    app.add_url_rule("/account", "account", nothing)
    app.add_url_rule("/nothing", "nothing", nothing)
    return app


PAGES = ("/", "/full", "/refused", "/record", "/caseload", "/contact", "/nothing", "/triangle", "/broken/404")


def everything() -> Response:
    """The form, empty or as posted."""
    form = EverythingForm()
    if form.validate_on_submit():
        flash(f"Saved what was said about {form.given_name.data}")
    return page.render("gallery/form.html", form=form)


def filled() -> Response:
    """The form with what is known already."""
    form = EverythingForm(
        data={
            "given_name": "Zoë",
            "born_on": dt.date(2019, 3, 27),
            "source": "health",
            "worried": False,
            "reasons": ("sleep", "money"),
            "school": "c",
            "said": "She sleeps <badly> & wakes at four.\nMum is tired.",
            "nhs_number": "9991234567",
            "visits": 3,
            "not_discussed": True,
        }
    )
    return page.render("gallery/form.html", form=form)


def refused() -> Response:
    """The form with a rule's reasons on it."""
    form = EverythingForm()
    form.add_reasons(
        RuleBroken([Reason("given_name", "Zoë is known already"), Reason(None, "The family has withdrawn agreement")])
    )
    return page.render("gallery/form.html", form=form)


def record() -> Response:
    """A child's record."""
    flash("Leah is now at stage 2")
    return page.render("gallery/record.html", today=dt.date(2026, 3, 3))


def caseload() -> Response:
    """A dense list."""
    rows = [
        {
            "family": f"Adeyemi and Novák {n}", "children": "Leah, Tom", "stage": n % 4 + 1, "lead": "Amira Khan",
            "seen": dt.date(2026, 2, n % 27 + 1), "review": dt.date(2026, 3, n % 27 + 1), "late": n % 5 == 0,
            "weight": n % 6 + 1,
        }
        for n in range(50)
    ]  # fmt: skip
    return page.render("gallery/caseload.html", rows=rows, listed=Page(rows, 2, has_next=True, total=148))


def contact() -> Response:
    """Two columns and a decision under each child."""
    return page.render("gallery/contact.html", form=EverythingForm())


def nothing() -> Response:
    """Empty states."""
    return page.render("gallery/nothing.html", listed=Page([], 1, has_next=False))


def triangle() -> Response:
    """The triangle, full and empty."""
    counts = ((4, 38, 3, 6), (3, 212, 9, 31), (2, 540, 48, 96), (1, 610, 0, 0))
    full = [triangles.StageCount(*one, href="/caseload") for one in counts]
    empty = [triangles.StageCount(stage, 0) for stage in (1, 2, 3, 4)]
    return page.render("gallery/triangle.html", drawing=triangles.draw(full), plain=triangles.draw(empty))


def broken(status: int) -> str:
    """A page about a failure."""
    return render_template("errors/error.html", status=status, reasons=["Leah is at stage 2 already"])
