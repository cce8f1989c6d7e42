"""Keys, addresses and numbers of people taken out of a text before it is logged."""

import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S), "[key]"),
    (re.compile(r"(?<=://)[^\s/:@]*:[^\s/@]*(?=@)"), "[key]"),
    (re.compile(r"\b(sk|pk|rk|xox[abeoprs]|xapp|gh[oprsu]|glpat|hf|AKIA|ASIA|AIza)[-_]?[A-Za-z0-9_-]{8,}"), "[key]"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]+)?"), "[key]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 [key]"),
    (
        re.compile(
            r"(?i)\b(pass(?:word|wd)?|secret|token|api[_-]?key|authorization)([\"']?\s*[:=]\s*[\"']?)[^\s\"',;&]+"
        ),
        r"\1\2[key]",
    ),
    (re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w.])\+?\(?\d[\d ()/.-]{6,}\d(?!\w)"), "[number]"),
    (re.compile(r"\b[A-Fa-f0-9]{32,}\b"), "[key]"),
)
"""What is looked for, in this order, and what stands in its place. Long runs of digits count as telephone numbers."""


def redacted(text: str) -> str:
    """The text without keys, passwords, e-mail addresses and telephone numbers."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
