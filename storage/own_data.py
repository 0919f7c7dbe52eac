"""Where what is stored about a person lies: for every table, and for every column of it.

A table or column that is not described here fails the build (tests/storage/test_own_data.py), so
that what /mydata gives cannot become incomplete unnoticed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from storage.own_class_parts import COUNTED, PARTS_OF_CLASSES
from storage.own_parts import Part
from storage.own_pay_parts import PARTS_OF_PAY
from storage.own_person_parts import PARTS_OF_PERSON

__all__ = ["ABOUT_NOBODY", "COUNTED", "PARTS"]

ABOUT_NOBODY: Mapping[str, str] = MappingProxyType(
    {
        "index_key": "A key of the program's own.",
        "heartbeat": "When the program was last running.",
        "outage": "When the program was not running.",
        "handled_update": "Numbers of messages that were handled, without whose they were.",
    }
)
"""Tables in which nothing is anybody's, and what they hold."""

PARTS: tuple[Part, ...] = (*PARTS_OF_PERSON, *PARTS_OF_CLASSES, *PARTS_OF_PAY)
