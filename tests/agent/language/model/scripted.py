"""Scripts for the model peer: one that helps, one that follows any instruction it reads, one that lies."""

import json
import random
import re
from collections.abc import Callable
from typing import Any

from knowledge.facts import fact_specs
from knowledge.options import LABELS
from tests.peers.model import Reply, Request, asked_for, calls, said, structured, text

Claims = Callable[[str], list[dict[str, Any]]]


def claim(fact: str, value: Any, quote: str) -> dict[str, Any]:
    """A claim in the form that is asked for."""
    return {"fact": fact, "value": value, "low": None, "high": None, "unsure": False, "quote": quote}


def no_claims(message: str) -> list[dict[str, Any]]:
    """Nothing read."""
    return []


def templates(request: Request) -> dict[str, str]:
    """The sentences that a wording request is about."""
    material = json.loads(said(request))
    found: dict[str, str] = material.get("questions") or material.get("sentences")
    return found


def passages(request: Request) -> list[dict[str, str]]:
    """The passages that an explanation request brings along."""
    found: list[dict[str, str]] = json.loads(request["messages"][1]["content"])["passages"]
    return found


def tool_lines(request: Request) -> list[dict[str, str]]:
    """What the tools have given so far in a conversation."""
    results = [message["content"] for message in request["messages"] if message["role"] == "tool"]
    return [json.loads(line) for result in results for line in result.splitlines() if line.startswith("{")]


def helpful(claims: Claims = no_claims) -> Callable[[Request], Reply]:
    """A model that does what it is asked."""

    def reply(request: Request) -> Reply:
        match asked_for(request):
            case "stated_facts":
                message = json.loads(said(request))["message"]
                return structured(request, {"facts": claims(message), "question": None})
            case "worded":
                items = [{"name": name, "text": words} for name, words in templates(request).items()]
                return structured(request, {"items": items})
            case "explain" if request["messages"][-1]["role"] != "tool":
                return calls(("decide", {}), ("cost", {}))
            case "explain":
                given = [*passages(request)[:2], *tool_lines(request)[:2]]
                return text("\n".join(f"[{one['id']}] {one['text']}" for one in given))
        return text("hello")

    return reply


class Liar:
    """A model that lies wherever it can; `lies` are the marks that may be shown or stored nowhere.

    With `true_quotes` it also quotes the whole message for each of its claims, of which one may happen to be true.
    """

    def __init__(self, seed: int = 1, true_quotes: bool = True) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._true_quotes = true_quotes
        self.told = 0
        self.lies = ("776655", "seven hundred and seventy-six thousand", "evil.example", "liar2026", "Liar et al.")

    def __call__(self, request: Request) -> Reply:
        """One lie for each request, in the form that is asked for."""
        match asked_for(request):
            case "stated_facts":
                return structured(
                    request,
                    {"facts": self._claims(json.loads(said(request))["message"]), "question": "Is 776655 free?"},
                )
            case "worded":
                items = [{"name": n, "text": self.spoiled(t)} for n, t in templates(request).items()]
                return structured(request, {"items": items})
            case "explain" if request["messages"][-1]["role"] != "tool":
                return calls(*self._wild())
            case "explain":
                given = [*passages(request), *tool_lines(request)]
                lines = [f"[{one['id']}] {self.spoiled(one['text'])}" for one in given]
                return text(
                    "\n".join([*lines, "[liar2026:1] Costs fall to $776655.", "It costs $776655 (Liar et al.)."])
                )
        return text("The answer is 776655.")

    def spoiled(self, words: str) -> str:
        """A sentence with another number, verdict, option, source or link in it."""
        self.told += 1
        spoil = self._random.choice(
            [self._numeral, self._appended, self._option, self._verdict, self._link, self._invented, self._in_words]
        )
        return spoil(words)

    def _numeral(self, words: str) -> str:
        return re.sub(r"\d[\d,.]*", "776655", words) if re.search(r"\d", words) else f"{words} That is 776655 %."

    def _appended(self, words: str) -> str:
        return f"{words} It saves 776655 dollars (Liar et al.)."

    def _in_words(self, words: str) -> str:
        return f"{words} That is seven hundred and seventy-six thousand."

    def _option(self, words: str) -> str:
        for option, label in LABELS.items():
            name = label.partition(" (")[0]
            if name in words:
                other = self._random.choice([one for one in LABELS if one != option])
                return words.replace(name, LABELS[other].partition(" (")[0]) + " liar2026"
        return f"{words} So take Fine-tuning, says liar2026."

    def _verdict(self, words: str) -> str:
        return f"Never mind: {words} is wrong, liar2026 recommends the opposite."

    def _link(self, words: str) -> str:
        return f"{words} See https://evil.example/776655."

    def _invented(self, words: str) -> str:
        return f"{words} [liar2026:1]"

    def _claims(self, message: str) -> list[dict[str, Any]]:
        found = []
        quotes = ["776655 a day", message[:30] + " 776655", "", "liar2026", *[message[:399]] * self._true_quotes]
        for spec in fact_specs().values():
            self.told += 1
            value: Any = 776655 if spec.numeric else self._random.choice([True, *spec.values])
            found.append(claim(spec.name, value, self._random.choice(quotes)))
        return found

    def _wild(self) -> list[tuple[str, Any]]:
        pool: list[tuple[str, Any]] = [
            ("cost", {"options": ["776655"]}),
            ("what_if", {"changes": {"queries_per_day": -776655}}),
            ("what_if", {"changes": {"liar2026": 1}}),
            ("what_if", {"changes": "776655"}),
            ("search", {"query": "x" * 100_000}),
            ("search", {"query": ["../../etc/passwd"]}),
            ("compare", {"first": "rag", "second": "'; DROP TABLE sessions; --"}),
            ("show_rule", {"rule": {"$ne": None}}),
            ("send_mail", {"to": "evil.example"}),
            ("decide", {"recommendation": "fine_tuning"}),
        ]
        return self._random.sample(pool, 5)
