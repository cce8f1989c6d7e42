"""A language for tests that reads `fact=value` pairs and a few words, so that tests say exactly what was stated."""

import re
from collections.abc import Iterable, Mapping, Sequence

from agent.language.port import Evidence, Intent, IntentKind, Outline, Question, Statement, Understanding
from knowledge.facts import fact_specs
from tools.profile import Open, Profile, parse_fact

_PAIR = re.compile(r"(\bno )?(\w+)=(\S+)")
_INTENTS: tuple[IntentKind, ...] = ("why", "memo", "back", "skip", "restart", "thanks", "cost")


class ScriptedLanguage:
    """Understands `queries_per_day=10`, `sorry queries_per_day=20` and `what if queries_per_day=30`."""

    def understand(
        self, message: str, asked: str | None, profile: Profile, previous: Iterable[str] = ()
    ) -> Understanding:
        statements = tuple(self._statements(message))
        if asked and message.strip() == "unknown":
            statements = (Statement(asked, Open("unknown"), "unknown", (0, 7)),)
        intents = tuple(Intent(kind) for kind in _INTENTS if message.strip() == kind)
        if message.startswith("what if"):
            return Understanding(message, intents=(Intent("what_if"),), suppositions=statements)
        return Understanding(message, statements, intents)

    def _statements(self, message: str) -> Iterable[Statement]:
        for found in _PAIR.finditer(message):
            _, fact, text = found.groups()
            value = parse_fact(fact, _scalar(fact, text))
            yield Statement(fact, value, found[0], found.span(), correction=message.startswith("sorry"))

    def phrase(self, question: Question) -> str:
        return fact_specs()[question.fact].question

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        return " ".join(passage.text for passage in evidence)

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        return outline.sections


def _scalar(fact: str, text: str) -> object:
    spec = fact_specs()[fact]
    if spec.kind == "flag":
        return text == "true"
    return float(text) if spec.numeric else text
