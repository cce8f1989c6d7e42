"""Verifying: every number traces to a fact, a trace or a cited claim, and every citation bears on its sentence."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from agent.memo.agreement import agrees
from agent.memo.grounds import Grounds
from agent.memo.narrate import objections
from agent.memo.numerals import numerals
from agent.memo.outline import (
    Block,
    Bullets,
    Chart,
    Citation,
    Memo,
    Paragraph,
    Quote,
    Replacement,
    Section,
    Sentence,
    Table,
    Traced,
)
from agent.memo.wording import SLOT, spelled, wording
from knowledge.blueprints import load_blueprints
from knowledge.claims import Claim, Claims, load_claims
from knowledge.errors import VerificationError
from knowledge.options import Option

BREAK_EVENS = "record/break_even/"


@dataclass(frozen=True)
class Finding:
    """Something in a memo that cannot be proven: where, what it says, and why not."""

    section: str
    sentence: str
    problem: str


@dataclass(frozen=True)
class VerificationReport:
    """What was checked and what could not be proven. `anchored` counts sentences that a language model worded."""

    sentences: int
    values: int
    citations: int
    anchored: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything could be proven."""
        return not self.findings


def verify_memo(memo: Memo) -> VerificationReport:
    """Checks every sentence of a memo against what is stored with it; it computes nothing anew."""
    grounds, claims = Grounds(memo.grounds, memo.spelling), load_claims()
    sentences = list(memo.sentences())
    findings = [
        Finding(section, sentence.text, problem)
        for section, sentence in sentences
        for problem in check_sentence(sentence, grounds, claims)
    ]
    findings += _check_charts(memo, grounds)
    findings += _check_numbers(memo, sentences)
    return VerificationReport(
        sentences=len(sentences),
        values=sum(len(sentence.values) for _, sentence in sentences),
        citations=sum(len(sentence.citations) for _, sentence in sentences),
        anchored=sum(sentence.basis == "anchored" for _, sentence in sentences),
        findings=tuple(findings),
    )


def check_sentence(sentence: Sentence, grounds: Grounds, claims: Claims) -> list[str]:
    """What cannot be proven about one sentence; nothing where all of it can."""
    problems = [problem for value in sentence.values if (problem := _check_value(value, grounds))]
    problems += [*_check_words(sentence, grounds), *_check_break_even(sentence, grounds)]
    try:
        allowed = _allowed(sentence, grounds)
    except VerificationError as error:
        return [*problems, str(error)]
    for citation in sentence.citations:
        problems += _check_citation(citation, allowed, claims)
    if len({citation.claim for citation in sentence.citations}) < len(sentence.citations):
        problems.append("it cites one claim twice")
    if _is_material(sentence) and not sentence.citations:
        problems.append("it claims something about the world and names no source")
    return problems


def _check_value(value: Traced, grounds: Grounds) -> str | None:
    try:
        shown = grounds.show(value.path, value.form).text
    except (VerificationError, KeyError, TypeError, ValueError):
        return f"'{value.text}' does not trace to anything at {value.path}"
    return None if shown == value.text else f"'{value.text}' should read '{shown}' according to {value.path}"


def _check_break_even(sentence: Sentence, grounds: Grounds) -> list[str]:
    """What is said of other volumes holds of today's by the middle estimates, which the memo shows in a table."""
    rows = {"/".join(value.path.split("/")[:3]) for value in sentence.values if value.path.startswith(BREAK_EVENS)}
    told = (row for row in rows if grounds.has(row) and not agrees(grounds.at("record"), grounds.at(row)))
    return [f"the table of costs does not bear it out at today's volume ({row})" for row in told]


def _check_words(sentence: Sentence, grounds: Grounds) -> list[str]:
    """The words around the values are those of the template, and hold no number of their own."""
    if sentence.basis == "anchored":
        return _check_anchored(sentence, grounds)
    said = [part if isinstance(part, str) else None for part in sentence.parts]
    try:
        if said != _pattern(template_text(sentence.template, grounds), grounds):
            return [f"the words are not those of the template '{sentence.template}'"]
    except VerificationError as error:
        return [str(error)]
    loose = [found.text for part in said if part for found in numerals(part)]
    return [f"'{number}' is written into a template and traces to nothing" for number in loose]


def _check_anchored(sentence: Sentence, grounds: Grounds) -> list[str]:
    """A model's sentence passes the same checks that let it in, against the template it stands for."""
    try:
        pattern = _pattern(template_text(sentence.template, grounds), grounds)
    except VerificationError as error:
        return [str(error)]
    if pattern.count(None) != len(sentence.anchors):
        return ["it is not anchored to the values of its template"]
    anchors = iter(sentence.anchors)
    parts = tuple(next(anchors) if piece is None else piece for piece in pattern)
    return objections(sentence.text.strip(), replace(sentence, parts=parts, anchors=(), basis="supported"))


def template_text(name: str, grounds: Grounds) -> str:
    """The text of a template or of a blueprint's sentence; raises VerificationError where there is none."""
    if name.startswith("practice:"):
        return str(grounds.at(f"{name.removeprefix('practice:')}/text"))
    template = wording().template(name)
    if template is None and name != "practice":
        raise VerificationError(f"There is no template '{name}'.")
    return template or "{text}"


def _pattern(template: str, grounds: Grounds) -> list[str | None]:
    pieces = SLOT.split(template)
    wanted = [spelled(piece, grounds.spelling) if place % 2 == 0 else None for place, piece in enumerate(pieces)]
    return [piece for piece in wanted if piece != ""]


