"""Every component in every state renders to a page that keeps the rules of the house."""

import pytest
from flask.testing import FlaskClient

from tests.support.page_checks import check_page
from tests.web.components.gallery import PAGES, gallery_app


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return gallery_app(forgery_checks=False).test_client()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_gallery_keeps_the_rules(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    check_page(answer.text, answer.status_code)
