"""A passage: the piece of text that is found, shown and cited."""

from dataclasses import dataclass
from typing import Any, Literal

from knowledge.options import Option

PassageKind = Literal["claim", "document"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One claim, or a short piece of a user's document (`parameters/ingest.yaml`), with everything a citation needs."""

    id: str
    source: str  # source id of a claim; shown name of a document
    section: str  # the headings above it, outermost first
    text: str
    kind: PassageKind
    title: str = ""
    page: int | None = None
    path: str = ""  # where the user's file was; only ever shown
    digest: str = ""  # of the file it comes from
    options: tuple[Option, ...] = ()

    @property
    def indexed_text(self) -> str:
        """What is searched: the headings say what a passage is about even where its words do not."""
        return f"{self.section}\n{self.text}" if self.section else self.text

    def metadata(self) -> dict[str, str | int]:
        """Everything but id and text that is not empty, as the flat values that a vector store keeps."""
        fields = {
            "source": self.source,
            "section": self.section,
            "kind": self.kind,
            "title": self.title,
            "path": self.path,
            "digest": self.digest,
            "options": " ".join(self.options),
        }
        kept: dict[str, str | int] = {name: value for name, value in fields.items() if value}
        return kept if self.page is None else {**kept, "page": self.page}

    @classmethod
    def from_row(cls, passage_id: str, text: str, metadata: dict[str, Any]) -> "Passage":
        """The passage that `metadata()` was taken from."""
        options = tuple(metadata.get("options", "").split())
        return cls(**{"section": "", **metadata, "id": passage_id, "text": text, "options": options})
