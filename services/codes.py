"""One-time codes: given away in links, of which only hashes are stored."""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

from storage.sealing import Vault

_LENGTH = 16  # bytes; 22 letters, digits, - and _, as deep links allow


def new_code() -> str:
    """A code that nobody can guess."""
    return secrets.token_urlsafe(_LENGTH)


def derived_code(vault: Vault, purpose: str, request_key: str) -> str:
    """As hard to guess, but the same again for the same request."""
    code = vault.index(purpose, request_key)[:_LENGTH]
    return urlsafe_b64encode(code).decode().rstrip("=")


def hashed(code: str) -> bytes:
    """What is stored of a code; a plain hash is enough for one that long."""
    return sha256(code.encode(errors="surrogatepass")).digest()
