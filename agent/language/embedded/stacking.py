"""What counts of all that was heard: what phrases, rules and the other models say of a value is weighed together.

Stacked generalization (Wolpert 1992, "Stacked Generalization"): a small perceptron for each kind of value, learnt from
what the others say of messages by authors whom they did not learn from. What it goes by are signs with names.
"""

import math
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from agent.language.embedded.attribution import NONE
from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.fragments import is_curt, is_fragment, is_telegram, is_terse
from agent.language.embedded.intents import asks_something
from agent.language.embedded.judgement import AMOUNT, ANY, CORRECTION, sure, value_named
from agent.language.embedded.lexicon import FOLDER
from agent.language.embedded.perceptron import Perceptron, load_perceptron
from agent.language.embedded.scope import GUESSED
from agent.language.embedded.thresholds import thresholds
from agent.language.embedded.voices import Voice, Voices
from tools.profile import FactValue, Known, Open

FAINTEST = -0.8
"""Score of a voice below which nothing is considered that no phrase says."""
_APART = {"gap", "task", CORRECTION}
"""What is no yes/no fact and no other choice."""
_OF_MESSAGES = (f"gap={ANY}", f"task={ANY}", f"{CORRECTION}=true")
"""What a message is about tells something of all that it says."""
Kind = Literal["choices", "figures", "jobs", "gaps"]
Signs = dict[str, float]
"""What speaks for and against a value: names with how strongly each holds."""


class Option(NamedTuple):
    """A value that may be meant, and what speaks for and against it."""

    candidate: Candidate
    signs: Signs

    @property
    def by_rule(self) -> bool:
        """Whether a rule reads it, and not only the words around a figure."""
        return "rule" in self.signs

    @property
    def by_phrase(self) -> bool:
        """Whether a phrase states it for the present, and not only a model hears it."""
        return "phrase" in self.signs

    @property
    def at_present(self) -> "Option":
        """The same as if nothing told that it is past, supposed or another's."""
        return self._replace(signs={name: sign for name, sign in self.signs.items() if not name.startswith(GUESSED)})


def model_of(kind: Kind) -> Path:
    """Where the model of a kind of value is kept."""
    return FOLDER / "models" / f"stacked_{kind}.npz"


@cache
def _model(kind: Kind) -> Perceptron:
    return load_perceptron(model_of(kind))


def weighed(kind: Kind, options: Sequence[Option]) -> list[tuple[float, Option]]:
    """Each option with the log-odds that it is meant, the likeliest first."""
    odds = _model(kind).log_odds([option.signs for option in options])
    return sorted(zip(map(float, odds), options, strict=True), key=lambda one: -one[0])


def likely(kind: Kind, options: Sequence[Option]) -> list[Option]:
    """The options that count, the likeliest first."""
    return [option for odds, option in weighed(kind, options) if odds >= limit_of(kind, option)]


def limit_of(kind: Kind, option: Option) -> float:
    """From which log-odds on an option counts; what is plain is seldom gainsaid, and to ask back costs less."""
    plain = _is_plain(option) or option.candidate.choices
    return thresholds()["plain" if plain else "stacked"][kind]


def _is_plain(option: Option) -> bool:
    """What a phrase reads in a few words or beyond doubt; of a figure, what two of rule, telegram and words around say.

    A telegram that asks for something, "back to citations", states nothing plainly. What only a rule can read, because
    no figure of its kind stands there, is plain too.
    """
    signs = option.signs
    if option.by_phrase:
        curt = signs["telegram"] or signs.get("phrase, in a curt sentence")
        return bool(signs.get("certain") or (curt and not signs.get("asks something")))
    alone = "kind rule" in signs or "kind product" in signs
    agreed = signs.get("around, ahead of none", 0.0) >= thresholds()["plain"]["agreed"]
    return sum([option.by_rule, bool(signs["telegram"]), agreed]) > 1 or alone


