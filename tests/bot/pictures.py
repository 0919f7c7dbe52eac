"""Looks at pictures as a person would: what words stand in them, and what their ink does."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from bot.views import picture
from bot.views.lettering import LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK

_MARKS = dict.fromkeys(map(ord, (LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK)))


def opened(png: bytes) -> Image.Image:
    shown = Image.open(BytesIO(png))
    shown.load()
    assert shown.format == "PNG"
    return shown


def words_drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fills up with the words of each picture that is drawn from now on."""
    found: list[str] = []
    save = Figure.savefig

    def noted(figure: Figure, *args: object, **kwargs: object) -> None:
        save(figure, *args, **kwargs)  # type: ignore[arg-type]  # whatever was given
        texts: list[Text] = figure.findobj(Text)
        found.extend(text.get_text().translate(_MARKS) for text in texts if text.get_visible())

    monkeypatch.setattr(Figure, "savefig", noted)
    return found


def ink_of(words: str) -> list[int]:
    """How much ink each column of pixels has, from the first with any to the last."""
    figure = picture.new_figure(0.5)
    figure.text(0.02, 0.4, words, **picture.look(20))
    grey = opened(picture.png(figure)).convert("L")
    columns: list[int] = (255 - np.asarray(grey, dtype=int)).sum(axis=0).tolist()
    inked = [x for x, ink in enumerate(columns) if ink]
    return columns[inked[0] : inked[-1] + 1] if inked else []


def pieces(ink: list[int]) -> int:
    """Of how many pieces, one beside the other, something is drawn."""
    return sum(1 for here, after in zip(ink, [*ink[1:], 0], strict=True) if here and not after)
