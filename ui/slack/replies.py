"""What the bot shows: a turn as messages, the decision card, the costs. Made here, delivered elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

from agent.ledger import Entry
from agent.protocol import Turn
from agent.wording import percent, scalar_in_words
from knowledge.options import LABELS
from ui.render import blocks as kit
from ui.slack.text import cut, escaped, mrkdwn, plain
from ui.slack.words import word

MOST_ANSWER_BUTTONS = 5
LONGEST_NOTICE = 1_000
Body = dict[str, Any]


def say(markdown: str) -> Body:
    """A message in the thread."""
    return {"kind": "say", "text": cut(plain(markdown), LONGEST_NOTICE), "blocks": kit.sections(mrkdwn(markdown))}


def whisper(user: str, text: str) -> Body:
    """A message that only one person sees."""
    return {"kind": "whisper", "user": user, "text": escaped(text)}


def reply(turn: Turn, question: Entry | None) -> Body:
    """The reply with the question's buttons, which carry the question that they answer."""
    text = f"{turn.reply}\n\n{word('writing')}" if turn.memo else turn.reply
    room = kit.LONGEST_MESSAGE // 2
    shown = kit.sections(mrkdwn(text), room, word("too_long"))
    if turn.asks and question and question.fact == turn.asks:
        shown.append(kit.actions(list(_answers(turn, question))))
    return {"kind": "say", "text": cut(plain(text), LONGEST_NOTICE), "blocks": shown}


def card(turn: Turn, browser_url: str) -> Body:
    """The compact decision, to be kept up to date in one place."""
    shown = [kit.section(_headline(turn)), kit.context(_state(turn)), kit.actions(list(_ways_on(turn, browser_url)))]
    return {"kind": "card", "text": plain(_headline(turn).replace("*", "")), "blocks": shown}


def files(turn: Turn, ledger_turn: int) -> Body:
    """The memo as files, written from the ledger as it stood at that turn."""
    return {"kind": "files", "session": turn.session, "turn": ledger_turn, "text": word("files")}


def costs(document: dict[str, Any]) -> Body:
    """What every option costs, as a table in fixed width."""
    head = [word(f"costs_{name}") for name in ("option", "upfront", "monthly", "year")]
    amounts = ("upfront_usd", "monthly_usd", "tco_12_months_usd")
    rows = [[LABELS[one], *(_spread(cost[name]) for name in amounts)] for one, cost in document["costs"].items()]
    table = _table([head, *rows])
    shown = [kit.section(word("costs_title")), kit.section(f"```{escaped(table)}```")]
    return {"kind": "say", "text": plain(word("costs_title").replace("*", "")), "blocks": shown}


def _answers(turn: Turn, question: Entry) -> Iterator[kit.Block]:
    assert turn.asks  # noqa: S101  (only called where something is asked)

    def value(kind: str, **more: Any) -> str:
        return json.dumps({"kind": kind, "fact": question.fact, "turn": question.turn, **more})

    choices = [(_choice(turn.asks, one), value("clicked", value=one)) for one in turn.choices or []]
    choices = [(label, given) for label, given in choices if len(given) <= kit.MOST_OPTIONS + kit.LONGEST_OPTION - 25]
    if 0 < len(choices) <= MOST_ANSWER_BUTTONS:
        yield from (kit.button(label, f"answer-{place}", given) for place, (label, given) in enumerate(choices))
    elif choices:
        yield kit.select("answer-menu", word("choose"), choices)
    yield kit.button(word("dont_know"), "answer-unknown", value("clicked", value=None))
    yield kit.button(word("why"), "command-why", value("commanded", command="why"))
    yield kit.button(word("skip"), "command-skip", value("commanded", command="skip"))


def _choice(fact: str, choice: Any) -> str:
    if isinstance(choice, bool):
        return word("yes" if choice else "no")
    return scalar_in_words(fact, choice) if isinstance(choice, str | int | float) else str(choice)


def _ways_on(turn: Turn, browser_url: str) -> Iterator[kit.Block]:
    if turn.open:
        yield kit.button(word("form"), "form", "{}")
    yield kit.button(word("costs"), "costs", json.dumps({"kind": "costs"}))
    memo = json.dumps({"kind": "commanded", "command": "memo"})
    yield kit.button(word("memo"), "command-memo", memo, style="primary" if turn.done else "")
    if browser_url:
        yield kit.button(word("browser"), "link", url=f"{browser_url.rstrip('/')}/?session={turn.session}")


def _headline(turn: Turn) -> str:
    advice = turn.recommendation
    name = "card_settled" if turn.done else "card_leading"
    return word(name, option=LABELS[advice["option"]], confidence=percent(advice["confidence"]))


def _state(turn: Turn) -> str:
    ranking = turn.recommendation["ranking"]
    second = next((row for row in ranking if row["option"] != turn.recommendation["option"]), None)
    parts = [
        _counted("card_heard", len(turn.facts)),
        _counted("card_open", len(turn.open)) if not turn.done else word("card_open_none"),
    ]
    if second:
        parts.append(word("card_second", option=LABELS[second["option"]], chance=percent(second["probability"])))
    return escaped(" · ".join(parts))


def _counted(name: str, count: int) -> str:
    return word(f"{name}_one") if count == 1 else word(name, count=count)


def _spread(amount: dict[str, float | None]) -> str:
    low, middle, high = (amount[name] for name in ("p10", "p50", "p90"))
    if low is None or middle is None or high is None:
        return word("costs_none")
    return f"{middle:,.0f} ({low:,.0f}–{high:,.0f})"


def _table(rows: list[list[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