def _check_citation(citation: Citation, allowed: frozenset[str], claims: Claims) -> Iterator[str]:
    if citation.claim not in claims:
        yield f"no source makes the claim '{citation.claim}'"
        return
    claim = claims[citation.claim]
    if citation.claim not in allowed:
        yield f"the claim '{claim.id}' is not what this sentence rests on"
    if claim.topic not in citation.topics:
        yield f"the claim '{claim.id}' is about {claim.topic} and not about {', '.join(citation.topics)}"
    if not bears_on(claim, citation.option):
        yield f"the claim '{claim.id}' does not bear on {citation.option}"


def bears_on(claim: Claim, option: Option | None) -> bool:
    """Whether a claim speaks of an option or of what it is weighed against.

    A claim about retrieval or training bears on both together and the other way round. What a rule cites against an
    option may speak of the one to prefer instead; that is judged by the rule (`allowed`), not here.
    """
    return option is None or not claim.options or bool(_related(option) & set(claim.options))


@cache
def _related(option: Option) -> frozenset[Option]:
    both: frozenset[Option] = frozenset({"rag", "fine_tuning", "hybrid"})
    return both if option in both else frozenset({option, "rag", "fine_tuning"})


def _allowed(sentence: Sentence, grounds: Grounds) -> frozenset[str]:
    """The claims a sentence may cite: those of the rule, phase, conflict, practice or template it was made from."""
    found: set[str] = set()
    if sentence.template.startswith("practice:"):
        found.update(grounds.at(sentence.template.removeprefix("practice:"))["claims"])
    key = wording().rests_on.get(sentence.template)
    found.update(wording().evidence.get(key, ()) if key else ())
    for value in sentence.values:
        found.update(_claims_behind(value.path, grounds))
    return frozenset(found)


def _claims_behind(path: str, grounds: Grounds) -> Iterable[str]:
    parts = path.split("/")
    match parts:
        case ["claims", claim, *_]:
            return {claim, *_practised_with().get(claim, ())}
        case ["decision", "reasons" | "plan" as group, place, *_]:
            return list(grounds.at(f"decision/{group}/{place}/citations"))
        case ["decision", "recommendation", "ranking", place, "blockers", number, *_]:
            return list(grounds.at(f"decision/recommendation/ranking/{place}/blockers/{number}/citations"))
        case ["decision", "diagnosis", "because", *_]:
            return wording().evidence.get(f"gap_{grounds.at('decision/diagnosis/gap')}", ())
        case ["conflicts", conflict, "sides", side, *_]:
            return list(grounds.at(f"conflicts/{conflict}/sides/{side}/claims"))
    return ()


@cache
def _practised_with() -> dict[str, frozenset[str]]:
    """For each claim that a blueprint is worded by, the other claims that the same entry rests on."""
    found: dict[str, frozenset[str]] = {}
    for practice in load_blueprints().practices():
        found[practice.claims[0]] = found.get(practice.claims[0], frozenset()) | frozenset(practice.claims)
    return found


def _is_material(sentence: Sentence) -> bool:
    return sentence.template.startswith("practice:") or sentence.template in wording().material


def _check_charts(memo: Memo, grounds: Grounds) -> list[Finding]:
    """Every point of every chart stands in the record."""
    findings = []
    for section in memo.sections:
        for chart in (block for block in section.blocks if isinstance(block, Chart)):
            for line in chart.lines:
                option = line.label.path.rpartition("/")[2]
                for amounts, span in ((line.low_usd, "p10"), (line.usd, "p50"), (line.high_usd, "p90")):
                    if list(amounts) != _points(grounds, option, span, chart.months):
                        problem = f"the line of {line.label.text} is not the computed one ({span})"
                        findings.append(Finding(section.id, chart.title.text, problem))
    return findings


def _points(grounds: Grounds, option: str, span: str, months: tuple[int, ...]) -> list[float]:
    amounts = ["upfront_usd", *(f"tco_{month}_months_usd" for month in months[1:])]
    paths = [f"record/costs/{option}/{amount}/{span}" for amount in amounts]
    return [float(grounds.at(path)) for path in paths if grounds.has(path)]


def _check_numbers(memo: Memo, sentences: Iterable[tuple[str, Sentence]]) -> list[Finding]:
    """The numbered sources are exactly the claims cited, in the order in which they are cited first."""
    cited = tuple(dict.fromkeys(citation.claim for _, sentence in sentences for citation in sentence.citations))
    if cited == memo.cited:
        return []
    odd = Counter(cited) - Counter(memo.cited) or Counter(memo.cited) - Counter(cited)
    return [Finding("sources", "the numbered sources", f"they do not match the citations: {', '.join(odd) or 'order'}")]


Keep = Callable[[str, Sentence], bool]


def repaired(sections: tuple[Section, ...], grounds: Grounds) -> tuple[tuple[Section, ...], tuple[Replacement, ...]]:
    """The sections without the sentences that do not pass, and a note of each that was left out."""
    noted: list[Replacement] = []

    def keep(section: str, sentence: Sentence) -> bool:
        problems = check_sentence(sentence, grounds, load_claims())
        if problems:
            noted.append(Replacement(section, sentence.text, "; ".join(problems), ""))
        return not problems

    kept = tuple(
        replace(section, blocks=tuple(_kept(section.id, block, keep) for block in section.blocks))
        for section in sections
    )
    return kept, tuple(noted)


def _kept(section: str, block: Block, keep: Keep) -> Block:
    """The block without the sentences that `keep` refuses."""

    def passing(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in sentences if keep(section, sentence))

    match block:
        case Paragraph(sentences):
            return Paragraph(passing(sentences))
        case Bullets(items):
            return Bullets(tuple(passing(item) for item in items))
        case Table(header, rows, widths, right):
            return Table(header, tuple(tuple(passing(cell) for cell in row) for row in rows), widths, right)
        case Quote(sentence) if not keep(section, sentence):
            return Paragraph(())
        case _:
            return block
