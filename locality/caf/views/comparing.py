"""Two versions of a family's CAF side by side."""

import uuid
from itertools import groupby

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.scope import facts_of_record
from locality.caf.queries.cases import get_case
from locality.caf.queries.children import list_children
from locality.caf.queries.comparing import read_fields
from locality.caf.queries.sections import VersionRow, list_versions
from locality.caf.rules.comparing import compare
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import family_heading
from locality.caf.views.keeping_out import elements_kept_out
from locality.kernel.actor import Actor
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId
from locality.web import page
from locality.web.endpoint import requires


def compared_facts(session: Session, actor: Actor, *, episode_id: EpisodeId) -> AccessFacts | None:
    """What the policy asks about reading an episode's assessments; one statement."""
    return facts_of_record(session, actor, "SELECT about FROM episode WHERE id = %(id)s", ("episode", episode_id))


@blueprint.get("/episodes/<uuid:episode_id>/caf/compare")
@requires(Permission.CAF_VIEW, facts=compared_facts, reads=Part.ASSESSMENT)
def compare_versions(episode_id: EpisodeId) -> ResponseReturnValue:
    """What two versions of a family's CAF do not say alike; the last two, unless others are chosen."""
    session = db.session()
    case = get_case(session, episode_id)
    versions = list_versions(session, episode_id)
    old, new = _chosen(versions)
    groups, same = [], 0
    if old is not None and new is not None:
        called = {child.id: child.called for child in list_children(session, case.about)}
        fields, texts = read_fields(session, [old.id, new.id], called)
        kept_out = elements_kept_out(case.about)
        fields = tuple(field for field in fields if field.key.code not in kept_out)
        found, same = compare(fields, texts[old.id], texts[new.id])
        groups = [(of, list(rows)) for of, rows in groupby(found, key=lambda one: one.field.of)]
    return page.render(
        "caf/compare.html",
        who=family_heading(case),
        case=case,
        versions=versions,
        old=old,
        new=new,
        groups=groups,
        same=same,
    )


def _chosen(versions: tuple[VersionRow, ...]) -> tuple[VersionRow | None, VersionRow | None]:
    """The two versions that the address names; else the last and the one before it."""
    by_id = {one.id: one for one in versions}
    old, new = by_id.get(_id("old")), by_id.get(_id("new"))  # type: ignore[call-overload]
    if new is None:
        new = versions[0] if versions else None
    if old is None:
        old = next((one for one in versions if new is not None and one.version_no < new.version_no), None)
    return old, new


def _id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None
