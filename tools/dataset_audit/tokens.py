"""Tokens of a text, estimated from its length and kind; no tokenizer and no network."""

import re

from knowledge.audits import CharactersPerToken, audit_parameters
from tools.dataset_audit.schema import Example

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_DIGIT = re.compile(r"[0-9]")
_ACCENTED = re.compile(r"[\u00c0-\u024f]")
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*] |\d+\. |\|)", re.MULTILINE)
_SAMPLE_CHARACTERS = 2000


def message_tokens(example: Example) -> list[int]:
    """Estimated tokens of each message, with what surrounds it."""
    around = int(audit_parameters().dataset_audit.tokens_per_message)
    return [estimated_tokens(message.text) + around for message in example.messages]


def estimated_tokens(text: str) -> int:
    """Estimated tokens of a text: characters by the average length of a token in that kind of text."""
    rates = audit_parameters().dataset_audit.characters_per_token
    return round(len(text) / _characters_per_token(text[:_SAMPLE_CHARACTERS], rates))


def _characters_per_token(sample: str, rates: CharactersPerToken) -> float:
    """The average for the kind of text, which is told from its beginning."""
    size = max(len(sample), 1)
    if not sample.isascii():
        if len(_CJK.findall(sample)) / size >= rates.shares.cjk:
            return rates.cjk
        if len(_ACCENTED.findall(sample)) / size >= rates.shares.other_european:
            return rates.other_european
    if len(_DIGIT.findall(sample)) / size >= rates.shares.digits:
        return rates.numeric
    if sample.lstrip().startswith(("{", "[")):
        return rates.json_
    if "```" in sample:
        return rates.code
    return rates.markdown if _MARKDOWN.search(sample) else rates.prose
