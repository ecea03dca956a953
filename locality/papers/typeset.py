"""A paper as a PDF that screen readers can read: PDF/UA-1, tagged, with language and title.

The layout (``paper.typ``) is ours and fixed. What people wrote goes in as data: nothing in it is ever an instruction.
"""

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

import typst

from locality.papers.glyphs import spelt_out
from locality.papers.paper import Paper, to_json

_HERE = Path(__file__).parent
_LAYOUT = _HERE / "paper.typ"
_FONTS = _HERE / "fonts"
_STANDARD: Final = "ua-1"


def pdf_of(paper: Paper, *, made_on: dt.date, large: bool = False) -> bytes:
    """The paper as PDF bytes; ``large`` sets it in large print (18 point). The same paper gives the same bytes."""
    held = to_json(paper) | {"large": large, "made": [made_on.year, made_on.month, made_on.day]}
    data = spelt_out(json.dumps(held, ensure_ascii=False))
    made = _compiler().compile(sys_inputs={"paper": data}, format="pdf", pdf_standards=[_STANDARD])
    return cast(bytes, made)


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    # The fonts of this folder and no others: the same paper looks the same on every machine.
    return typst.Compiler(input=str(_LAYOUT), root=str(_HERE), font_paths=[str(_FONTS)], ignore_system_fonts=True)
