"""Whatever is known, and whichever door it comes in by, the decision record is the same."""

import io
import json
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from mcp import Client

from agent.consultation import Consultant
from agent.language.model.usage import Spent
from agent.memo.forms import FORMS
from agent.protocol import Answered
from agent.settings import load_settings
from knowledge.library import open_searcher
from tests.decide_profiles import AS_OF, partial_profiles, steadily
from tests.scripted_language import ScriptedLanguage
from tools.advice import advise
from tools.cost.report import estimate_costs
from tools.profile import Profile, parse_profile
from ui.browser.advice import advised
from ui.browser.costs import cost_rows
from ui.cli.app import run
from ui.cli.cost import cost_table
from ui.mcp.server import make_server
from ui.mcp.tools import Toolbox
from ui.slack import replies
from ui.slack.form import answers_of

few = settings(steadily, max_examples=5)


@pytest.fixture(scope="module")
def consultant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consultant]:
    chosen = load_settings(home=tmp_path_factory.mktemp("home"), messages_per_hour=0)
    searcher = open_searcher(tmp_path_factory.mktemp("index"))
    with closing(Consultant(chosen, ScriptedLanguage(), searcher)) as consultant:
        yield consultant


def by_command_line(document: dict[str, Any]) -> dict[str, Any]:
    """What `consult decide - --json` prints for a profile on standard input."""
    typed, shown = io.TextIOWrapper(io.BytesIO(json.dumps(document).encode())), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(shown):
        patch.setattr("sys.stdin", typed)
        assert run(["decide", "-", "--json"]) == 0
    printed: dict[str, Any] = json.loads(shown.getvalue())
    return printed


def by_mcp(document: dict[str, Any], consultant: Consultant) -> dict[str, Any]:
    """What the tool `decide` answers."""

    async def asked() -> Any:
        async with Client(make_server(Toolbox(load_settings(), ScriptedLanguage(), consultant))) as client:
            return (await client.call_tool("decide", {"profile": document})).structured_content

    found: dict[str, Any] = anyio.run(asked)
    return found


def record_of(document: dict[str, Any]) -> str:
    """A document of `consult decide --json` as a record: without versions."""
    return json.dumps({key: value for key, value in document.items() if key != "versions"}, sort_keys=True)


@pytest.mark.relation("any-door")
@few
@given(partial_profiles())
def test_command_line_browser_mcp_and_a_consultation_come_to_the_same_record(
    consultant: Consultant, profile: Profile
) -> None:
    document = profile.document()
    session = consultant.start().session
    consultant.send(session, Answered(document or {"use_case": "a bot"}))
    heard = consultant.ledger(session).profile.without("use_case")
    expected = record_of(advise(profile, AS_OF).record())
    assert record_of(advise(heard, AS_OF).record()) == expected
    assert record_of(by_command_line(document)) == expected
    assert record_of(advised(document)) == expected
    assert record_of(by_mcp(document, consultant)) == expected


@pytest.mark.relation("any-door")
@settings(few, max_examples=40)
@given(partial_profiles())
def test_what_is_filled_into_the_form_in_slack_is_the_profile(profile: Profile) -> None:
    document = {name: form for name, form in profile.document().items() if not for_the_thread(form)}
    answers, errors = answers_of(submitted(document))
    assert errors == {} and parse_profile(answers) == parse_profile(document)


def for_the_thread(form: Any) -> bool:
    """Whether the form in Slack cannot take it: doubt, what does not apply and what shrinks are said in the thread."""
    if isinstance(form, dict):
        return "value" in form or form.get("state") in ("not_applicable", "later") or form.get("low", 0) < 0
    return not isinstance(form, str) and form < 0


def submitted(document: dict[str, Any]) -> dict[str, Any]:
    """A form as it comes back, with numbers typed and choices made."""
    values = {name: {"given": {"value": typed(form)}} for name, form in document.items()}
    return {"state": {"values": values}}


def typed(form: Any) -> str:
    if isinstance(form, dict):
        return "unknown" if "state" in form else f"{form['low']:f} to {form['high']:f}"
    if isinstance(form, bool):
        return str(form).lower()
    return f"{form:.17f}" if isinstance(form, float) else str(form)


@pytest.mark.parametrize("queries_per_day", [20, 3_000, 40_000_000])
def test_one_cost_reads_the_same_at_every_door(queries_per_day: int) -> None:
    profile = parse_profile({"gap": "knowledge", "knowledge_tokens": 200_000, "queries_per_day": queries_per_day})
    document = estimate_costs(profile, AS_OF).document()
    figures = document["costs"]["prompting"]["monthly_usd"]
    shown = [FORMS["money"](figures[end], "record/x") for end in ("p50", "p10", "p90")]
    in_browser = cost_rows(document)[0][2]
    in_terminal = cost_table(document)
    in_slack = json.dumps(replies.costs(document, Spent()), ensure_ascii=False)
    assert [amount in said for said in (in_browser, in_terminal, in_slack) for amount in shown] == [True] * 9
