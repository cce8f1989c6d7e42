"""Answers letters: each goes to the consultation once, and what comes back is kept to be delivered."""

from collections.abc import Callable
from typing import Any

from agent.consultation import Consultant
from agent.interview import NextQuestion
from agent.mailbox import Letter, Mailbox
from agent.protocol import Answered, Command, Commanded, Message, Said, Turn
from agent.wording import label, scalar_in_words, value_in_words
from knowledge.errors import InputError
from knowledge.facts import fact_specs
from tools.profile import Known, parse_fact
from ui.slack import replies
from ui.slack.people import People
from ui.slack.replies import Body
from ui.slack.words import word

Costs = Callable[[Any], dict[str, Any]]


class Clerk:
    """Answers the letters of a thread from its session; the caller holds the thread's lease."""

    def __init__(
        self, consultant: Consultant, mailbox: Mailbox, people: People, costs: Costs, browser_url: str
    ) -> None:
        self._consultant = consultant
        self._mailbox = mailbox
        self._people = people
        self._costs = costs
        self._browser_url = browser_url

    def answer(self, letter: Letter) -> None:
        """Answers one letter; what cannot be used is told in the thread. Raises StoreError where nothing was saved."""
        try:
            answers = self._answers(letter)
        except InputError as error:
            answers = replies.say(str(error))
        self._mailbox.answer(letter, answers)

    def announcement(self, letter: Letter) -> list[Letter]:
        """What is to be delivered ahead of an answer that takes long; nothing where that was said before."""
        ahead = (self._mailbox.send_ahead(letter, body) for body in replies.say(word("long_work")))
        return [kept for kept in ahead if kept]

    def give_up(self, letter: Letter) -> None:
        """Tells that a letter could not be answered."""
        self._mailbox.answer(letter, replies.say(word("failed")))

    def _answers(self, letter: Letter) -> list[Body]:
        body = letter.body
        thread = self._mailbox.thread(letter.address)
        session = thread.session if thread else None
        if session is None:
            if body["kind"] == "said":
                self._people.catch_up(letter)
            opening = self._consultant.start()
            session = opening.session
            self._mailbox.keep(letter.address, session)
            if not body.get("text"):
                return self._shown(letter, opening)
        match body["kind"]:
            case "said" | "opened":
                text = body["text"]
                return self._sent(letter, session, Said(text, self._by(body))) if text else self._again(session)
            case "clicked":
                return self._clicked(letter, session)
            case "commanded":
                return self._commanded(letter, session)
            case "filled":
                return self._filled(letter, session)
            case "costs":
                profile = self._consultant.ledger(session).profile
                return [replies.costs(self._costs(profile), self._consultant.usage(session))]
        raise InputError(word("failed"))

    def _clicked(self, letter: Letter, session: str) -> list[Body]:
        body = letter.body
        if not self._still_asked(letter, session):
            return [replies.whisper(body["user"], word("stale", label=body["label"]))]
        value = self._chosen(session, body)
        message = _answer(body["fact"], value, self._by(body))
        heard = word("answered", who=message.by, value=_shown_value(body["fact"], value))
        answers = self._sent(letter, session, message)
        return [*replies.say(heard), *answers] if self._many(session) else answers

    def _chosen(self, session: str, body: dict[str, Any]) -> Any:
        """The value of a click; one that was too long to carry stands in the question, which the ledger keeps."""
        if "value" in body:
            return body["value"]
        asked = (body["fact"], body["turn"])
        entries = self._consultant.ledger(session).entries
        question = next(one for one in entries if one.kind == "clarify" and (one.fact, one.turn) == asked)
        choices = NextQuestion(body["fact"], question).choices
        return choices[body["place"]] if choices else None

    def _commanded(self, letter: Letter, session: str) -> list[Body]:
        body = letter.body
        if "fact" in body and not self._still_asked(letter, session):
            return [replies.whisper(body["user"], word("stale", label=body["label"]))]
        command: Command = body["command"]
        return self._sent(letter, session, Commanded(command, self._by(body)))

    def _filled(self, letter: Letter, session: str) -> list[Body]:
        """Takes the answers of a form, but for those that contradict what someone else said: both are quoted."""
        by, answers = self._by(letter.body), dict(letter.body["answers"])
        conflicts = self._contradicted(session, by, answers)
        for fact, _ in conflicts:
            answers.pop(fact, None)
        told = replies.say("\n".join(sentence for _, sentence in conflicts)) if conflicts else []
        return [*(self._sent(letter, session, Answered(answers, by)) if answers else []), *told]

    def _contradicted(self, session: str, by: str, answers: dict[str, Any]) -> list[tuple[str, str]]:
        heard = self._consultant.ledger(session).heard
        found = []
        for fact, given in answers.items():
            before, now = heard.get(fact), parse_fact(fact, given)
            if before and before.by and before.by != by and before.value != now and isinstance(before.value, Known):
                said = f"“{before.quote}”" if before.quote else value_in_words(fact, before.value)
                parts = {"first": before.by, "before": said, "second": by, "now": value_in_words(fact, now)}
                found.append((fact, word("form_conflict", label=label(fact), **parts)))
        return found

    def _sent(self, letter: Letter, session: str, message: Message) -> list[Body]:
        """Sends a message to the consultation; the letter's id makes it count once however often this is done."""
        if not letter.begun:
            self._mailbox.begin(letter.id)
        return self._shown(letter, self._consultant.send(session, message, letter.id))

    def _shown(self, letter: Letter, turn: Turn) -> list[Body]:
        thread = self._mailbox.thread(letter.address)
        state = thread.state if thread else {}
        ledger = self._consultant.ledger(turn.session)
        answer = replies.reply(turn, ledger.pending)
        self._mailbox.keep(letter.address, open=[one["fact"] for one in turn.open])
        parts = answer
        if turn.facts and (turn.changed or "card" not in state):
            shown = replies.card(turn, self._browser_url, self._consultant.usage(turn.session))
            parts = [*answer, shown] if "card" in state else [shown, *answer]
        if turn.memo:
            parts.append(replies.files(turn, max(entry.turn for entry in ledger.entries)))
        return parts

    def _again(self, session: str) -> list[Body]:
        """Where the consultation stands, for someone who only called."""
        turn = self._consultant.resume(session)
        return replies.reply(turn, self._consultant.ledger(session).pending)

    def _still_asked(self, letter: Letter, session: str) -> bool:
        """Whether the question that a click answers is the open one; one that was begun was judged before."""
        pending = self._consultant.ledger(session).pending
        asked = (letter.body["fact"], letter.body["turn"])
        return letter.begun or (pending is not None and (pending.fact, pending.turn) == asked)

    def _many(self, session: str) -> bool:
        """Whether several people take part, so that it is worth saying who answered."""
        return len({entry.by for entry in self._consultant.ledger(session).entries if entry.by}) > 1

    def _by(self, body: dict[str, Any]) -> str:
        return self._people.name(body["user"])


def _answer(fact: str, value: Any, by: str) -> Said | Answered:
    """A chosen value as an answer; a reading in words, such as a range, is said as if it had been typed."""
    spec = fact_specs()[fact]
    in_words = isinstance(value, str) and spec.kind != "text" and value not in spec.codes
    return Said(value, by) if in_words else Answered({fact: value}, by)


def _shown_value(fact: str, value: Any) -> str:
    if value is None:
        return word("dont_know")
    if isinstance(value, bool):
        return word("yes" if value else "no")
    return scalar_in_words(fact, value) if isinstance(value, str | int | float) else str(value)
