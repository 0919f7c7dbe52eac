"""Values that only this program can read, and keyed hashes to look them up by.

Everything derives from `DATA_KEY` by HKDF: a key for the database file, a key that seals single
values, a short id that says which key sealed a value. A sealed value is

    version (1 byte) | key id (4) | nonce (12) | AES-256-GCM ciphertext and tag

with its table, column and row id as associated data: moved to another place, it does not open.
`DATA_KEY=new,old` seals under the first key and opens under each; storage.rotation re-seals what
the old one sealed. The key of the look-up hashes is random and lies sealed in the database, so
that a new DATA_KEY leaves every hash as it is.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_LENGTH = 32
_ENCODED_LENGTH = 43  # base64url of 32 bytes without its padding
_VERSION = b"\x01"
_KEY_ID_LENGTH = 4
_NONCE_LENGTH = 12
MARK_LENGTH = len(_VERSION) + _KEY_ID_LENGTH
"""How many first bytes of a sealed value say its format and key."""

RowId = int | str | bytes
"""What tells a row from the others of its table; see storage.schema.row_id_of."""


class DataKeyProblem(Exception):
    """DATA_KEY cannot be used; the text says why and what to do."""


class SealBroken(Exception):
    """A sealed value does not open: it was altered, moved, or sealed under another key."""


class UnknownKey(SealBroken):
    """The value was sealed under a key that DATA_KEY does not list."""


def new_data_key() -> str:
    """A fresh random DATA_KEY."""
    return urlsafe_b64encode(secrets.token_bytes(_KEY_LENGTH)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class DataKey:
    """One key of DATA_KEY with what derives from it."""

    key_id: bytes
    file_key: bytes = field(repr=False)
    _sealing_key: bytes = field(repr=False)
    _cipher: AESGCM = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        """For another process of this program, which makes the cipher anew."""
        return _with_cipher, (self.key_id, self.file_key, self._sealing_key)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key written as base64url of 32 bytes; raises DataKeyProblem."""
        master = _decoded(text)
        sealing_key = _derived(master, "sealed values")
        return cls(
            key_id=_derived(master, "key id")[:_KEY_ID_LENGTH],
            file_key=_derived(master, "database file"),
            _sealing_key=sealing_key,
            _cipher=AESGCM(sealing_key),
        )

    @property
    def mark(self) -> bytes:
        """What every value begins with that this key sealed."""
        return _VERSION + self.key_id

    def seal(self, place: bytes, value: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        return self.mark + nonce + self._cipher.encrypt(nonce, value, self.mark + place)

    def open(self, place: bytes, sealed: bytes) -> bytes:
        body = MARK_LENGTH + _NONCE_LENGTH
        try:
            return self._cipher.decrypt(sealed[MARK_LENGTH:body], sealed[body:], self.mark + place)
        except (InvalidTag, ValueError):
            raise SealBroken("a sealed value was altered or moved and does not open") from None


def _with_cipher(key_id: bytes, file_key: bytes, sealing_key: bytes) -> DataKey:
    return DataKey(key_id, file_key, sealing_key, AESGCM(sealing_key))


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The keys of DATA_KEY: the first seals, each opens."""

    newest: DataKey
    retired: tuple[DataKey, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `new` or `new,old`; raises DataKeyProblem with one clear sentence."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not parts:
            raise DataKeyProblem(
                "DATA_KEY is empty: make one with `main.py key` and keep a copy of it elsewhere."
            )
        newest, *retired = (DataKey.parse(part) for part in parts)
        return cls(newest, tuple(retired))

    @property
    def all(self) -> tuple[DataKey, ...]:
        """The newest first."""
        return (self.newest, *self.retired)


class Vault:
    """Seals and opens the values of columns, and hashes what they are looked up by."""

    def __init__(self, keys: DataKeys, index_key: bytes) -> None:
        self._newest = keys.newest
        self._by_mark = {key.mark: key for key in keys.all}
        self._index_key = index_key

    @property
    def mark(self) -> bytes:
        """What every value begins with that is sealed now; others were sealed under an old key."""
        return self._newest.mark

    def seal(self, table: str, column: str, row_id: RowId, value: str) -> bytes:
        return self.seal_bytes(table, column, row_id, _encoded(value))

    def open(self, table: str, column: str, row_id: RowId, sealed: bytes) -> str:
        """Raises SealBroken if the value was altered, or sealed for another place."""
        return self.open_bytes(table, column, row_id, sealed).decode()

    def seal_optional(
        self, table: str, column: str, row_id: RowId, value: str | None
    ) -> bytes | None:
        return None if value is None else self.seal(table, column, row_id, value)

    def open_optional(
        self, table: str, column: str, row_id: RowId, sealed: bytes | None
    ) -> str | None:
        return None if sealed is None else self.open(table, column, row_id, sealed)

    def seal_bytes(self, table: str, column: str, row_id: RowId, value: bytes) -> bytes:
        return self._newest.seal(_place(table, column, row_id), value)

    def open_bytes(self, table: str, column: str, row_id: RowId, sealed: bytes) -> bytes:
        key = self._by_mark.get(sealed[:MARK_LENGTH])
        if key is None:
            raise UnknownKey(
                f"{table}.{column} was sealed under a key that is not in DATA_KEY: "
                "write the earlier key after the present one, DATA_KEY=new,old."
            )
        return key.open(_place(table, column, row_id), sealed)

    def reseal(self, table: str, column: str, row_id: RowId, sealed: bytes) -> bytes:
        """The same value under the newest key."""
        return self.seal_bytes(
            table, column, row_id, self.open_bytes(table, column, row_id, sealed)
        )

    def index(self, purpose: str, value: str) -> bytes:
        """A keyed hash that finds a sealed value again; equal only for equal purposes."""
        return hmac.digest(self._index_key, _joined(purpose.encode(), _encoded(value)), "sha256")


def _encoded(value: str) -> bytes:
    # Names from JSON can hold half a surrogate pair, which has no UTF-8.
    return value.encode(errors="replace")


def _decoded(text: str) -> bytes:
    encoded = text.rstrip("=")
    try:
        master = urlsafe_b64decode((encoded + "=").encode("ascii"))
    except ValueError:  # not ASCII, or not base64
        master = b""
    canonical = urlsafe_b64encode(master).decode().rstrip("=")
    if len(encoded) != _ENCODED_LENGTH or canonical != encoded:
        raise DataKeyProblem(
            f"DATA_KEY is not a key, which is {_ENCODED_LENGTH} letters, digits, - and _ (here: "
            f"{len(text)} characters). Copy it again, or make a new one with `main.py key`."
        )
    return master


def _derived(master: bytes, purpose: str) -> bytes:
    kdf = HKDF(SHA256(), _KEY_LENGTH, salt=None, info=f"school bot, {purpose}".encode())
    return kdf.derive(master)


def _place(table: str, column: str, row_id: RowId) -> bytes:
    match row_id:
        case bytes():
            kind, identity = b"bytes", row_id
        case int():
            kind, identity = b"int", str(int(row_id)).encode()
        case str():
            kind, identity = b"str", row_id.encode()
    return _joined(table.encode(), column.encode(), kind, identity)


def _joined(*parts: bytes) -> bytes:
    """The parts, each after its length, so that no two lists of parts read alike."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
