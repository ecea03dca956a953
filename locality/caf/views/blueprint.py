"""The one blueprint of the CAF room; each module of pages adds to it."""

from flask import Blueprint

blueprint = Blueprint("caf", __name__)
