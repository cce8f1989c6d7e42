"""The first sections: the decision, the situation in the user's words, and the diagnosis."""

from agent.memo.case import Case
from agent.memo.figures import is_priced
from agent.memo.forms import LONGEST_EXCERPT, plain
from agent.memo.outline import Block, Bullets, Paragraph, Quote, Section, Sentence, Table
from agent.memo.wording import wording
from knowledge.facts import fact_specs

SHOWN_FACTS = 12
"""Facts that the main part shows without choosing among them."""

SETTLED_ENOUGH = 3
"""Facts that must be known before a memo speaks as if it knew the situation."""


def outcome(case: Case) -> Section:
    """The decision in two sentences, how sure it is, what it costs and what to add."""
    w = case.writer
    blocks: list[Block] = [Paragraph(_decision(case)), Paragraph(tuple(_certainty(case)))]
    add_ons = case.decision["recommendation"]["add_ons"]
    practices = w.grounds.at("practice/add_ons")
    if known := [name for name in add_ons if name in practices]:
        items = [(_add_on(case, name),) for name in known]
        blocks += [Paragraph((w.say("outcome.add_ons"),)), Bullets(tuple(items))]
    if tasks := case.record.get("tasks"):
        jobs = [(_job(case, place),) for place in range(len(tasks))]
        blocks += [Paragraph((w.say("outcome.tasks"),)), Bullets(tuple(jobs))]
    return Section("outcome", w.heading("outcome"), tuple(blocks))


def _job(case: Case, place: int) -> Sentence:
    path = f"record/tasks/{place}"
    option = case.writer.show(f"{path}/option", "option_inside")
    return case.writer.say("outcome.task", task=case.writer.show(f"{path}/task", "task"), option=option)


def choice_template(case: Case) -> str:
    """The template that says what to do for the option and its variant."""
    variants = wording().choices[case.option]
    named = case.variant if case.variant in variants else "default"
    live = f"{named}_live" if case.profile.get("rag_in_production") is True else ""
    return f"choice:{case.option}:{live if live in variants else named}"


def _decision(case: Case) -> tuple[Sentence, Sentence]:
    w = case.writer
    choice = w.say(choice_template(case))
    if _conditional(case):
        first = case.decision["unknown"][0]["fact"]
        question = w.show(f"facts/{first}/question")
        said = w.show(choice_template(case).replace("choice:", "choices/").replace(":", "/"), "clause_sentence")
        return (
            w.say("outcome.conditional", choice=said),
            w.say("outcome.ask_first", question=question),
        )
    reasons, found = case.reasons(case.option, favourable=True), case.decision["diagnosis"]
    sure = found["stated"] and not found["unsure"]
    calls_for_it = case.option in case.claims[_gap_claims(case)[0]].options
    if reasons and (sure or not calls_for_it):
        return choice, case.reason(reasons[0], "outcome.because")
    template = "outcome.because_gap" if sure else "outcome.because_if"
    return choice, w.say(
        template, w.cite(_gap_claims(case)), gap=w.show("decision/diagnosis/because/0", "clause_sentence")
    )


def _conditional(case: Case) -> bool:
    certain = case.decision["certificate"]["certainty"]
    return certain == "open" and len(case.settled) < SETTLED_ENOUGH and bool(case.decision["unknown"])


def _certainty(case: Case) -> list[Sentence]:
    w = case.writer
    certificate = case.decision["certificate"]["certainty"]
    share = w.show("decision/recommendation/confidence", "percent")
    said = []
    if certificate == "proven":
        said.append(w.say("outcome.proven" if case.decision["unknown"] else "outcome.settled"))
    elif certificate == "probable":
        said.append(w.say("outcome.probable", chance=w.show("decision/certificate/chance_of_change", "percent")))
    else:
        said.append(w.say(_openness(case), confidence=share))
    if not case.decision["recommendation"]["ranking"][0]["feasible"]:
        said.append(w.say("outcome.blocked"))
    if is_priced(case, case.option):
        costs = f"costs/{case.option}"
        build, run = case.money(f"{costs}/upfront_usd/p50"), case.money(f"{costs}/monthly_usd/p50")
        said.append(w.say("outcome.cost", upfront=build, monthly=run))
    return said


def _openness(case: Case) -> str:
    """The template for a choice that something open may change: whether one question does, several, or no question."""
    if not case.decision["unknown"]:
        return "outcome.shared"
    return "outcome.open" if case.worth_finding_out else "outcome.open_together"


def _add_on(case: Case, name: str) -> Sentence:
    practice = case.writer.grounds.at(f"practice/add_ons/{name}")
    text = case.writer.show(f"claims/{practice['claims'][0]}/text", "sentence")
    return case.writer.say("outcome.add_on", case.writer.cite(practice["claims"], case.option), text=text)


def _gap_claims(case: Case) -> list[str]:
    return wording().evidence[f"gap_{case.decision['diagnosis']['gap']}"]


