"""What today's model lacks, from what a complaint implies: phrases and what the models hear, weighed together."""

from collections.abc import Sequence
from dataclasses import replace

from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.lexicon import book, context_words, mapping, stems_of, word_classes
from agent.language.embedded.phrases import Found
from agent.language.embedded.praised import praised
from agent.language.embedded.stacking import Option, gaps_of, likely
from agent.language.embedded.tokens import Text, stem
from agent.language.embedded.voices import Voices
from agent.language.port import Statement
from tools.profile import Known

LONG = 80
"""Words from which a message is a description that may be read as a whole."""
_DOCUMENTS = frozenset(stem(word) for word in word_classes()["doc"])
_AUXILIARIES = {
    "is",
    "are",
    "was",
    "were",
    "am",
    "do",
    "does",
    "did",
    "can",
    "will",
    "would",
    "often",
    "still",
    "just",
    "simply",
    "also",
    "not",
}
_TURNS = {"it", "they", "the", "rather", "instead", "just", "only"}
"""What opens the second half of "it is not that …, it just …"."""
_SUBJECT = context_words("gap_subject")
"""What speaks of the model or of what it writes."""


def read_gap(reading: Reading, voices: Voices) -> Candidate | None:
    """What is missing, with the words it rests on; None where the message says nothing of it."""
    found = [option.candidate for option in likely("gaps", options_of_gap(reading, voices))]
    if not found:
        return None
    best, halves = found[0], [one for one in found if kind_of(one) in {"knowledge", "behavior"}]
    if len(halves) < 2 or best not in halves:
        return best
    first, end = _joined(reading.text, sorted(halves, key=lambda half: half.first))
    return replace(best, value=Known("both"), first=first, end=end)


def options_of_gap(reading: Reading, voices: Voices) -> list[Option]:
    """The kinds of complaint that the message may make, in phrases or as the models hear it."""
    hits = [hit for hit in book("gap.yaml").find(reading.text) if not _outside(reading, hit)]
    hits = [hit for hit in hits if not _is_about_form(hit, hits)]
    phrases = [
        Candidate("gap", Known(kind), hit.first, hit.end, confidence=0.8)
        for hit in hits
        for kind in (("knowledge", "behavior") if hit.meaning == "both" else (hit.meaning,))
    ]
    certain = {index for hit in book("complaints.yaml").find(reading.text) for index in range(hit.first, hit.end)}
    return gaps_of(reading, voices, phrases, certain, praised(reading))


def kind_of(gap: Candidate) -> str:
    """Which kind of gap it is; empty for none that is known."""
    return str(gap.value.value) if isinstance(gap.value, Known) else ""


def _is_about_form(hit: Found[str], hits: Sequence[Found[str]]) -> bool:
    """ "It has the sheet in the prompt, but the tone is wrong": what is wrong is the form, not the conclusion."""
    within = (one for one in hits if one.meaning == "behavior" and hit.first <= one.first and one.end <= hit.end)
    return hit.meaning == "reasoning" and any(within)


def lean(statements: Sequence[Statement], words: int) -> Statement | None:
    """What a long description without a complaint suggests by its facts, marked unsure; None if they do not lean."""
    if words < LONG or any(said.fact == "gap" for said in statements):
        return None
    scores: dict[str, int] = {"knowledge": 0, "behavior": 0}
    for said in statements:
        known = str(said.value.value).lower() if isinstance(said.value, Known) else ""
        leanings = mapping("leanings.yaml").get(said.fact, {})
        for gap, weight in (leanings.get(known) or leanings.get("any") or {}).items():
            scores[gap] += weight
    best, second = sorted(scores, key=lambda gap: -scores[gap])
    if scores[best] < 2 or scores[best] == scores[second]:
        return None
    ground = next(said for said in statements if best in str(mapping("leanings.yaml").get(said.fact, {})))
    return Statement("gap", Known(best, unsure=True), ground.quote, ground.span, "derived", confidence=0.5)


