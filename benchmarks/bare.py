"""The limit for pages: the same rows from the same database by the same framework and server, and nothing else.

No sign-in, no access control, no audit, no form, no layout beyond a table. It connects as the database's superuser, so
row-level security costs it nothing.
"""

import os
import uuid

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from jinja2 import Template
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""

_CASELOAD = text(
    "SELECT e.reference, n.family_name, n.child_names, e.children, e.stage, e.lead_name, e.last_seen_on,"
    " e.next_review_on, e.weight, e.flags FROM caseload_entry e JOIN caseload_name n USING (episode_id)"
    " WHERE e.cluster_id = :cluster ORDER BY e.next_review_on, e.episode_id LIMIT 50"
)
# The heading of the record and the person's families; then the story.
_RECORD = text(
    "SELECT p.reference, p.given_name, p.family_name, p.born_on, s.name AS school, t.stage, t.from_on,"
    " (SELECT r.name FROM episode_child c JOIN episode e ON e.id = c.episode_id AND e.state = 'open'"
    "  JOIN case_role r ON r.episode_id = e.id AND r.kind = 'lead_professional' AND r.until_on IS NULL"
    "  WHERE c.person_id = p.id LIMIT 1) AS lead"
    " FROM person p LEFT JOIN enrolment n ON n.person_id = p.id AND n.until_on IS NULL"
    " LEFT JOIN school s ON s.id = n.school_id"
    " LEFT JOIN stage_span t ON t.person_id = p.id AND t.until_on IS NULL AND NOT t.is_void WHERE p.id = :person"
)
_FAMILIES = text(
    "SELECT f.id, f.name FROM family f JOIN family_member m ON m.family_id = f.id"
    " WHERE m.person_id = :person AND m.until_on IS NULL"
)
_STORY = text(
    "SELECT happened_on, kind, line, source FROM chronology_entry WHERE person_id = :person"
    " ORDER BY happened_on DESC, recorded_at DESC, id LIMIT 51"
)
_SEARCH = text(
    "WITH near AS MATERIALIZED (SELECT id FROM person WHERE f_norm(family_name) = f_norm(:name) LIMIT 200)"
    " SELECT p.reference, p.given_name, p.family_name, p.born_on FROM near JOIN person p USING (id)"
    " ORDER BY f_norm(p.family_name), f_norm(p.given_name) LIMIT 50"
)
_TRIANGLE = text(
    "SELECT month, stage, sum(entered), sum(left_stage), sum(up_in), sum(down_in) FROM stage_month"
    " WHERE month > (SELECT max(month) FROM stage_month) - interval '13 months' GROUP BY 1, 2 ORDER BY 1, 2"
)
_SAVE_ELEMENT = text("UPDATE element_answer SET strengths = :words, version = version + 1 WHERE id = :row")
_SAVE_SECTION = text(
    "UPDATE section_answer SET facts = jsonb_build_object('story', CAST(:words AS text)), version = version + 1"
    " WHERE id = :row"
)
_ONE = text("SELECT reference, given_name, family_name FROM person WHERE id = :person")


class Base(DeclarativeBase):
    """No tables of its own."""


def create_bare() -> Flask:  # noqa: C901 - six pages side by side read better than a class of them
    """The bare application on the database of ``BARE_DATABASE_URL``."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "pool_size": 8}
    db = SQLAlchemy(app, model_class=Base)
    page = Template(_PAGE, autoescape=True)

    def rows_of(*queries: tuple[object, dict[str, object]]) -> str:
        rows = [row for query, values in queries for row in db.session.execute(query, values)]  # type: ignore[call-overload]
        html: str = page.render(title="Bare page", rows=rows)
        return html

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.get("/one-row")
    def one_row() -> str:
        return rows_of((_ONE, {"person": uuid.UUID(request.args["person"])}))

    @app.get("/caseload")
    def caseload() -> str:
        return rows_of((_CASELOAD, {"cluster": uuid.UUID(request.args["cluster"])}))

    @app.get("/record")
    def record() -> str:
        person: dict[str, object] = {"person": uuid.UUID(request.args["person"])}
        return rows_of((_RECORD, person), (_FAMILIES, person), (_STORY, person))

    @app.get("/search")
    def search() -> str:
        return rows_of((_SEARCH, {"name": request.args["name"]}))

    @app.get("/triangle")
    def triangle() -> str:
        return rows_of((_TRIANGLE, {}))

    def written(statement: object) -> tuple[str, int, dict[str, str]]:
        db.session.execute(statement, {"words": request.form["words"], "row": uuid.UUID(request.form["row"])})  # type: ignore[call-overload]
        db.session.commit()
        return "", 302, {"Location": "/one-row"}

    @app.post("/save-section")
    def save_section() -> tuple[str, int, dict[str, str]]:
        return written(_SAVE_SECTION)

    @app.post("/save-element")
    def save_element() -> tuple[str, int, dict[str, str]]:
        return written(_SAVE_ELEMENT)

    return app
