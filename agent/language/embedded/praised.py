"""What a message says is in order: a complaint beside it is about something else."""

from dataclasses import replace

from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.judgement import Judgement
from agent.language.embedded.lexicon import book
from tools.profile import Known


def praised(reading: Reading) -> set[str]:
    """The kinds of gap that the message rules out: "the facts are right, but the tone is never ours"."""
    return {
        hit.meaning
        for hit in book("praised.yaml").find(reading.text)
        if not reading.scope.excludes(hit.first, hit.end)
        and not reading.scope.negated(reading.text, hit.first, hit.first)
    }


def without_praised(judged: Judgement, fine: set[str]) -> Judgement:
    """The judgement without the complaints that the message itself rules out."""
    gaps = [one for one in judged.get("gap", ()) if one.value not in fine]
    return {**judged, "gap": gaps} if "gap" in judged else judged


def less(gap: Candidate, fine: set[str]) -> Candidate | None:
    """The gap without what is said to be in order; None where nothing is left of it."""
    value = gap.value.value if isinstance(gap.value, Known) else None
    if value == "both":
        left = {"knowledge", "behavior"} - fine
        return replace(gap, value=Known(left.pop())) if len(left) == 1 else gap
    return None if value in fine else gap
