"""How students' names are stored, and by what they are found again."""

from school.initials import initials
from school.model import StudentNames
from school.names import normalised_name
from storage.database import Transaction
from storage.sealing import Vault


def index_of(vault: Vault, name: str) -> bytes:
    """By what a student's name is looked up: of the whole name, however much of it is stored."""
    return vault.index("student name", normalised_name(name))


def as_kept(tx: Transaction, name: str) -> str:
    """The name as this school stores it."""
    return initials(name) if tx.student_names is StudentNames.INITIALS else name
