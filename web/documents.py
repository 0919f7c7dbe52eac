"""The four pages that say what the program is, does, keeps and promises.

A day changes with the words of its page, and with nothing else: it is what readers are told by
that something is new.
"""

from dataclasses import dataclass
from datetime import date

from school.text import Text

GUIDE_WORDED_ON = date(2026, 11, 26)
PRIVACY_WORDED_ON = date(2026, 11, 26)
TERMS_WORDED_ON = date(2026, 11, 26)
SUPPORT_WORDED_ON = date(2026, 11, 26)


@dataclass(frozen=True, slots=True)
class Document:
    """A page that anybody may read; its title is also what links to it say."""

    path: str
    template: str
    title: Text
    worded_on: date


GUIDE = Document("/guide", "guide.html", Text("Guide"), GUIDE_WORDED_ON)
PRIVACY = Document("/privacy", "privacy.html", Text("Privacy"), PRIVACY_WORDED_ON)
TERMS = Document("/terms", "terms.html", Text("Terms"), TERMS_WORDED_ON)
SUPPORT = Document("/support", "support.html", Text("Support"), SUPPORT_WORDED_ON)

DOCUMENTS = (GUIDE, PRIVACY, TERMS, SUPPORT)
"""In the order of the links at the foot of each page."""