def choices_of(reading: Reading, voices: Voices, phrases: Sequence[Candidate]) -> list[Option]:
    """The yes/no facts and choices that a phrase states or a model hears, each with its signs."""
    options = []
    for label, said, signs in _heard_or_said(reading, voices, phrases, _is_choice):
        fact = label.split("=")[0]
        signs |= {f"fact {fact}": 1.0, **_asked(reading, fact), **_signs_of_phrases(reading, said, fact)}
        options += [Option(one, signs) for one in said or [_heard(label, voices[label])]]
    return options


def chosen(options: Sequence[Option]) -> list[Option]:
    """Of each fact the likeliest value that counts; where phrases state several that count, all of these."""
    by_fact: dict[str, list[Option]] = {}
    for option in likely("choices", options):
        by_fact.setdefault(option.candidate.fact, []).append(option)
    kept = list[Option]()
    for counted in by_fact.values():
        kept += [option for option in counted if option.by_phrase] or counted[:1]
    return kept


def jobs_of(
    reading: Reading, voices: Voices, phrases: Sequence[Candidate], wished: Callable[[int], bool]
) -> list[Option]:
    """The jobs that a phrase names or a model hears, each with its signs; `wished` tells where one is asked for."""
    options = []
    for label, said, signs in _heard_or_said(reading, voices, phrases, _is_job):
        candidate = said[0] if said else _heard(label, voices[label])
        signs |= {f"fact {label}": 1.0, **_asked(reading, "use_case"), **_signs_of_phrases(reading, said, label)}
        if wished(candidate.first):
            signs |= {"wished": 1.0, "wished, phrase": float(bool(said))}
        options.append(Option(candidate, signs))
    return options


def gaps_of(
    reading: Reading, voices: Voices, phrases: Sequence[Candidate], certain: Container[int], fine: Container[str]
) -> list[Option]:
    """The complaints that a phrase makes or a model hears, each kind with its signs.

    `certain` is where a phrase complains beyond doubt; `fine` are the kinds that the message says are in order.
    """
    options = []
    for label, said, signs in _heard_or_said(reading, voices, phrases, _is_gap):
        candidate = said[0] if said else _heard(label, voices[label])
        signs |= {f"fact {label}": 1.0, **_asked(reading, "gap"), **_signs_of_phrases(reading, said, label)}
        signs["certain"] = float(any(index in certain for one in said for index in range(one.first, one.end)))
        signs["in order"] = float(label.split("=")[1] in fine)
        options.append(Option(candidate, signs))
    return options


def _heard_or_said(
    reading: Reading, voices: Voices, phrases: Sequence[Candidate], belongs: Callable[[str], bool]
) -> Iterator[tuple[str, list[Candidate], Signs]]:
    """Each label that a phrase states or a model hears, with its phrases and the signs that all kinds share."""
    said: dict[str, list[Candidate]] = {}
    for phrase in phrases if voices else ():  # where no clause can be judged, nothing is stated
        said.setdefault(_label(phrase.fact, phrase.value), []).append(phrase)
    heard = {label: voice for label, voice in voices.items() if belongs(label)}
    shared = signs_of_message(reading, voices)
    clear = [label for label, voice in heard.items() if voice.score > FAINTEST and not voice.short]
    for label in dict.fromkeys([*said, *clear]):
        fact = label.split("=")[0]
        rivals = [other for other in (*heard, *said) if other != label and other.startswith(f"{fact}=")]
        signs = {**shared, **_signs_of_voice(voices, label)}
        signs["rival"] = max((heard[other].score for other in rivals if other in heard), default=-1.0)
        signs["phrase, another value"] = float(any(other in said for other in rivals))
        if label in said and label in voices:
            signs["phrase, by score"] = voices[label].score
        yield label, said.get(label, []), signs


def _label(fact: str, value: FactValue) -> str:
    if isinstance(value, Known):
        plain = str(value.value)
        return f"{fact}={plain.lower() if isinstance(value.value, bool) else plain}"
    return f"{fact}={value.state if isinstance(value, Open) else AMOUNT}"


def _is_choice(label: str) -> bool:
    return label.split("=")[0] not in _APART and _names_value(label)


def _is_job(label: str) -> bool:
    return label.startswith("task=") and _names_value(label)


def _is_gap(label: str) -> bool:
    return label.startswith("gap=") and _names_value(label)


