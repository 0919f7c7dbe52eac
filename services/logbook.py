"""What the log may say of errors: which kinds and where, never their own words.

An error's words can hold names, texts that people typed, and addresses with secrets in them.
"""

import logging
import traceback
from pathlib import Path
from types import TracebackType

from storage.readable import readable_code

_log = logging.getLogger(__name__)

_REFERENCE_LENGTH = 4
_ROOT = Path(__file__).parents[1]
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class WordlessFormatter(logging.Formatter):
    """Writes an exception as its outline, whoever logged it."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802  the library's name
        return outline(ei[1]) if ei[1] is not None else ""


def report(error: BaseException) -> str:
    """Log an unexpected error; the short reference that finds it in the log."""
    reference = new_reference()
    _log.error("problem %s: %s", reference, outline(error))
    return reference


def new_reference() -> str:
    """What a person tells the admin, who finds it in the log."""
    return readable_code(_REFERENCE_LENGTH)


def outline(error: BaseException) -> str:
    """Which kinds of error led to this one and where in our code, without any of their words."""
    parts: list[str] = []
    seen: set[int] = set()
    present: BaseException | None = error
    while present is not None and id(present) not in seen:
        seen.add(id(present))
        parts.append(f"{type(present).__name__} at {_places(present)}")
        present = present.__cause__ or present.__context__
    return ", after ".join(parts)


def _places(error: BaseException) -> str:
    """The innermost first."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    ours = [place for frame in frames if (place := _place(frame))]
    return " < ".join(ours) or "an unknown place"


def _place(frame: traceback.FrameSummary) -> str | None:
    """None for code of libraries, which may well be installed inside our folder."""
    path = Path(frame.filename)
    if not path.is_relative_to(_ROOT) or "site-packages" in path.parts:
        return None
    return f"{path.relative_to(_ROOT)}:{frame.lineno}"
