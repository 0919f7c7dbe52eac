"""Codes that people read out and type: references, receipts, pseudonyms."""

import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
_RECEIPT_LENGTH = 6


def readable_code(length: int) -> str:
    """That many letters and digits by chance; short ones can be guessed, so they open nothing."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def receipt_number() -> str:
    """For a deletion."""
    return "E-" + readable_code(_RECEIPT_LENGTH)
