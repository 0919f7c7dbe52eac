"""`make texts`: brings the catalogues of `bot/locale` to what the program says now.

New sentences come in untranslated, sentences that are no longer said go out, and what has been
translated stays. Nothing is guessed from a similar sentence.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot.catalogues import DOMAIN, LOCALE
from tests.msgids import every_msgid

LANGUAGES = ("am", "ar")
_WIDTH = 100  # of a line in the file


def template() -> Catalog:
    """Everything that the program says, in English."""
    catalogue = Catalog(charset="utf-8")
    for msgid, found in every_msgid().items():
        catalogue.add(msgid, locations=[(file, 0) for file in sorted(found.files)])
    return catalogue


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    with path_of(language).open("rb") as opened:
        return read_po(opened, locale=language)


def written(catalogue: Catalog) -> bytes:
    """As the file is to be: the sentences by the file they are said in, without line numbers.

    So a change of the program changes only the lines of its own sentences.
    """
    file = BytesIO()
    write_po(file, catalogue, width=_WIDTH, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def updated(language: str, said: Catalog) -> Catalog:
    """The language's catalogue with exactly the sentences of `said`."""
    catalogue = read(language)
    creation, revision = catalogue.creation_date, catalogue.revision_date
    catalogue.update(said, no_fuzzy_matching=True)
    catalogue.creation_date, catalogue.revision_date = creation, revision
    return catalogue


def sentences(catalogue: Catalog) -> Iterator[Message]:
    """All but the header."""
    return (message for message in catalogue if message.id)


def forms_of(message: Message) -> tuple[str, ...]:
    """The translation, in each of its plural forms if it has them; "" where there is none."""
    forms = message.string
    return (forms,) if isinstance(forms, str) else tuple(forms or ("",))


def main() -> int:
    """Writes the files. The status is 1 where something is left to translate."""
    said, left = template(), 0
    for language in LANGUAGES:
        catalogue = updated(language, said)
        path_of(language).write_bytes(written(catalogue))
        missing = [one for one in sentences(catalogue) if not all(forms_of(one))]
        left += len(missing)
        print(f"{language}: {len(catalogue)} texts, {len(missing)} to translate")  # noqa: T201
        for one in missing:
            print(f"  {one.id}")  # noqa: T201
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
