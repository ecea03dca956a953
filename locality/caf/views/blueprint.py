"""The one blueprint of the CAF room; each module of pages adds to it."""

from flask import Blueprint

from locality.caf.rules.answers import differences

blueprint = Blueprint("caf", __name__)
# {{ old | what_changed(new) }}: both texts as one run, for a page to mark what differs.
blueprint.add_app_template_filter(differences, "what_changed")
