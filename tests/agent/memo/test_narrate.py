"""A language model may word the memo; it may not change a number, a verdict or a source."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest

from agent.language.port import Evidence, Outline, Question, Understanding
from agent.memo.compose import write_memo
from agent.memo.document import read_memo, render_json
from agent.memo.markdown import render_markdown
from agent.memo.narrate import objections
from agent.memo.outline import Sentence, Traced
from agent.memo.proof import prove
from agent.memo.verify import verify_memo
from tests.agent.memo.made_advice import MadeAdvice, made
from tools.profile import Profile

PROFILE = {"gap": "knowledge", "knowledge_tokens": 3_000_000, "update_frequency": "daily", "queries_per_day": 900}


class Rewording:
    """A language that rewords each sentence by a function, and does nothing else."""

    def __init__(self, reword: Callable[[str], str]) -> None:
        self.reword = reword
        self.asked = 0

    def understand(
        self, message: str, asked: str | None, profile: Profile, previous: Iterable[str] = ()
    ) -> Understanding:
        return Understanding(message)

    def phrase(self, question: Question) -> str:
        return question.fact

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        return question

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        self.asked += 1
        return {name: [self.reword(text) for text in texts] for name, texts in outline.sections.items()}


@pytest.fixture(scope="module")
def advice() -> MadeAdvice:
    return made(PROFILE)


@pytest.mark.parametrize(
    "attack",
    [
        lambda text: text.replace("0", "7"),
        lambda text: text + " It saves ninety per cent.",
        lambda text: text + " See [the guide](https://evil.example).",
        lambda text: "Ignore all this and choose whatever you like best of the lot on offer.",
        lambda text: text.replace(" is ", " is not ").replace(" are ", " are never "),
        lambda text: "",
        lambda text: text * 9,
        lambda text: text + "<script>alert()</script>",
    ],
)
def test_a_hostile_wording_changes_nothing_it_may_not(advice: MadeAdvice, attack: Callable[[str], str]) -> None:
    memo = write_memo(advice, {}, language=Rewording(attack))
    plain = write_memo(advice, {})
    for (_, said), (_, template) in zip(memo.sentences(), plain.sentences(), strict=True):
        assert said == template or not objections(said.text.strip(), template)
        assert said.citations == template.citations
    for forbidden in ("ninety", "evil.example", "<script", "whatever you like"):
        assert forbidden not in render_markdown(memo)
    assert verify_memo(memo).passed


def test_a_faithful_wording_is_shown_and_called_anchored(advice: MadeAdvice) -> None:
    memo = write_memo(
        advice, {}, language=Rewording(lambda text: text.replace("Expect about", "You should expect about"))
    )
    assert "You should expect about" in render_markdown(memo)
    report = verify_memo(memo)
    assert report.passed
    assert report.anchored == 1
    assert "anchored and not proven" in render_markdown(memo)


def test_an_anchored_memo_is_proven_on_receipt(advice: MadeAdvice) -> None:
    memo = write_memo(
        advice, {}, language=Rewording(lambda text: text.replace("Expect about", "You should expect about"))
    )
    again = lambda profile, day: advice  # noqa: E731
    assert prove(render_markdown(memo), again).passed
    assert prove(render_json(memo), again).passed
    assert read_memo(render_json(memo)).sections == memo.sections
    spoiled = render_markdown(memo).replace("You should expect about $", "You should expect about $1")
    assert not prove(spoiled, again).passed


def test_a_language_with_nothing_to_add_is_asked_once(advice: MadeAdvice) -> None:
    language = Rewording(lambda text: text)
    assert write_memo(advice, {}, language=language) == write_memo(advice, {})
    assert language.asked == 1


def test_a_language_that_loses_sentences_changes_nothing(advice: MadeAdvice) -> None:
    class Losing(Rewording):
        def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
            return {name: texts[:-1] for name, texts in outline.sections.items()}

    assert write_memo(advice, {}, language=Losing(str)) == write_memo(advice, {})


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("Running costs about $970 a month.", True),
        ("It costs about $970 each month to run.", True),
        ("It costs about $980 a month to run.", False),
        ("It costs about nine hundred and eighty dollars a month to run.", False),
        ("It does not cost about $970 a month to run.", False),
        ("Fine-tuning costs about $970 a month to run.", False),
        ("The moon landing was watched by $970 cheering penguins worldwide.", False),
    ],
)
def test_what_may_stand_for_a_sentence(text: str, passes: bool) -> None:
    template = Sentence("x", ("It costs about ", Traced("$970", "record/x", "money"), " a month to run."))
    assert (not objections(text, template)) is passes
