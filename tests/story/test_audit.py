"""What admins do stands on record: under pseudonyms, for other admins to read and take along."""

import csv
import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from bot.application import routes
from bot.commands import Allowed
from bot.routes import Button, Command
from sandbox.people import Seen
from sandbox.story import Cast
from storage.audit import AuditEntry, all_entries
from tests.story.stage import Stage
from tests.story.test_disputes import held

NOTED: Mapping[str, Sequence[str]] = {
    "/invite": ["invited a teacher"],
    "/report": ["saw a report"],
    "[report]": ["exported a report"],
    "[correct]": ["corrected a class"],
    "[dispute.accept]": ["accepted a dispute"],
    "[dispute.answer]": ["declined a dispute"],
    "[dispute.why]": ["corrected a class"],
    "/rate": ["set a rate", "saw the list of rates"],
    "[rate]": ["saw rates"],
    "[payrules]": ["set pay rules from 2026-11-01"],
    "/adjust": ["added a bonus"],
    "[adjust]": ["withdrew a bonus"],
    "[statements]": ["saw the list of statements of 2026-10"],
    "/audit": ["saw the audit log"],
    "[audit]": ["exported the audit log"],
}
"""What admins may do that others may not, and what the story notes of each."""

OF_EVERYBODY = ["saw a statement of 2026-11", "exported a statement of 2026-11"]
OF_EVERYBODY += ["saw the pay of a class", "saw who was in a class"]
"""What the people concerned may do unnoticed."""

NOT_NOTED: Mapping[str, str] = {
    "/payrules": "shows rules, which are about nobody; changing them is noted",
}

NOTED_IN_ANOTHER_STORY: Mapping[str, str] = {
    "/teachers": "tests/story/test_teachers.py",
    "[teachers]": "tests/story/test_teachers.py: looking at one, removing one",
    "[erasures]": "tests/story/test_deleting.py: looking for a name, erasing it, declining to",
    "[payment.correct]": "tests/story/test_payments.py",
}

SEEDED = ("Aisha", "Musa", "Khadija", "Ahmed", "Tajweed", "Beginners", "Sisters", "zoom froze")


def test_whatever_admins_alone_may_do_is_noted_or_needs_not_be() -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        of_admins = [
            f"/{one.name}" if isinstance(one, Command) else f"[{one.action}]"
            for one in routes(elsewhere)
            if isinstance(one, Command | Button) and one.allowed is Allowed.ADMIN
        ]
    assert sorted(of_admins) == sorted([*NOTED, *NOT_NOTED, *NOTED_IN_ANOTHER_STORY])


async def test_all_that_an_admin_does_is_noted_without_a_name(stage: Stage, school: Cast) -> None:
    admin, aisha = school.admin, school.aisha
    summary = await held(stage, school)
    await _decides(school, summary)
    await _pays(school)
    await _looks(school, summary)
    await admin.types("/audit")
    latest = await admin.sees("What was done, the latest first")
    assert "opened who was in a class" in latest.text
    assert "Times of Addis Ababa." in latest.text
    await admin.presses("Older ›")
    older = await admin.finds_button("‹ Newer")
    await admin.presses("Export", on=older)
    file = await admin.sees_file(".csv")
    rows = list(csv.reader(io.StringIO((await admin.downloads(file)).decode("utf-8-sig"))))
    async with stage.program.office.database.reading() as tx:
        entries = [one async for some in all_entries(tx) for one in some]
    actions = {one.action for one in entries}
    expected = {one for some in NOTED.values() for one in some} | set(OF_EVERYBODY)
    assert expected - actions == set()
    assert len(rows) == len(entries) + 1
    assert rows[-1][2] == "took this list along"
    assert [one.action for one in entries].count("saw the audit log") == 1  # not for each page
    _assert_nameless(entries, [*older.text.splitlines(), *map(str, rows), latest.text])
    await aisha.types("/audit")
    await aisha.sees("admins.")


async def _decides(school: Cast, summary: Seen) -> None:
    admin, aisha = school.admin, school.aisha
    await aisha.presses("Something is wrong", on=summary)
    await aisha.presses("My connection dropped")
    seen = await admin.sees("Aisha says that something is wrong")
    await admin.presses("Accept 45 min", on=seen)
    await admin.sees("Accepted by Musa")
    await aisha.sees("now counts 45 min taught")
    await aisha.presses("Something is wrong", on=summary)
    await aisha.presses("Something else")
    await aisha.types("Zoom froze")
    seen = await admin.sees("“Zoom froze”")
    await admin.presses("Decline", on=seen)
    await admin.types("Khadija told me otherwise")
    await admin.sees("Done. The teacher is told.")


async def _pays(school: Cast) -> None:
    admin = school.admin
    await admin.types("/rate Aisha 240 ETB per hour from 2026-11-01")
    await admin.sees("Aisha earns 240.00 ETB an hour")
    await admin.types("/rate")
    await admin.presses("Aisha · 240.00 ETB an hour")
    await admin.sees("What Aisha earns")
    await admin.types("/adjust Aisha bonus 500 ETB Khadija's wedding")
    await admin.presses("Withdraw", on=await admin.sees("Aisha: a bonus of 500.00 ETB"))
    await admin.sees("Withdrawn: a bonus")
    await admin.types("/payrules")
    await admin.presses("Rounding")
    await admin.presses("5 min")
    await admin.presses("‹ All rules")
    await admin.presses("Save")
    await admin.sees("Rounded to the nearest 5 min")


async def _looks(school: Cast, summary: Seen) -> None:
    admin = school.admin
    await admin.types("/report")
    await admin.presses("Statements", within=90)
    await admin.sees("Statements of October 2026", within=90)
    await admin.presses("November 2026 ›")
    await admin.sees("Statements of November 2026")
    await admin.presses("Aisha · draft")
    await admin.sees("Statement of Aisha, November 2026")
    await admin.presses("PDF")
    await admin.sees_file("statement-2026-11.pdf", within=90)
    await admin.types("/report")
    await admin.presses("CSV", within=90)
    await admin.sees_file(".zip", within=90)
    await admin.types("/help")
    seen = await admin.sees("/privacy")
    await admin.forges(summary.button("Timeline").value, on=seen)
    opened = await admin.sees("held 18:00–18:20", within=90)
    await admin.presses("How is the pay worked out?", on=opened)
    await admin.sees("Rate: 240.00 ETB an hour")
    await admin.presses("Correct", on=opened)
    await admin.types("40 min as Aisha says")
    await admin.sees("Done. The teacher is told.")
    await admin.presses("Correct", on=opened)
    await admin.types("0 min, it was a test")
    await admin.presses("No student came, the teacher waited")
    await admin.sees("Done. The teacher is told.")
    await admin.forges(summary.button("Timeline").value, on=seen)
    await admin.sees("Corrected by your admin", within=90)


def _assert_nameless(entries: Sequence[AuditEntry], shown: Sequence[str]) -> None:
    stored = [f"{one.actor} {one.action} {one.subject}" for one in entries]
    told = [
        (name, text)
        for name in SEEDED
        for text in [*stored, *shown]
        if name.casefold() in text.casefold()
    ]
    assert told == []
