"""What the bot shows: a turn as messages, the decision card, the costs. Made here, delivered elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

from agent.language.model.usage import Spent
from agent.ledger import Entry
from agent.protocol import Turn
from agent.wording import dollars, percent, scalar_in_words
from knowledge.facts import fact_specs
from knowledge.options import LABELS
from ui.render import blocks as kit
from ui.slack.text import cut, escaped, mrkdwn, plain, visible
from ui.slack.words import word

MOST_ANSWER_BUTTONS = 5
LONGEST_NOTICE = 1_000
Body = dict[str, Any]


def say(markdown: str) -> list[Body]:
    """A text in the thread, in as many messages as it takes."""
    return _said(markdown, kit.sections(mrkdwn(markdown)))


def whisper(user: str, text: str) -> Body:
    """A message that only one person sees."""
    return {"kind": "whisper", "user": user, "text": escaped(text)}


def reply(turn: Turn, question: Entry | None) -> list[Body]:
    """The reply with the question's buttons, which carry the question that they answer."""
    text = f"{turn.reply}\n\n{word('writing')}" if turn.memo else turn.reply
    shown = kit.sections(mrkdwn(text))
    if turn.asks and question and question.fact == turn.asks:
        shown += _answers(turn, question)
    return _said(text, shown)


def card(turn: Turn, browser_url: str, spent: Spent) -> Body:
    """The compact decision, to be kept up to date in one place."""
    shown = [kit.section(_headline(turn)), kit.context(_state(turn, spent))]
    shown += kit.actions(list(_ways_on(turn, browser_url)))
    return {"kind": "card", "text": plain(_headline(turn).replace("*", "")), "blocks": shown}


def files(turn: Turn, ledger_turn: int) -> Body:
    """The memo as files, written from the ledger as it stood at that turn."""
    return {"kind": "files", "session": turn.session, "turn": ledger_turn, "text": word("files")}


def costs(document: dict[str, Any], spent: Spent) -> Body:
    """What every option costs, as a table in fixed width; and what this consultation used of a language model."""
    head = [word(f"costs_{name}") for name in ("option", "upfront", "monthly", "year")]
    amounts = ("upfront_usd", "monthly_usd", "tco_12_months_usd")
    rows = [[LABELS[one], *(_spread(cost[name]) for name in amounts)] for one, cost in document["costs"].items()]
    table = _table([head, *rows])
    shown = [kit.section(word("costs_title")), kit.section(f"```{escaped(table)}```")]
    if spent.calls:
        shown.append(kit.context(escaped(_used(spent))))
    return {"kind": "say", "text": plain(word("costs_title").replace("*", "")), "blocks": shown}


def _said(markdown: str, blocks: list[kit.Block]) -> list[Body]:
    """The blocks as messages; what a notification shows of the first is the beginning of the text."""
    messages = kit.messages(blocks)
    notices = [plain(markdown), *("\n".join(_texts(rest)) for rest in messages[1:])]
    return [
        {"kind": "say", "text": cut(notice or word("goes_on"), LONGEST_NOTICE), "blocks": shown}
        for notice, shown in zip(notices, messages, strict=False)
    ]


def _texts(blocks: list[kit.Block]) -> Iterator[str]:
    return (block["text"]["text"] for block in blocks if block["type"] == "section")


def _answers(turn: Turn, question: Entry) -> list[kit.Block]:
    """The choices as buttons, or as a menu where there are many; those with long names are numbered and listed."""
    assert turn.asks  # noqa: S101  (only called where something is asked)
    asked = {"fact": question.fact, "turn": question.turn}
    choices = turn.choices if turn.choices is not None else _likely(turn.asks)
    names = [visible(_choice(turn.asks, one)) for one in choices]
    listed: list[kit.Block] = []
    if not all(0 < len(name) <= kit.LONGEST_OPTION for name in names):
        listed = kit.sections(escaped("\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))))
        names = [str(number) for number, _ in enumerate(names, 1)]
    values = [_click_value(asked, place, one) for place, one in enumerate(choices)]
    made: list[kit.Block] = []
    if 0 < len(names) <= MOST_ANSWER_BUTTONS:
        made = [kit.button(name, f"answer-{place}", values[place]) for place, name in enumerate(names)]
    elif names:
        made = [kit.select("answer-menu", word("choose"), zip(names, values, strict=True))]
    made.append(kit.button(word("dont_know"), "answer-unknown", _click_value(asked, 0, None)))
    for command in ("why", "skip"):
        value = json.dumps({"kind": "commanded", **asked, "command": command})
        made.append(kit.button(word(command), f"command-{command}", value))
    return [*listed, *kit.actions(made)]


def _likely(fact: str) -> list[Any]:
    """Numbers that many would answer, for a question that has no choices; any other is typed."""
    return [int(value) if value == int(value) else value for value in fact_specs()[fact].likely]


def _click_value(asked: dict[str, Any], place: int, choice: Any) -> str:
    """What a click brings back: the question and the answer, or the answer's place where it is too long to carry."""
    whole = json.dumps({"kind": "clicked", **asked, "value": choice})
    if len(whole) <= kit.LONGEST_OPTION_VALUE:
        return whole
    return json.dumps({"kind": "clicked", **asked, "place": place})


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


def _state(turn: Turn, spent: Spent) -> str:
    ranking = turn.recommendation["ranking"]
    second = next((row for row in ranking if row["option"] != turn.recommendation["option"]), None)
    parts = [
        word("card_heard", count=len(turn.facts)),
        word("card_open", count=len(turn.open)) if not turn.done else word("card_open_none"),
    ]
    if second:
        parts.append(word("card_second", option=LABELS[second["option"]], chance=percent(second["probability"])))
    if spent.calls:
        parts.append(_used(spent))
    return escaped(" · ".join(parts))


def _used(spent: Spent) -> str:
    """What the language model of this consultation took so far; in money where its price is known."""
    name = "used" if spent.usd is None else "used_usd"
    return word(name, tokens=f"{spent.tokens:,}", usd=dollars(spent.usd or 0))


def _spread(amount: dict[str, float | None]) -> str:
    low, middle, high = (amount[name] for name in ("p10", "p50", "p90"))
    if low is None or middle is None or high is None:
        return word("costs_none")
    return f"{dollars(middle)} ({dollars(low)}–{dollars(high)})"


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
