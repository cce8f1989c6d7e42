"""Personal data in a text: found by pattern, checked by checksum, counted, and shown only masked."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from knowledge.audits import PersonalDataPattern, audit_parameters

_LINES_KEPT = 5


@dataclass
class PersonalData:
    """Findings by kind: how many, in how many examples, and the first lines with a masked sample."""

    found: Counter[str] = field(default_factory=Counter)
    examples: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, line: int, text: str) -> None:
        """Counts what one example's text holds."""
        for kind, expression, pattern in _patterns():
            if pattern.needs and pattern.needs not in text:
                continue
            matches = [match for match in expression.finditer(text) if _holds(match.group(), pattern)]
            if matches:
                self._count(kind, line, matches)
                text = _without(text, matches)

    def _count(self, kind: str, line: int, matches: list[re.Match[str]]) -> None:
        self.found[kind] += len(matches)
        self.examples[kind] += 1
        kept = self.first.setdefault(kind, [])
        if len(kept) < _LINES_KEPT:
            kept.append((line, masked(matches[0].group())))

    def document(self) -> dict[str, Any]:
        """The JSON form, without any value in clear."""
        return {
            kind: {
                "found": count,
                "examples": self.examples[kind],
                "first": [{"line": line, "masked": sample} for line, sample in self.first[kind]],
            }
            for kind, count in sorted(self.found.items())
        }


def masked(value: str) -> str:
    """The value with every letter and digit hidden but the first."""
    return value[0] + re.sub(r"[^\W_]", "•", value[1:])


def hidden(text: str) -> str:
    """The text with the personal data in it masked, for names that are shown: labels, fields, roles."""
    for _, expression, pattern in _patterns():
        text = expression.sub(lambda found: masked(found[0]) if _holds(found[0], pattern) else found[0], text)  # noqa: B023
    return text


def luhn_holds(digits: str) -> bool:
    """Whether a card number's check digit is right (ISO/IEC 7812-1)."""
    values = [int(digit) for digit in reversed(digits)]
    total = sum(values[::2]) + sum(sum(divmod(2 * value, 10)) for value in values[1::2])
    return total % 10 == 0 and len(set(digits)) > 1


def iban_holds(iban: str) -> bool:
    """Whether a bank account's check digits are right: remainder 1 by 97 (ISO 13616)."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def ipv4_holds(address: str) -> bool:
    """Whether every part of an address is at most 255."""
    return all(int(part) <= 255 for part in address.split("."))


_CHECKS = {"luhn": luhn_holds, "iban": iban_holds, "ipv4": ipv4_holds}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], PersonalDataPattern], ...]:
    patterns = audit_parameters().dataset_audit.personal_data
    return tuple((kind, re.compile(pattern.pattern, re.ASCII), pattern) for kind, pattern in patterns.items())


def _holds(value: str, pattern: PersonalDataPattern) -> bool:
    return pattern.check is None or _CHECKS[pattern.check](re.sub(r"[ -]", "", value))


def _without(text: str, matches: list[re.Match[str]]) -> str:
    """The text with the findings cut out, so that no other pattern counts them again."""
    kept, at = [], 0
    for match in matches:
        kept.append(text[at : match.start()])
        at = match.end()
    return "\n".join([*kept, text[at:]])
