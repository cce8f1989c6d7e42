"""How a call to a language model can end without an answer."""

from agent.language.model.wording import Failure, model_wording
from knowledge.errors import UnavailableError


class NoAnswer(UnavailableError):
    """The model gave nothing that can be used. The message is ours alone: nothing of the server's text is in it."""

    def __init__(self, failure: Failure, retry_after_s: float | None = None) -> None:
        super().__init__(f"{model_wording().why[failure]} {model_wording().remedy[failure]}")
        self.failure = failure
        self.retry_after_s = retry_after_s

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self.failure in ("busy", "broken", "unreachable")
