"""The arithmetic of waiting, in milliseconds, on numbers or arrays alike."""

import numpy as np

from tools.cost.formulas import Number


def reading_ms(tokens: Number, tokens_per_second: Number) -> Number:
    """Time to read tokens of a prompt."""
    return 1000 * tokens / tokens_per_second


def writing_ms(output_tokens: Number, ms_per_token: Number) -> Number:
    """Time to write an answer once its first token is there."""
    return np.maximum(output_tokens - 1, 0.0) * ms_per_token
