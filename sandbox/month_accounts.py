"""What people do with a made-up month once it is over: rates, hours, statements, papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sandbox.month import Month, Teacher
from sandbox.month_founding import School
from sandbox.month_pay import Wage, wages
from sandbox.people import NotSeen, Person, Seen

_PATIENCE_S = 60.0
_PATIENCE_TO_DRAW_S = 180.0  # in a process of its own, on a busy machine
_KINDS: Mapping[Literal["hour", "lesson"], tuple[str, str]] = {
    "hour": ("per hour", "Each hour"),
    "lesson": ("per class", "Each class"),
}


@dataclass(frozen=True, slots=True)
class Papers:
    """What a teacher has of the month: words, and what was drawn for those who asked."""

    hours: str
    statement: str
    files: Mapping[str, bytes]  # by their endings


@dataclass(frozen=True, slots=True)
class Accounts:
    """The month's accounts, as the admin and the teachers of a school do them."""

    month: Month
    school: School

    async def sets_rates(self) -> None:
        """The admin types what each teacher earns; by buttons where a name reads like a number."""
        for wage in wages(self.month):
            if any(letter.isdigit() for letter in wage.teacher.name):
                await self._chooses(wage)
            else:
                await self._types(wage)

    async def _types(self, wage: Wage) -> None:
        topic = wage.course.topic if wage.course else ""
        kind, _ = _KINDS[wage.per]
        name = " ".join(wage.teacher.name.split())
        line = f"/rate {name} {topic} {wage.amount} ETB {kind} from {wage.valid_from}"
        await self.school.admin.types(line)
        await self.school.admin.sees(f"{wage.amount} ETB a", within=_PATIENCE_S)

    async def _chooses(self, wage: Wage) -> None:
        admin = self.school.admin
        await admin.types("/rate")
        page = await admin.sees("Whose rate?", within=_PATIENCE_S)
        await _presses(admin, await _with_label(admin, page, wage.teacher.name))
        await admin.sees("What", within=_PATIENCE_S)
        await _presses(admin, "Change")
        await admin.finds_button("Each hour", within=_PATIENCE_S)
        await _presses(admin, _KINDS[wage.per][1])
        await admin.sees("How much?", within=_PATIENCE_S)
        await admin.types(f"{wage.amount} ETB")
        await admin.sees("From which day?", within=_PATIENCE_S)
        await admin.types(f"{wage.valid_from}")
        await admin.finds_button("Save", within=_PATIENCE_S)
        await _presses(admin, "Save")
        await admin.sees(f"{wage.amount} ETB a", within=_PATIENCE_S)

    async def looks(self, teacher: Teacher, *, draws: bool) -> Papers:
        """The teacher looks at the month, accepts the statement, and may have it all drawn."""
        person = self.school.teachers[teacher.number]
        await person.types("/hours last month")
        hours = await person.sees(_named(self.month.first_day), within=_PATIENCE_S)
        files = {}
        if draws:
            await person.presses(_first_held(hours), on=hours)
            timeline = await person.sees_file(".png", within=_PATIENCE_TO_DRAW_S)
            files["timeline.png"] = await person.downloads(timeline)
        await _presses(person, "Statement", hours)
        statement = await person.sees("Your statement of", within=_PATIENCE_S)
        if draws:
            await person.presses("PDF", on=statement)
            paper = await person.sees_file(".pdf", within=_PATIENCE_TO_DRAW_S)
            files["statement.pdf"] = await person.downloads(paper)
        await _presses(person, "Accept", statement)
        await person.sees("Accepted on", within=_PATIENCE_S)
        return Papers(hours.text, statement.text, files)

    async def locks(self) -> str:
        """The admin locks all that were accepted; what is said of it."""
        admin = self.school.admin
        await admin.finds_button("Statements", within=_PATIENCE_S)
        await _presses(admin, "Statements")
        listed = await admin.sees("Statements of", within=_PATIENCE_S)
        await _presses(admin, "Lock all accepted", listed)
        return (await admin.sees("locked", within=_PATIENCE_S)).text


def _named(first_day: date) -> str:
    return f"{first_day:%B %Y}"


def _first_held(hours: Seen) -> str:
    """The button of a lesson that there is something to draw of."""
    held = [label for label in hours.labels if label.endswith((" min", " h"))]
    if not held:
        raise NotSeen(f"no lesson was held among {hours.labels}")
    return held[0]


async def _with_label(person: Person, page: Seen, name: str) -> str:
    """The button with that name, on whichever page of the list it is."""
    plain = " ".join(name.split())
    while True:
        for label in page.labels:
            if plain in label:
                return label
        await _presses(person, "›", page)
        page = await person.sees("Whose rate?", within=_PATIENCE_S)


async def _presses(person: Person, button: str, on: Seen | None = None) -> None:
    press = await person.presses(button, on=on, within=_PATIENCE_S)
    await person.sees_toast(press, within=_PATIENCE_S)
