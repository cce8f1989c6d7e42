"""A stand-in until the embedded language is in place: reads the words of commands and of the asked choice alone."""

from collections.abc import Iterable, Mapping, Sequence

from agent.language.port import Evidence, Intent, IntentKind, Outline, Question, Statement, Understanding
from knowledge.facts import fact_specs
from tools.profile import Known, Open, Profile

WORDS: dict[str, IntentKind] = {"why?": "why", "why": "why", "back": "back", "skip": "skip", "write the memo": "memo"}


class TypedLanguage:
    """Understands commands, "unknown" and the exact choices of the question that was asked."""

    def understand(
        self, message: str, asked: str | None, profile: Profile, previous: Iterable[str] = ()
    ) -> Understanding:
        """The command or the choice that the whole message is."""
        word = message.strip().lower()
        if word in WORDS:
            return Understanding(message, intents=(Intent(WORDS[word], quote=message),))
        if asked and word == "unknown":
            return Understanding(message, (Statement(asked, Open("unknown"), message, (0, len(message))),))
        if asked and word in fact_specs()[asked].values:
            return Understanding(message, (Statement(asked, Known(word), message, (0, len(message))),))
        return Understanding(message)

    def phrase(self, question: Question) -> str:
        """The question as the facts' file words it."""
        return fact_specs()[question.fact].question

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        """The passages themselves."""
        return "\n".join(f"- {passage.text} [{passage.id}]" for passage in evidence)

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        """The outline as it is."""
        return outline.sections