def _outside(reading: Reading, hit: Found[str]) -> bool:
    scope = reading.scope
    if _adds_up_to(reading, hit) or _allowed(reading, hit):
        return True
    elsewhere = any(index in area for area in (scope.others, scope.someday) for index in range(hit.first, hit.end))
    covered = elsewhere or scope.bars(hit.first, hit.end)
    own = any(index in scope.negations for index in range(hit.first, hit.end))
    before = scope.negated(reading.text, hit.first, hit.first)
    dismissed = _dismissed(reading, hit) or (hit.meaning == "none" and not _of_model(reading, hit))
    return covered or dismissed or _of_people(reading, hit) or (before and not own)


def _allowed(reading: Reading, hit: Found[str]) -> bool:
    """ "The layout can vary", "anything that breaks the format": permitted, or not said of the model."""
    tokens = reading.text.tokens
    may = any(
        tokens[index].raw in {"can", "may"} and tokens[index + 1].raw not in {"not", "never"}
        for index in range(hit.first, hit.end - 1)
    )
    before = [token.raw for token in tokens[max(0, hit.first - 4) : hit.first]]
    return (may and hit.meaning == "behavior") or bool({"anything", "whatever", "everything"} & {*before})


def _adds_up_to(reading: Reading, hit: Found[str]) -> bool:
    """ "Twenty questions make up 80 percent": a share, no invention."""
    tokens = reading.text.tokens
    following = [token.raw for token in tokens[hit.end : hit.end + 4]]
    shares = any(word in {"most", "half", "majority", "bulk", "%", "percent", "third", "quarter"} for word in following)
    return tokens[hit.end - 1].raw == "up" and (shares or reading.figure_at(hit.end) is not None)


def _of_people(reading: Reading, hit: Found[str]) -> bool:
    """Whether what is said is said of people: "new staff do not know the rules", "we make up to 400 offers"."""
    if hit.meaning == "none":
        return False
    for token in reversed(reading.text.tokens[: hit.first]):
        if token.raw not in _AUXILIARIES:
            clashing = reading.text.tokens[hit.first].stem in {"contradict", "conflict"}
            other = stems_of("people") | (_DOCUMENTS if clashing else frozenset())
            return token.raw in {"we", "i", "nobody"} or token.stem in other - _SUBJECT - {"agent"}
    return False


def _of_model(reading: Reading, hit: Found[str]) -> bool:
    """Whether the clause speaks of the model or what it writes."""
    return any(token.stem in _SUBJECT for token in reading.text.tokens[slice(*reading.text.clause_of(hit.first))])


def _dismissed(reading: Reading, hit: Found[str]) -> bool:
    """ "… isn't the problem", "it's not that …"."""
    tokens = reading.text.tokens
    clause_first, clause_end = reading.text.clause_of(hit.first)
    turned = [
        index + 1
        for index in range(clause_first, hit.first)
        if tokens[index].stem == "," and tokens[index + 1].raw in _TURNS
    ]
    before = " ".join(token.stem for token in tokens[max([clause_first, *turned]) : hit.first])
    after = " ".join(token.stem for token in tokens[hit.end : min(clause_end, hit.end + 6)])
    sounding = tokens[hit.end - 1].raw in {"a", "an", "like"}  # "sounds like a good plan"
    praise = sounding and after.removeprefix("a ").startswith(("good", "great", "plan", "idea"))
    return (
        praise
        or "is not that" in before
        or any(
            sign in after
            for sign in ("not the problem", "not a problem", "not the issu", "not an issu", "not the troubl")
        )
    )


def _joined(text: Text, halves: Sequence[Candidate]) -> tuple[int, int]:
    """The words from the first to the last piece of evidence, within one sentence."""
    first, end = halves[0].first, halves[0].end
    sentence_end = text.sentence_of(first)[1]
    return first, max([end, *(half.end for half in halves if half.end <= sentence_end)])
