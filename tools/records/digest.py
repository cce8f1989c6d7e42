"""A number that stands for a text, so that the text need not be kept."""

from hashlib import blake2b


def digest(text: str) -> int:
    """64 bits of the text's BLAKE2b hash; the same on every machine."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")