def context(case: Case) -> Section:
    """The situation: the user's description and the facts with the words they came from."""
    w = case.writer
    blocks: list[Block] = []
    described = isinstance(case.profile.get("use_case"), str) and bool(plain(case.profile["use_case"]))
    if described:
        blocks.append(Quote(w.say("context.words", words=w.show("profile/use_case", "excerpt"))))
        if len(plain(case.profile["use_case"])) > LONGEST_EXCERPT:
            blocks.append(Paragraph((w.say("context.more"),)))
    facts = weighing_facts(case)
    if facts:
        intro = "context.facts" if described else "context.no_case"
        all_shown = len(facts) == len(given_facts(case))
        blocks += [Paragraph((w.say(intro if all_shown else "context.most"),)), fact_table(case, facts)]
    elif not described:
        blocks.append(Paragraph((w.say("context.nothing"),)))
    return Section("context", w.heading("context"), tuple(blocks))


def given_facts(case: Case) -> list[str]:
    """Every fact that was spoken of, but for the description."""
    return [name for name in case.profile if name != "use_case"]


def weighing_facts(case: Case) -> list[str]:
    """The facts to show first: all where they are few, else those that a rule or a smallest change rests on."""
    given = given_facts(case)
    if len(given) <= SHOWN_FACTS:
        return given
    used = {name for reason in case.decision["reasons"] for name in reason["facts"]}
    used |= {name for flip in case.decision["flips"] for name in flip["changes"]}
    return [name for name in given if name in used]


def fact_table(case: Case, facts: list[str]) -> Table:
    """Facts with their values and, where there are any, the words they came from."""
    w = case.writer
    rows = []
    for fact in facts:
        label = w.say("fact.label", label=w.show(f"facts/{fact}/label"))
        value = w.say("fact.value", value=w.show(f"profile/{fact}", "fact"))
        rows.append(((label,), (value,), _words(case, fact)))
    if any(words for *_, words in rows):
        return Table(w.columns("fact", "value", "words"), tuple(rows), (3, 3, 4))
    return Table(w.columns("fact", "value"), tuple((label, value) for label, value, _ in rows), (3, 4))


def _words(case: Case, fact: str) -> tuple[Sentence, ...]:
    w, entry = case.writer, case.heard.get(fact)
    if not entry:
        return ()
    said = []
    if entry.get("quote"):
        said.append(w.say("fact.quote", quote=w.show(f"heard/{fact}/quote", "excerpt")))
    if entry.get("by") not in (None, "", "user"):
        said.append(w.say("fact.by", by=w.show(f"heard/{fact}/by", "quote")))
    if entry.get("origin") == "derived":
        said.append(w.say("fact.derived"))
    return tuple(said)


def diagnosis(case: Case) -> Section:
    """What kind of gap it is, why we think so, and what that calls for."""
    w, found = case.writer, case.decision["diagnosis"]
    gap = w.show(f"facts/gap/values/{found['gap']}", "clause")
    chance = w.show("decision/diagnosis/probability", "percent")
    if not found["stated"]:
        first = w.say("diagnosis.inferred", gap=gap, chance=chance)
    elif found["unsure"]:
        first = w.say("diagnosis.doubted", gap=gap, chance=chance)
    else:
        first = w.say("diagnosis.stated", gap=gap)
    grounds = [
        w.say("diagnosis.because", because=w.show(f"decision/diagnosis/because/{place}", "sentence"))
        for place in range(1, len(found["because"]))
    ]
    said = [w.say("diagnosis.grounds"), *grounds] if grounds else []
    claims = _gap_claims(case)
    evidence = w.say("diagnosis.evidence", w.cite(claims), claim=w.show(f"claims/{claims[0]}/text", "sentence"))
    return Section("diagnosis", w.heading("diagnosis"), (Paragraph((first, *said, evidence)),))


def all_facts(case: Case) -> Section:
    """Appendix: the facts given that the main part has no room for, those not known, and the whole description."""
    w = case.writer
    shown, blocks, rows = weighing_facts(case), list[Block](), []
    if rest := [name for name in given_facts(case) if name not in shown]:
        blocks += [Paragraph((w.say("facts.given"),)), fact_table(case, rest)]
    for fact in fact_specs():
        if fact == "use_case" or fact in case.profile:
            continue
        label = w.say("fact.label", label=w.show(f"facts/{fact}/label"))
        rows.append(((label,), (w.say("open.find_out", find_out=w.show(f"facts/{fact}/find_out", "sentence")),)))
    if rows:
        table = Table(w.columns("fact", "find_out"), tuple(rows), (2, 5))
        blocks += [Paragraph((w.say("facts.open"),)), table]
    else:
        blocks.append(Paragraph((w.say("facts.none"),)))
    if isinstance(case.profile.get("use_case"), str) and len(plain(case.profile["use_case"])) > LONGEST_EXCERPT:
        blocks.append(Paragraph((w.say("facts.described"),)))
        blocks.append(Quote(w.say("context.words", words=w.show("profile/use_case", "quote"))))
    return Section("facts", w.heading("facts"), tuple(blocks), appendix=True)
