"""Words for questions and explanations; all from the data, none made up."""

from collections.abc import Sequence

from agent.glossary import asks_meaning, definitions
from agent.language.port import Evidence, Question
from agent.wording import wording
from knowledge.facts import fact_specs

MOST_SENTENCES = 3


def phrase_question(question: Question) -> str:
    """The question with its choices and the reason it is asked."""
    spec = fact_specs()[question.fact]
    lines = [spec.question]
    if spec.categorical:
        lines += [""] + [f"{number}. {label}" for number, label in enumerate(spec.values.values(), 1)] + [""]
    lines.append(f"_{question.because or spec.because}_")
    return "\n".join(lines)


def explain_from(question: str, evidence: Sequence[Evidence]) -> str:
    """The definitions of what a question asks the meaning of; else the best passages, with numbered sources."""
    if asks_meaning(question) and (meanings := definitions(question)):
        return "\n\n".join(meanings)
    best = sorted(evidence, key=lambda passage: -passage.score)[:MOST_SENTENCES]
    if not best:
        return wording("no_evidence")
    sources = list(dict.fromkeys((passage.source, passage.section) for passage in best))
    sentences = [
        f"{_sentence(passage.text)} [{sources.index((passage.source, passage.section)) + 1}]" for passage in best
    ]
    listed = [
        f"[{number}] {source}{f', {section}' if section else ''}" for number, (source, section) in enumerate(sources, 1)
    ]
    return " ".join(sentences) + "\n\n" + "\n".join(listed)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
