"""Ways to spoil a memo: each number changed in turn, each citation swapped for one of another option or topic."""

import random
from collections.abc import Iterator
from dataclasses import replace

from agent.memo.numerals import SCALES, TENS, UNITS, numerals
from agent.memo.outline import Citation, Sentence
from knowledge.claims import Claim, Claims

WORDS = {**UNITS, **TENS, **SCALES}


def changed_numeral(text: str, chance: random.Random) -> str:
    """Another number written in the same way."""
    digits = [place for place, character in enumerate(text) if character.isdigit()]
    if digits:
        place = chance.choice(digits)
        other = chance.choice([d for d in "0123456789" if d != text[place]])
        return text[:place] + other + text[place + 1 :]
    other = chance.choice([word for word in WORDS if word not in text.lower() and word != "zero"])
    return other


def spoiled_numerals(text: str, chance: random.Random) -> Iterator[str]:
    """The text once for every number in it, with that number changed."""
    for found in numerals(text):
        start, end = found.span
        yield text[:start] + changed_numeral(found.text, chance) + text[end:]


def spoiled_sentences(sentence: Sentence, chance: random.Random) -> Iterator[Sentence]:
    """The sentence once for every number in it, with that number changed."""
    for place, part in enumerate(sentence.parts):
        for text in spoiled_numerals(part if isinstance(part, str) else part.text, chance):
            spoiled = text if isinstance(part, str) else replace(part, text=text)
            yield replace(sentence, parts=(*sentence.parts[:place], spoiled, *sentence.parts[place + 1 :]))


def swapped_citations(sentence: Sentence, claims: Claims, chance: random.Random) -> Iterator[Sentence]:
    """The sentence once for every citation in it, with a claim of another option or topic in its place."""
    for place, citation in enumerate(sentence.citations):
        others = [claim for claim in claims if _elsewhere(claim, citation, claims[citation.claim])]
        other = replace(citation, claim=chance.choice(others).id)
        yield replace(sentence, citations=(*sentence.citations[:place], other, *sentence.citations[place + 1 :]))


def _elsewhere(claim: Claim, citation: Citation, cited: Claim) -> bool:
    other_option = not set(claim.options) & set(cited.options)
    return claim.id != citation.claim and (other_option or claim.topic != cited.topic)
