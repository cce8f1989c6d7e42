"""Writing sentences: templates filled with traced values, so that every sentence is supported by construction."""

from collections.abc import Iterable, Sequence

from agent.memo.grounds import Grounds
from agent.memo.outline import Citation, Sentence, Traced
from agent.memo.wording import SLOT, spelled, wording
from knowledge.blueprints import Practice
from knowledge.claims import Claims
from knowledge.errors import KnowledgeError
from knowledge.options import Option


class Writer:
    """Says things: a template by its name, values by their paths, claims by their ids."""

    def __init__(self, grounds: Grounds, claims: Claims) -> None:
        self.grounds = grounds
        self.claims = claims

    def say(self, name: str, citations: Iterable[Citation] = (), /, **slots: Traced) -> Sentence:
        """The sentence of a template; raises KnowledgeError where the template or a slot is missing."""
        template = wording().template(name)
        if template is None:
            raise KnowledgeError(f"wording/memo.yaml has no template '{name}'.")
        return Sentence(name, tuple(self._parts(name, template, slots)), tuple(citations))

    def _parts(self, name: str, template: str, slots: dict[str, Traced]) -> Iterable[str | Traced]:
        pieces = SLOT.split(template)
        for position, piece in enumerate(pieces):
            if position % 2 == 0:
                if piece:
                    yield spelled(piece, self.grounds.spelling)
            elif "/" in piece:
                path, _, form = piece.partition("|")
                yield self.grounds.show(path, form or "text")
            elif piece in slots:
                yield slots[piece]
            else:
                raise KnowledgeError(f"wording/memo.yaml: the template '{name}' has no value for '{piece}'.")

    def show(self, path: str, form: str = "text") -> Traced:
        """The value at a path in a form."""
        return self.grounds.show(path, form)

    def heading(self, name: str) -> Sentence:
        """A section's heading."""
        return self.say(f"heading:{name}")

    def columns(self, *names: str) -> tuple[Sentence, ...]:
        """The header of a table."""
        return tuple(self.say(f"column:{name}") for name in names)

    def cite(self, claims: Iterable[str], option: Option | None = None) -> tuple[Citation, ...]:
        """Citations of claims for an option (or the choice as such), on the topics they are about."""
        found = [self.claims[claim] for claim in claims]
        topics = tuple(dict.fromkeys(claim.topic for claim in found))
        return tuple(Citation(claim.id, option, topics) for claim in found)

    def practice(self, practice: Practice, path: str, option: Option | None) -> Sentence:
        """A sentence of the blueprints: its own text with values looked up, or its first claim's."""
        citations = self.cite(practice.claims, option)
        if practice.text is None:
            text = self.show(f"claims/{practice.claims[0]}/text", "sentence")
            return Sentence("practice", (text,), citations)
        parts = self._parts(path, practice.text, {})
        return Sentence(f"practice:{path}", tuple(parts), citations)


def without_repeats(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Sentences of one paragraph, without those that say what an earlier one said."""
    seen: set[str] = set()
    return tuple(s for s in sentences if not (s.text in seen or seen.add(s.text)))  # type: ignore[func-returns-value]
