"""What workers write in the sections of free words of an assessment, in the families that are there to show it."""

from locality.demo import days
from locality.demo.batch import NULL, document
from locality.demo.helping import Episode
from locality.demo.teller import Teller


def write_sections(t: Teller, episode: Episode, caf_id: str, day: int) -> None:
    """The whole story, the home, how to reach the worker, and what each child needs to take part."""
    worker, carer = episode.worker, t.family.carer.person.called
    names = " and ".join(child.called for child in episode.children)
    said = episode.referral.decision.summary
    sections: list[tuple[str, str, str, dict[str, str]]] = [
        ("story", NULL, episode.about, {
            "story": f"{said}\n\n{carer} asked for help early and knows what she wants. What is hard hangs together: "
            f"when evenings are calmer, mornings are too. {names} like being asked.",
        }),
        ("home", NULL, episode.about, {
            "living": f"{carer} and {names}. An aunt lives near by and helps at weekends.",
            "changes": "Shifts at work have changed; otherwise nothing new.",
        }),
        ("writers", NULL, episode.about, {"reach": "By telephone at work, Monday to Friday", "others": ""}),
    ]  # fmt: skip
    sections += [
        ("needs_to_take_part", child.id, "{" + child.id + "}",
         {"child": f"{child.called} likes to draw while talking.", "parents": "Meetings after half past nine.",
          "learning": "", "caring": ""})
        for child in episode.children
    ]  # fmt: skip
    for code, person, about, facts in sections:
        t.add(
            "section_answer", str(t.new_id()), caf_id, person, code, about, document(facts), days.stamp(day, 640),
            worker.id, worker.name, "1",
        )  # fmt: skip