def _names_value(label: str) -> bool:
    return label.split("=")[1] not in {AMOUNT, ANY}


def _heard(label: str, voice: Voice) -> Candidate:
    fact, value = label.split("=")
    return Candidate(fact, value_named(value), voice.first, voice.end, confidence=sure(voice.score))


def _signs_of_voice(voices: Voices, label: str) -> Signs:
    voice = voices.get(label)
    if voice is None:
        return {"not known to the models": 1.0}
    spoken = voices.get(f"{label.split('=')[0]}={ANY}", voice)
    return {
        "clause": voice.clause,
        "passage": voice.passage,
        "words": voice.words,
        "clauses": voice.doublings,
        "clauses, by score": voice.doublings * voice.score,
        "short": float(voice.short),
        "spoken of": spoken.score,
    }


def _signs_of_phrases(reading: Reading, phrases: Sequence[Candidate], fact: str) -> Signs:
    scopes = [_scopes_at(reading, phrase.first) for phrase in phrases]
    if [] in scopes:
        fragment = any(is_fragment(reading, phrase.first) for phrase in phrases)
        curt = any(is_curt(reading, phrase.first) for phrase in phrases)
        signs = {"phrase, in a fragment": float(fragment), "phrase, in a curt sentence": float(curt)}
        return {"phrase": 1.0, f"phrase, {fact}": 1.0, **signs}
    signs = {f"phrase, {name}": 1.0 for name in scopes[0]} if scopes else {}
    return signs | ({f"phrase, past, {fact}": 1.0} if "phrase, past" in signs else {})


def figure_signs(
    reading: Reading, voices: Voices, candidate: Candidate, kind: str, scores: dict[str, float], rules: Iterable[str]
) -> Signs:
    """What speaks for and against a figure that states a fact, besides what holds for the whole message.

    `scores` are those of the words around the figure, for each fact that it could state and for none; without them
    the figure is one that only a rule reads. `rules` are the facts that rules read in it.
    """
    fact, rules = candidate.fact, set(rules)
    signs = {f"fact {fact}": 1.0, f"kind {kind}": 1.0, **_asked(reading, fact)}
    ahead = 0.0
    if scores:
        others = [score for other, score in scores.items() if other not in {fact, NONE}]
        ahead = scores[fact] - scores[NONE]
        signs |= {"around": scores[fact], "around, ahead of none": ahead, "rival": max(others, default=-1.0)}
    if fact in rules:
        signs |= {"rule": 1.0, f"rule, {fact}": 1.0, "rule, by score": ahead}
    if rules - {fact}:
        signs["rule, another fact"] = 1.0
    if is_terse(reading, candidate.first):
        signs |= {"fragment": 1.0, "fragment, rule": float(fact in rules)}
    for name in _scopes_at(reading, candidate.first):
        signs |= {name: 1.0, f"{name}, {fact}": 1.0, f"{name}, rule": float(fact in rules), f"{name}, by score": ahead}
    voice = voices.get(_label(fact, candidate.value)) or voices.get(f"{fact}={AMOUNT}")
    if voice:
        signs |= {"clause": voice.clause, "passage": voice.passage, "words": voice.words}
    return signs


def signs_of_message(reading: Reading, voices: Voices) -> Signs:
    """What holds for all that a message says."""
    signs = {
        "tokens": math.log2(len(reading.text.tokens)),
        "asks something": float(asks_something(reading.text)),
        "telegram": float(is_telegram(reading)),
    }
    signs |= {f"{name} somewhere": float(bool(getattr(reading.scope, name))) for name in GUESSED}
    return signs | {f"sounds like {label}": voices[label].score for label in _OF_MESSAGES if label in voices}


def _scopes_at(reading: Reading, index: int) -> list[str]:
    """What a token seems to be: supposed, planned for some day, past, or another's."""
    return [name for name in GUESSED if index in getattr(reading.scope, name)]


def _asked(reading: Reading, fact: str) -> Signs:
    if reading.asked is None:
        return {}
    return {"asked": 1.0} if reading.asked == fact else {"asked another": 1.0}
