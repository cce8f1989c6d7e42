"""The tools: each a few lines over the engine. What cannot be used comes back as one sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from mcp.server.mcpserver import exceptions

from agent.language.port import Language, read_facts_document
from agent.memo.proof import at_prices_of, prove
from agent.protocol import Answered, Commanded, Message, Said, check_message
from agent.settings import Settings
from knowledge.errors import ConsultError, InputError
from tools.advice import advise
from tools.cost.report import estimate_costs
from tools.latency.report import estimate_latency
from tools.profile import find_fact, parse_profile
from ui.mcp import schemas as shape

if TYPE_CHECKING:
    from agent.consultation import Consultant

READING: Final = (
    "decide",
    "cost",
    "latency",
    "audit_failures",
    "audit_dataset",
    "search_knowledge",
    "read_facts",
    "verify_memo",
)
TALKING: Final = ("start_consultation", "answer")


class Toolbox:
    """The consultant's tools at the settings of one run; whatever is slow to open is opened when first used."""

    def __init__(
        self, settings: Settings, language: Language | None = None, consultant: "Consultant | None" = None
    ) -> None:
        self._settings = settings
        self._given_language = language
        self._given_consultant = consultant

    def tools(self) -> dict[str, Callable[..., Any]]:
        """All tools by name, those that only read first."""
        return {name: getattr(self, name) for name in (*READING, *TALKING)}

    def decide(self, profile: shape.ProfileDocument) -> shape.Advice:
        """Recommends one of five ways to build on a language model, with reasons, costs, latency and citations."""
        with said_in_one_sentence():
            chosen = self._settings
            return shape.Advice(**advise(parse_profile(profile), chosen.date(), chosen.price_table()).document())

    def cost(self, profile: shape.ProfileDocument) -> shape.Costs:
        """Prices every option for a workload, with ranges, lines and break-even points."""
        with said_in_one_sentence():
            chosen = self._settings
            return shape.Costs(**estimate_costs(parse_profile(profile), chosen.date(), chosen.price_table()).document())

    def latency(self, profile: shape.ProfileDocument) -> shape.Latencies:
        """Estimates how long every option lets a user wait, stage by stage."""
        with said_in_one_sentence():
            chosen = self._settings
            report = estimate_latency(parse_profile(profile), chosen.date(), chosen.price_table())
            return shape.Latencies(latency=report.document())

    def audit_failures(self, path: shape.FailuresPath) -> shape.FailureAudit:
        """Sorts a system's failures (query, expected, actual, label) and says which gap they support."""
        from tools.failure_audit import audit_failures

        with said_in_one_sentence():
            return shape.FailureAudit(**audit_failures(path).document())

    def audit_dataset(self, path: shape.TrainPath, held_out: shape.HeldOutPath = "") -> shape.DatasetAudit:
        """Says whether a file of chat examples is fit to fine-tune on, and what to do before it is."""
        from tools.dataset_audit import audit_dataset

        with said_in_one_sentence():
            return shape.DatasetAudit(**audit_dataset(path, held_out or None).document())

    def search_knowledge(self, query: shape.Query, k: shape.Count = 5) -> shape.Passages:
        """Finds the claims, and passages of own documents, that fit a question; none when nothing fits."""
        with said_in_one_sentence():
            return shape.Passages(passages=[dict(hit.row()) for hit in self._consultant.searcher.search(query, k)])

    def read_facts(self, text: shape.Text, asks: shape.Asked = "") -> shape.FactsRead:
        """Reads the facts out of a text, each with the words it came from: as a consultation reads a message, with the
        language model where one is configured and the embedded reading otherwise."""
        with said_in_one_sentence():
            asked = find_fact(asks).name if asks else None
            check_message(Said(text))
            heard = self._language.understand(_whole(text), asked, parse_profile({}))
            return shape.FactsRead(**read_facts_document(heard), notes=list(heard.notes))

    def verify_memo(self, memo: shape.MemoText) -> shape.Verification:
        """Checks every number and citation of a decision memo by computing it again."""
        with said_in_one_sentence():
            report = prove(memo, at_prices_of(self._settings))
            return shape.Verification(**{"passed": report.passed, **asdict(report)})

    def start_consultation(self) -> shape.ConsultationTurn:
        """Begins a consultation; answer its question with `answer`."""
        with said_in_one_sentence():
            return _shown(self._consultant.start())

    def answer(
        self,
        session: shape.Session,
        message: shape.Words = "",
        answers: shape.Answers = {},  # noqa: B006  (never changed; the schema shows it as the default)
        command: shape.ChatCommand = "",
        by: shape.Speaker = "",
        message_id: shape.MessageId = "",
    ) -> shape.ConsultationTurn:
        """Answers the open question of a consultation: words, typed answers, or a command; exactly one of them."""
        with said_in_one_sentence():
            said = _message(message, answers, command, by or None)
            return _shown(self._consultant.send(session, said, message_id or None))

    @cached_property
    def _language(self) -> Language:
        if self._given_language:
            return self._given_language
        from agent.language.model.opening import open_language

        return open_language(self._settings)

    @cached_property
    def _consultant(self) -> "Consultant":
        from agent.consultation import Consultant

        return self._given_consultant or Consultant(self._settings)


@contextmanager
def said_in_one_sentence() -> Iterator[None]:
    """Turns the product's errors into the protocol's, so that the caller reads their sentence."""
    try:
        yield
    except ConsultError as error:
        raise exceptions.ToolError(str(error)) from error


def _message(words: str, answers: dict[str, Any], command: str, by: str | None) -> Message:
    given = [one for one in (words, answers, command) if one]
    if len(given) != 1:
        raise InputError("An answer is exactly one of message, answers and command.")
    if words:
        return Said(words, by)
    return Answered(answers, by) if answers else Commanded(command, by)  # type: ignore[arg-type]


def _whole(text: str) -> str:
    """The text with halves of characters replaced, which no file can hold."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _shown(turn: Any) -> shape.ConsultationTurn:
    return shape.ConsultationTurn(**turn.document())
