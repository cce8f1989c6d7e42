"""Sources, their claims, and the conflicts between them: what every piece of advice is cited from."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from knowledge.errors import KnowledgeError
from knowledge.files import DATA, Part, broken, read_yaml, read_yaml_list
from knowledge.options import Option

Verdict = Literal["sound", "loose", "wrong"]
Kind = Literal["article", "paper", "vendor", "house"]


@cache
def topics() -> Mapping[str, str]:
    """What a claim can be about: topic id to a short plain description."""
    return read_yaml(DATA / "topics.yaml", RootModel[dict[str, str]]).root


def _known_topic(topic: str) -> str:
    if topic not in topics():
        raise ValueError(f"'{topic}' is not a topic of topics.yaml; add it there or use one of its ids")
    return topic


def _date_text(value: object) -> object:
    """A date or a year, which YAML reads as a date or a number, as text."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else value


Topic = Annotated[str, AfterValidator(_known_topic)]
ClaimId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:[a-z0-9][a-z0-9-]*$")]


class _Entry(Part):
    model_config = ConfigDict(str_min_length=1)


class Claim(_Entry):
    """One statement of one source in our own words: the unit of citation and of retrieval."""

    id: ClaimId
    section: str
    topic: Topic
    options: tuple[Option, ...]  # none where it bears on the choice as such
    text: str
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    conditions: str | None = None
    verdict: Verdict
    verdict_reason: str | None = None
    csv: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.verdict != "sound" and not self.verdict_reason:
            raise ValueError(f"{self.id} is called {self.verdict} without a verdict_reason")
        if (self.low is not None or self.high is not None) and not self.unit:
            raise ValueError(f"{self.id} has a number without a unit")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.id} has a low ({self.low:g}) above its high ({self.high:g})")
        return self

    @property
    def source(self) -> str:
        """The id of the source that makes this claim."""
        return self.id.partition(":")[0]


class Source(_Entry):
    """The card of an article, paper, vendor page or our own judgement, with everything it claims."""

    id: str
    kind: Kind
    title: str
    publisher: str
    date: Annotated[str | None, BeforeValidator(_date_text)] = None
    url: str | None = None
    good_for: str
    claims: tuple[Claim, ...] = Field(min_length=1)


class Side(_Entry):
    """What the claims on one side of a conflict say."""

    claims: tuple[ClaimId, ...] = Field(min_length=1)
    says: str


class Conflict(_Entry):
    """Claims on one topic that cannot all hold, and the condition that explains it, if one does."""

    id: str
    topic: str
    topics: tuple[Topic, ...] = Field(min_length=1)
    options: tuple[Option, ...]
    sides: tuple[Side, ...] = Field(min_length=2)
    explained_by: str | None

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of all claims involved, in the order of the sides."""
        return tuple(claim for side in self.sides for claim in side.claims)


@dataclass(frozen=True)
class Claims:
    """All sources and conflicts, looked up by claim id, option or topic; always in the order of the files."""

    sources: Mapping[str, Source]
    conflicts: tuple[Conflict, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Claim]:
        return {claim.id: claim for source in self.sources.values() for claim in source.claims}

    def __getitem__(self, claim_id: str) -> Claim:
        """The claim with this id; raises KnowledgeError if there is none."""
        if claim_id not in self:
            raise KnowledgeError(f"No source makes a claim with the id '{claim_id}'.")
        return self._by_id[claim_id]

    def __contains__(self, claim_id: object) -> bool:
        return claim_id in self._by_id

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def about(self, option: Option | None = None, topic: str | None = None) -> tuple[Claim, ...]:
        """The claims that bear on the option and are about the topic; whatever is left out does not matter."""
        return tuple(claim for claim in self if option in (None, *claim.options) and topic in (None, claim.topic))

    def conflicts_on(self, topics: Iterable[str]) -> tuple[Conflict, ...]:
        """The conflicts that touch any of these topics."""
        wanted = set(topics)
        return tuple(conflict for conflict in self.conflicts if wanted.intersection(conflict.topics))


@cache
def load_claims(folder: Path = DATA) -> Claims:
    """Everything under `folder/sources` and `folder/conflicts.yaml`, checked; raises KnowledgeError."""
    claims = Claims(load_sources(folder / "sources"))
    return Claims(claims.sources, load_conflicts(folder / "conflicts.yaml", claims))


def load_sources(folder: Path) -> dict[str, Source]:
    """The sources in `folder` by id, in the order of their file names; raises KnowledgeError."""
    sources: dict[str, Source] = {}
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        source = read_yaml(path, Source)
        _check_ids(path, source, seen)
        sources[source.id] = source
    return sources


def load_conflicts(path: Path, claims: Claims) -> tuple[Conflict, ...]:
    """The conflicts in `path`, each of whose sides names claims that exist; raises KnowledgeError."""
    conflicts = tuple(read_yaml_list(path, Conflict))
    seen: set[str] = set()
    for number, conflict in enumerate(conflicts):
        if conflict.id in seen:
            raise broken(path, (number, "id"), f"a conflict named '{conflict.id}' stands further up")
        seen.add(conflict.id)
        for side_number, side in enumerate(conflict.sides):
            for unknown in (claim for claim in side.claims if claim not in claims):
                where = (number, "sides", side_number, "claims", side.claims.index(unknown))
                raise broken(path, where, f"no source makes a claim with the id '{unknown}'")
    return conflicts


def _check_ids(path: Path, source: Source, seen: dict[str, str]) -> None:
    """The file, the source and its claims agree on the name, and no claim id is used twice."""
    if source.id != path.stem:
        raise broken(path, ("id",), f"the source '{source.id}' must stand in a file named {source.id}.yaml")
    for number, claim in enumerate(source.claims):
        where = ("claims", number, "id")
        if claim.source != source.id:
            raise broken(path, where, f"'{claim.id}' must start with '{source.id}:'")
        if claim.id in seen:
            raise broken(path, where, f"'{claim.id}' is used already in {seen[claim.id]}")
        seen[claim.id] = path.name
