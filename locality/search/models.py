"""The search room's one table: the words that names are made of.

People are found through it in two steps: a typed word finds the words like it here (a few hundred thousand short rows
at a million people), and those words find people through an index over arrays. The database keeps it: a trigger on the
people table adds new words, so that bulk loading needs no second step. The application itself cannot read it; only the
search functions do (a rare surname would say that somebody of that name is on record).
"""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base


class SearchWord(Base):
    """One word that stands in somebody's name, in plain letters.

    ``sound`` is its double metaphone; ``slips`` are the word and what is left when any one letter is dropped: two words
    share one when they are a single typing error apart.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        Index("search_word_start_idx", "word", postgresql_ops={"word": "text_pattern_ops"}),
        Index("search_word_sound_idx", "sound"),
        Index("search_word_slips_idx", "slips", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index(
            "search_word_alike_idx",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},
        ),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    sound: Mapped[str]
    slips: Mapped[list[str]]
