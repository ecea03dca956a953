"""Every component in every state renders to a page that keeps the rules of the house."""

import gzip
import hashlib
import re
import time
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from locality.accounts.rules import sessions
from locality.web import page
from tests.support.page_checks import check_page
from tests.support.pages import Page
from tests.web.components.gallery import PAGES, ROOT, gallery_app

GOOD = {
    "given_name": "Zoë", "born_on-day": "27", "born_on-month": "3", "born_on-year": "2019", "source": "school",
    "worried": "no", "reasons": ["sleep"], "address-postcode": "SS1 2AB", "version": "1",
    "form_id": "7b0c1f6e-3f3a-4a53-9d2b-3a1c7be0f001",
}  # fmt: skip


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return gallery_app(forgery_checks=False).test_client()


def read(client: FlaskClient, path: str) -> Page:
    answer = client.get(path)
    check_page(Page(answer.text), answer.status_code)
    return Page(answer.text)


def send(client: FlaskClient, status: int, **changed: Any) -> Page:
    answer = client.post("/", data={**GOOD, **{name.replace("__", "-"): value for name, value in changed.items()}})
    assert answer.status_code == status
    check_page(Page(answer.text), status)
    return Page(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_gallery_keeps_the_rules(client: FlaskClient, path: str) -> None:
    read(client, path)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_every_page_about_a_failure_keeps_the_rules(client: FlaskClient, status: int) -> None:
    shown = read(client, f"/broken/{status}")
    assert "Leah is at stage 2 already" in shown.main
    assert shown.navigation == []


def test_a_form_sent_empty_says_everything_that_is_missing(client: FlaskClient) -> None:
    answer = client.post("/", data={})
    check_page(Page(answer.text), 422)
    assert Page(answer.text).errors == [
        ("", "Something on this page was out of date. Check your answers and send them again"),
        ("given_name", "Enter a given name"),
        ("born_on-day", "Enter the date of birth"),
        ("source", "Select who asked for help"),
        ("worried", "Select yes if anybody is in danger now"),
        ("reasons", "Select at least one reason"),
        ("address-postcode", "Enter a postcode"),
    ]


def test_a_good_form_is_taken(client: FlaskClient) -> None:
    assert send(client, 200).banner == "Saved what was said about Zoë"


def test_what_was_typed_is_shown_again_beside_its_error(client: FlaskClient) -> None:
    shown = send(client, 422, born_on__month="Mrch", said="<b>" + "x" * 1500, visits="few", reasons=["school", "sleep"])
    form = shown.form()
    assert (form["born_on-month"], form["visits"], form["reasons"]) == ("Mrch", "few", ["sleep", "school"])
    assert form["said"] == "<b>" + "x" * 1500
    assert shown.error_beside("born_on") == "Date of birth must be a real date"
    assert shown.error_beside("said") == "What was said must be 1,500 characters or fewer"
    assert shown.errors[0] == ("born_on-month", "Date of birth must be a real date")


def test_lines_that_begin_a_text_are_not_lost_on_the_way_back(client: FlaskClient) -> None:
    shown = send(client, 422, given_name="", said="first\n\n  second")
    assert shown.form()["said"] == "first\n\n  second"


def test_a_password_never_comes_back(client: FlaskClient) -> None:
    assert send(client, 422, given_name="", password="hunter2 hunter2").form()["password"] == ""


def test_the_same_id_stays_through_a_refusal(client: FlaskClient) -> None:
    assert send(client, 422, given_name="").form()["form_id"] == GOOD["form_id"]


def test_nul_bytes_and_direction_marks_are_shown_and_named(client: FlaskClient) -> None:
    shown = send(client, 422, given_name="Zo\x00\u202eë")
    assert shown.error_beside("given_name") == "Remove the unusual characters (shown as �) from given name"
    assert shown.form()["given_name"] == "Zo��ë"


def test_known_facts_are_shown_in_the_form(client: FlaskClient) -> None:
    form = read(client, "/full").form()
    assert form["given_name"] == "Zoë"
    assert [form[f"born_on-{part}"] for part in ("day", "month", "year")] == ["27", "3", "2019"]
    assert (form["source"], form["worried"], form["school"]) == ("health", "no", "c")
    assert form["reasons"] == ["sleep", "money"]
    assert form["said"] == "She sleeps <badly> & wakes at four.\nMum is tired."


def test_hints_and_errors_are_tied_to_their_inputs(client: FlaskClient) -> None:
    html = client.post("/", data={**GOOD, "given_name": "", "said": "x" * 1501}).text
    assert 'aria-describedby="given_name-hint given_name-error"' in html
    assert 'aria-describedby="said-hint said-error said-info"' in html


def test_an_answer_of_markup_is_text(client: FlaskClient) -> None:
    html = client.post("/", data={**GOOD, "given_name": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in html
    assert '"><script>alert(1)</script>' in unescape(html)


def test_a_missing_token_is_refused_before_anything_is_read() -> None:
    assert gallery_app().test_client().post("/", data=GOOD).status_code == 400


def test_what_was_typed_in_a_page_that_was_open_too_long_is_given_back(client: FlaskClient) -> None:
    said = "She sleeps </textarea> badly & wakes."
    answer = client.post("/broken/400", data={"said": said, "password": "four random words here", "form_id": "x" * 36})
    check_page(Page(answer.text), 200)
    assert Page(answer.text).tree.css("textarea")[0].text().strip() == said
    assert "random words" not in answer.text


def test_the_compiled_files_are_those_of_the_sources() -> None:
    folder = ROOT / "frontend"
    sources = sorted(
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.suffix in {".js", ".mjs", ".scss"}
    )
    told = hashlib.sha256()
    for name in sources:
        told.update(f"{name}\n".encode() + (folder / name).read_bytes())
    built = (folder / "built-from.txt").read_text(encoding="utf-8").strip()
    assert told.hexdigest() == built, "run `npm ci --ignore-scripts && npm run build` and commit what it makes"


def test_the_frame_says_where_one_is_and_who(client: FlaskClient) -> None:
    shown = read(client, "/caseload")
    assert shown.navigation == ["My families", "Caseload", "Inbox 2", "Front door", "Triangle", "Clusters"]
    assert "Amira Khan · Health visitor" in shown.text
    assert "Synthetic demonstration data" in shown.text
    assert 'aria-current="true">Caseload' in shown.html


def test_a_record_says_who_it_is_about_and_why_it_is_shown(client: FlaskClient) -> None:
    shown = read(client, "/record")
    assert shown.row("Religion") == "Not known"
    assert shown.row("NHS number") == "999 123 4567"
    assert "You see this because you are in the team around Leah" in shown.text
    assert "Stage 3 Targeted since 3 March 2026" in shown.text


def test_a_list_says_which_page_it_is_and_keeps_its_filters(client: FlaskClient) -> None:
    shown = read(client, "/caseload")
    assert shown.links["Next page"] == "/caseload?page=3&stage=3"
    assert "Page 2 of 3" in shown.main
    assert len(shown.table("Families")) == 50


def test_empty_lists_say_what_will_appear(client: FlaskClient) -> None:
    shown = read(client, "/nothing")
    assert shown.table("Referrals") == []
    assert "Referrals appear here when the front door sends them." in shown.main
    assert shown.links["Book a review"] == "/"


def test_the_page_warns_when_the_session_really_ends() -> None:
    assert sessions.IDLE_LIMIT.total_seconds() == page.IDLE_MINUTES * 60


def test_a_dense_page_renders_quickly(client: FlaskClient) -> None:
    client.get("/caseload")
    best = min(_seconds(client, "/caseload") for _ in range(5))
    assert best < 0.05  # measured 2.3 ms; the limit only catches a slip of an order of magnitude


def test_a_first_visit_is_light(client: FlaskClient) -> None:
    static = ROOT / "locality" / "static"
    files = [static / name for name in ("app.css", "app.js", "boot.js", "icon.svg")]
    packed = sum(len(gzip.compress(file.read_bytes())) for file in files)
    font = (static / "fonts" / "atkinson-hyperlegible-next-latin.woff2").stat().st_size
    words = len(gzip.compress(client.get("/caseload").data))
    assert packed + font + words < 80_000


def test_static_files_are_ours_and_stand_beside_their_licences() -> None:
    static = ROOT / "locality" / "static"
    style = (static / "app.css").read_text(encoding="utf-8")
    assert "GDS Transport" not in style
    assert re.findall(r"url\(\"?(?!\"?fonts/|\"?/static/|\"?data:)[^)]*", style) == []
    for kept in re.findall(r"url\(\"?(?:/static/)?((?:fonts|images)/[^)\"]*)", style):
        assert (static / kept).is_file()
    for name in ("licences/LICENSE-govuk-frontend.txt", "licences/LICENSE-moj-frontend.txt"):
        assert "MIT" in (static / name).read_text(encoding="utf-8")
    assert "OFL" in (static / "fonts" / "LICENSE-atkinson-hyperlegible-next.txt").read_text(encoding="utf-8")


def _seconds(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return time.perf_counter() - began
