"""The five architectures that a recommendation can name, simplest first: their order is the ladder."""

from typing import Literal, get_args

Option = Literal["prompting", "long_context", "rag", "fine_tuning", "hybrid"]

OPTIONS: tuple[Option, ...] = get_args(Option)

LABELS: dict[Option, str] = {
    "prompting": "Better prompting",
    "long_context": "Long context with caching",
    "rag": "Retrieval (RAG)",
    "fine_tuning": "Fine-tuning",
    "hybrid": "Retrieval and fine-tuning together",
}
