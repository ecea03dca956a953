"""The one blueprint of the consent room; each module of pages adds to it."""

from flask import Blueprint

blueprint = Blueprint("consent", __name__)
