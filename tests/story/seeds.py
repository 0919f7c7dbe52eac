"""Unmistakable values that a school is played with, to be looked for where they may not be.

What is added to the school's data gets its value here, and is found by every test that looks.
"""

import base64
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Seeds:
    """What people are called and what they type; each is stored, and only sealed."""

    teacher: str = "Zeinabqel"
    teachers_last_name: str = "Qalamzufir"
    teachers_username: str = "zeinabqel_zufir"
    teachers_email: str = "zeinabqel@seededmail.example"
    teacher_at_zoom: str = "Wuxhalim Zoomnomen"
    admin: str = "Terrobinax"
    group: str = "Halqatunnurvex"
    topic: str = "Tajweedoqal"
    second_topic: str = "Fiqhzarimax"
    typed_draft: str = "Seerahqolun"
    student: str = "Bilqisorvel"
    arabic_student: str = "خديجةزمردي"
    amharic_student: str = "ሰላማዊትጽጌረዳ"
    dispute_words: str = "froze_zolqarim_phone"
    dispute_answer: str = "told_brelvanor_me"
    adjustment_reason: str = "bonus_szintarul"
    payment_reference: str = "TRQvx1992Zelm"

    @property
    def all(self) -> dict[str, str]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


SEEDS = Seeds()

_SHORTEST = 6
"""Characters: what is shorter is found by chance."""


def forms(value: str) -> frozenset[bytes]:
    """How a value may be written down."""
    plain = value.encode()
    wide = [value.encode("utf-16-le"), value.encode("utf-16-be")]
    escaped = [
        quote(value, safe=""),
        quote(value, safe="").lower(),
        json.dumps(value)[1:-1],
        json.dumps(value)[1:-1].upper().replace("\\U", "\\u"),
        html.escape(value),
        value.encode("ascii", "xmlcharrefreplace").decode(),
        value.encode("unicode_escape").decode(),
        repr(plain)[2:-1],
        plain.hex(),
        plain.hex().upper(),
        value.upper() if value.isascii() else value,
        value.casefold(),
    ]
    all_forms = {plain, *wide, *(one.encode() for one in escaped), *_in_base64(plain)}
    return frozenset(form for form in all_forms if len(form) >= _SHORTEST)


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """As it stands inside of something longer, wherever that has it."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        first = (before * 8 + 5) // 6  # the letters before are also of what comes before
        inner = encoded.rstrip(b"=")[first : -1 if (before + len(plain)) % 3 else None]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def found_in(content: bytes, values: Mapping[str, str]) -> list[str]:
    """The names of the values that stand in it, in whichever form."""
    return [
        name
        for name, value in values.items()
        if len(value) >= _SHORTEST and any(form in content for form in forms(value))
    ]


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
