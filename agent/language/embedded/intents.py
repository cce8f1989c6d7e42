"""What a message asks for besides stating facts."""

from typing import get_args

from agent.language.embedded.lexicon import book, context_words
from agent.language.embedded.phrases import Found
from agent.language.embedded.tokens import Text
from agent.language.port import Intent, IntentKind
from knowledge.options import OPTIONS

_OPTION_WORDS = {
    **dict.fromkeys(("rag", "retriev"), "rag"),
    **dict.fromkeys(("fine", "finetun", "lora", "qlora", "tune"), "fine_tuning"),
    **dict.fromkeys(("hybrid", "raft"), "hybrid"),
    "prompt": "prompting",
    "long": "long_context",
}
_SHORT = 10
_KINDS: dict[str, IntentKind] = {kind: kind for kind in get_args(IntentKind)}
_FIRST = ("what_would_change", "confidence", "what_if", "why_not", "why", "cost", "concept")
_COMMANDS = {"back", "skip", "memo", "restart"}
_SUBJECT = context_words("intents_subject")


def read_intents(text: Text, has_facts: bool) -> tuple[Intent, ...]:
    """The intents of a message; `answer` where it states facts, `off_topic` for a question about something else."""
    found = book("intents.yaml").find(text)
    intents = [_intent(text, hit) for hit in _chosen(text, found, has_facts)]
    if has_facts:
        intents.append(Intent("answer"))
    if not intents and _off_topic(text):
        intents.append(Intent("off_topic", quote=text.message.strip()))
    return tuple(dict.fromkeys(intents))


def _chosen(text: Text, found: list[Found[str]], has_facts: bool) -> list[Found[str]]:
    """At most one question, and the commands of a message that is short or has a clause of its own for it."""
    if _only_why(text):
        return [Found("why", 0, len(text.tokens))]
    chosen = []
    for kind in _FIRST:
        hits = [hit for hit in found if hit.meaning == kind or (kind == "why" and hit.meaning == "why_option")]
        if hits:
            chosen.append(hits[0])
            break
    words = sum(token.kind == "word" for token in text.tokens)
    for kind in ("memo", "restart", "back", "skip", "thanks"):
        hits = [hit for hit in found if hit.meaning == kind]
        roomy = 2 * _SHORT if kind in {"memo", "thanks"} else _SHORT // 2 if kind == "skip" else _SHORT
        if (
            hits
            and (words <= roomy or kind == "thanks")
            and not (
                kind in _COMMANDS
                and any(hit.meaning in {"back", "restart", "memo"} and hit.meaning != kind for hit in chosen)
            )
        ):
            if not (kind == "skip" and (has_facts and hits[0].first > 2)) and not (
                kind == "thanks" and hits[0].first > 8
            ):
                chosen.append(hits[0])
    return chosen


def _only_why(text: Text) -> bool:
    words = [token.raw for token in text.tokens if token.kind == "word"]
    return bool(words) and words in (
        ["why"],
        ["but", "why"],
        ["ok", "why"],
        ["and", "why"],
        ["how", "so"],
        ["how", "come"],
        ["why", "though"],
        ["what", "for"],
    )


def _intent(text: Text, hit: Found[str]) -> Intent:
    kind = "why" if hit.meaning == "why_option" else hit.meaning
    quote = text.quote(hit.first, hit.end)
    if kind in {"why", "why_not", "what_would_change", "cost"}:
        return Intent(_KINDS[kind], _option(text, hit.first), quote)
    if kind == "concept":
        _, end = text.sentence_of(hit.first)
        return Intent("concept", text.quote(hit.first, end).strip(" ?.!"), quote)
    return Intent(_KINDS[kind], None, quote)


def _option(text: Text, first: int) -> str | None:
    """The architecture that the question names, if any."""
    _, end = text.sentence_of(first)
    named = [_OPTION_WORDS[token.stem] for token in text.tokens[first:end] if token.stem in _OPTION_WORDS]
    return next((option for option in named if option in OPTIONS), None)


def _off_topic(text: Text) -> bool:
    """A question, or a request for amusement, that names nothing this program is about."""
    if text.stems & _SUBJECT:
        return False
    first = text.tokens[0].stem if text.tokens else ""
    asks = any(token.raw == "?" for token in text.tokens)
    amuses = {"joke", "poem", "stori", "song", "weather", "footbal", "recip", "lotteri", "horoscop"} & text.stems
    return asks or (bool(amuses) and first in {"tell", "sing", "write", "what", "give", "can", "how", "read"})


def asks_something(text: Text) -> bool:
    """Whether the message asks the program for something, were it only why."""
    return any(hit.meaning != "thanks" for hit in book("intents.yaml").find(text))
