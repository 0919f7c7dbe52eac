"""Made-up people of a school: Amharic, Arabic and English names, and some that mean harm."""

from random import Random
from zoneinfo import ZoneInfo

from sandbox.month import BASIC, LICENSED, SCHOOL_ZONE, Student, Teacher

RIYADH = ZoneInfo("Asia/Riyadh")
BERLIN = ZoneInfo("Europe/Berlin")  # its clocks go back on the last Sunday of October

_TEACHERS = (
    "Aisha Qasim",
    "ሰላማዊት ተስፋዬ",
    "عبد الرحمن السالم",
    "Yusuf Ibrahim",
    '=HYPERLINK("http://bad.example","Pay me")',
    "<b>Umm</b> & <i>Salma</i>",
    "ዘይነብ መሐመድ",
    "فاطمة الزهراء",
    "Maryam O'Neill-D’Souza",
    "@SUM(A1:A9)",
    "ከድር አህመድ",
    "أم كلثوم بنت عبد الله بن عبد العزيز",
    "Bilal the Very Long-Named Teacher of Arabic Grammar",
    "-2+3 Hamza",
    "Zahra\t\t Noor",
    "ሙሉጌታ አበበ",
    "خديجة",
    "Sumayya 🌙",
    "\u202eesrever\u202c Idris",
    "+251 Hafsa",
)

_STUDENTS = (
    "Khadija",
    "Ahmed",
    "Bilal",
    "ሐሊማ",
    "عمر",
    "Zaynab",
    "ፋጡማ",
    "سارة",
    "Ibrahim",
    "=1+1",
    "Amina",
    "Yasmin",
    "ከማል",
    "يوسف",
    "<script>alert(1)</script>",
    "Mustafa",
    "Hawa",
    "راشد",
    "ነጃት",
    "Straße",
    "%s {name} %(x)d",
    "Ünal",
    "\u202egnorw\u202c",
    "ﷺ أحمد",
    "N/A",
    "L" * 64,
)
_EASILY_TYPED = 20  # characters
_FAMILIES = ("", "Ali", "Hassan", "ተስፋዬ", "السالم", "K.", "Jr.", "Mohammed")


def teachers(chance: Random, how_many: int) -> list[Teacher]:
    """Every third is on a free plan; some live elsewhere."""
    zones = (SCHOOL_ZONE, RIYADH, SCHOOL_ZONE, BERLIN)
    found = []
    for number, name in enumerate(_TEACHERS[:how_many]):
        plan = BASIC if number % 3 == chance.randrange(3) or number == 1 else LICENSED
        zone = zones[number % len(zones)]
        email = f"teacher{number}@example.org"
        found.append(Teacher(number, name, f"teacher_{number}", email, zone, plan))
    return found


def students(chance: Random, how_many: int) -> list[Student]:
    """Their names differ in more than case and spaces, but for some who are called Ali.

    One of seven is signed in to Zoom.
    """
    found = [Student(0, "Ali", ""), Student(1, "Ali", ""), Student(2, "Ali", _email(2))]
    found.append(Student(3, "Ali", _email(3)))
    for number in range(4, how_many):
        at = number - 4
        family = _FAMILIES[at // len(_STUDENTS) % len(_FAMILIES)]
        name = f"{_STUDENTS[at % len(_STUDENTS)]} {family}".strip()
        found.append(Student(number, name, _email(number) if chance.random() < 1 / 7 else ""))
    return found


def as_typed(chance: Random, name: str) -> str:
    """The same name as somebody may type it on another day."""
    if not name.isascii() or len(name) > _EASILY_TYPED:
        return name
    return chance.choice((name, name, name.lower(), f"{name} ", name.upper(), f"  {name}"))


def _email(number: int) -> str:
    return f"student{number}@example.org"
