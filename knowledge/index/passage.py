"""A passage: the piece of text that is found, shown and cited."""

from dataclasses import dataclass
from typing import Any, Literal

from knowledge.options import Option

PassageKind = Literal["claim", "document"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One claim, or at most 150 words of a user's document, with everything a citation needs."""

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
        """Everything but id and text, as the flat values that a vector store keeps."""
        fields: dict[str, str | int] = {
            "source": self.source,
            "section": self.section,
            "kind": self.kind,
            "title": self.title,
            "path": self.path,
            "digest": self.digest,
            "options": " ".join(self.options),
        }
        if self.page is not None:
            fields["page"] = self.page
        return fields

    @classmethod
    def from_row(cls, passage_id: str, text: str, metadata: dict[str, Any]) -> "Passage":
        """The passage that `metadata()` was taken from."""
        fields = dict(metadata)
        options = tuple(fields.pop("options").split())
        return cls(id=passage_id, text=text, options=options, **fields)
