"""The translations, read from the `.po` files that translators write.

They are read as they are, once in a process: 20 ms for a language, and no compiled copy that could
be missing or old.
"""

import re
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN = "bot"
LOCALE = Path(__file__).parent / "locale"

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"

# A command with what is typed after it: "/timezone Asia/Riyadh"; never the end of "</strong>".
_COMMAND = re.compile(r"(?<![\w/<])/[a-z]+(?: [A-Za-z0-9][\w:/-]*)*", re.ASCII)


def read_catalogues(folder: Path = LOCALE) -> dict[str, GNUTranslations]:
    """The translations of each language that has a file in `folder`, by its code."""
    files = sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return {file.parents[1].name: _translations(file) for file in files}


@cache
def _translations(file: Path) -> GNUTranslations:
    with file.open("rb") as opened:
        catalogue = read_po(opened, locale=file.parents[1].name)
    if _runs_right_to_left(catalogue.locale):
        _isolate_commands(catalogue)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _runs_right_to_left(locale: Locale | None) -> bool:
    return locale is not None and locale.text_direction == "rtl"


def _isolate_commands(catalogue: Catalog) -> None:
    """Otherwise the slash would be shown behind its command, and an example in pieces."""
    for message in catalogue:
        match message.string:
            case str(sentence):
                message.string = _isolated(sentence)
            case forms if forms is not None:
                message.string = tuple(_isolated(form) for form in forms)


def _isolated(sentence: str) -> str:
    return _COMMAND.sub(rf"{FIRST_STRONG_ISOLATE}\g<0>{POP_ISOLATE}", sentence)
