"""The file with all that is stored about a person, for that person.

It is written in a process of its own, in which nobody waits, and sent on piece by piece. It lies
on no disk.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from services import letters
from services.own_reports import OwnReports
from storage import own_reading, people
from storage.database import ReadingAccess, Transaction
from storage.own_data import ABOUT_NOBODY, COUNTED, PARTS
from storage.own_parts import Part, Subject, subject_of
from storage.own_reading import NOT_SHOWN, Letter, Report

_PIECE = 32_768  # bytes; less than a pipe holds

HOW_TO_READ = {
    "times": "ISO 8601 with the offset of the time zone above",
    "lengths": "in seconds",
    "money": "decimal numbers as text, with their currency",
    "ids": "numbers by which entries refer to each other, as text",
    "you": "stands for you; other people are told by what they are, never by name",
    NOT_SHOWN: "an access key, or the like, which opens your Zoom account to whoever has it; it is "
    "stored encrypted, and would not be safe in a file that was sent by Telegram",
    "left_out": "columns of which the values are not given, and why",
}


@dataclass(frozen=True, slots=True)
class DataOrder:
    """All that another process needs to write a person's file."""

    access: ReadingAccess
    telegram_user_id: int
    school: str
    zone: ZoneInfo
    as_of: datetime


def write_file(send: Callable[[bytes], None], order: DataOrder) -> None:
    """Write the file that is asked for, and send its pieces as they are made."""
    with asyncio.Runner() as runner:
        runner.run(_write(send, order))


async def _write(send: Callable[[bytes], None], order: DataOrder) -> None:
    async with order.access.reading(order.as_of) as tx:
        said = await everything(tx, order)
    content = json.dumps(said, ensure_ascii=False, indent=2).encode(errors="replace")
    for start in range(0, len(content), _PIECE):
        send(content[start : start + _PIECE])


async def everything(tx: Transaction, order: DataOrder) -> dict[str, object]:
    """All that is stored about the person, ready to be JSON; nothing of anybody else."""
    person = await people.find_person(tx, order.telegram_user_id)
    heading: dict[str, object] = {
        "school": order.school,
        "made_at": order.as_of,
        "time_zone": order.zone.key,
        "about": f"the person with the Telegram number {order.telegram_user_id}",
        "how_to_read": HOW_TO_READ,
    }
    stored: dict[str, object] = {}
    if person is not None:
        who = await subject_of(tx, person)
        reports = await OwnReports.of(tx, who)
        stored = {part.key: await _part(tx, part, who, reports) for part in PARTS}
        heading["only_counted"] = {
            part.key: {"what": part.what, "count": await own_reading.count(tx, part, who)}
            for part in COUNTED
        }
    said = {**heading, "stored": stored, "tables_about_nobody": dict(ABOUT_NOBODY)}
    return {key: _plain(value, order.zone) for key, value in said.items()}


async def _part(
    tx: Transaction, part: Part, who: Subject, reports: OwnReports
) -> dict[str, object]:
    rows = [row async for row in _rows(tx, part, who, reports)]
    if not rows:
        return {"what": part.what, "rows": []}
    return {"what": part.what, "rows": rows, "left_out": own_reading.described(part)}


async def _rows(
    tx: Transaction, part: Part, who: Subject, reports: OwnReports
) -> AsyncIterator[Mapping[str, object]]:
    """A report that says nothing of the person is not given."""
    narrow = reports.as_student if part.key.endswith("about_you") else reports.as_teacher
    async for stored, shown in own_reading.rows_of(tx, part, who):
        report = next((one for one in shown.values() if isinstance(one, Report)), None)
        if report is None:
            yield shown
        elif (said := await narrow(report, dict(stored))) is not None:
            yield {key: said if one is report else one for key, one in shown.items()}


def _plain(value: object, zone: ZoneInfo) -> object:
    """As JSON has it."""
    match value:
        case Letter():
            return _letter(value, zone)
        case Mapping():
            return {str(key): _plain(one, zone) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one, zone) for one in value]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name), zone) for one in fields(value)}
    return _single(value, zone)


def _letter(letter: Letter, zone: ZoneInfo) -> object:
    """Which it is, and what it says; as it stands where this program knows it no more."""
    try:
        said = letters.read(letter.contents)
    except (KeyError, TypeError, ValueError):
        return letter.contents
    return {"kind": type(said).__name__, "says": _plain(said, zone)}


def _single(value: object, zone: ZoneInfo) -> str | float | None:
    match value:
        case None | bool() | int() | float():
            return value
        case datetime():
            return value.astimezone(zone).isoformat()
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case str() | Decimal():
            return str(value)
    raise TypeError(f"cannot be given as JSON: {type(value).__name__}")
