"""The command that takes in a list of postcodes, as an operator meets it."""

import argparse
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from locality.people import api as people
from locality.people.room import ROOM

COMMAND = ROOM.commands[0]


def run(file: Path) -> int:
    parser = argparse.ArgumentParser()
    COMMAND.arguments(parser)
    return COMMAND.run(parser.parse_args([str(file)]))


def test_a_list_is_taken_in_and_counted(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.csv"
    wrong = "".join(f"nonsense {number},1,2\n" for number in range(25))
    file.write_text(f"postcode,easting,northing\nSS2 6ER,1,2\n{wrong}", encoding="utf-8")
    assert run(file) == 0
    said = capsys.readouterr()
    assert said.out == "1 postcodes in the list; 25 lines left out\n"
    assert "Line 3: write a full postcode, like SS1 2AB" in said.err
    assert "… and 5 more lines" in said.err
    assert people.postcode_known(session, "SS2 6ER")


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), ("a,b\n1,2\n", "The file needs the columns")])
def test_what_cannot_be_read_is_said_in_one_line(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, words: str
) -> None:
    file = tmp_path / "list.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert run(file) == 1
    assert words in capsys.readouterr().err
