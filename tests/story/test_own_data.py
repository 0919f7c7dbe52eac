"""/mydata over HTTP: everybody is given all that is stored about them, and of nobody else."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.people import Person
from sandbox.story import Cast
from school.money import Money
from school.pay_rules import Per
from school.roster import Mark
from services import roster
from services.office import Office
from services.people import Teacher
from storage.corrections import Corrected, add_correction
from storage.pay import NewRate, add_rate
from storage.people import find_person
from storage.schema import audit_entry
from storage.students import students_of_teacher
from tests.story.stage import Stage
from tests.story.test_students_of_a_course import DAILY, taught_in_private

ALI, OMAR, SALEH = "ali.k@example.org", "omar.k@example.org", "saleh@example.org"
REASON = "The connection broke, said the admin"


@dataclass
class Class:
    """Held once: two who are called Khadija, told apart by their e-mails; another; a guest."""

    stage: Stage
    cast: Cast
    ali: Person
    omar: Person
    course_id: int

    @property
    def office(self) -> Office:
        return self.stage.program.office


@pytest.fixture
async def held(stage: Stage, school: Cast) -> Class:
    aisha = school.aisha
    await aisha.types(DAILY)
    await aisha.sees("Sent to 1 of 1 group")
    card = await school.khadija.sees("Tajweed", in_=school.sisters)
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    stage.clock.move_to(school.begins)
    await meeting.start()
    await meeting.join("Khadija", email=ALI)
    await meeting.join("Khadija", email=OMAR)
    await meeting.join("Saleh", email=SALEH)
    await stage.zoom.delivered()
    stage.clock.move_to(school.begins + timedelta(minutes=10))
    await meeting.join("Khadija")  # nobody can say who of the two that is
    await stage.zoom.delivered()
    stage.clock.move_to(school.begins + timedelta(minutes=40))
    await meeting.end()
    await stage.zoom.delivered()
    await stage.all_is_applied()
    await aisha.sees("40 min")
    ali = await stage.people.person("Khadija", username="khadija_ali")
    omar = await stage.people.person("Khadija", username="khadija_omar")
    for student in (ali, omar):
        await taught_in_private(aisha, student)
    held = Class(stage, school, ali, omar, 0)
    held.course_id = await _confirm(held, ali, ALI)
    await _confirm(held, omar, OMAR)
    return held


async def _confirm(held: Class, person: Person, email: str) -> int:
    """The teacher says that this is the student with that e-mail; the course."""
    office = held.office
    async with office.database.reading() as tx:
        aisha = await find_person(tx, held.cast.aisha.id)
        known = await find_person(tx, person.id)
        assert aisha is not None
        assert known is not None
        (student,) = [
            one
            for one in await students_of_teacher(tx, aisha.id)
            if any(each.mark is Mark.EMAIL and each.value == email for each in one.aliases)
        ]
    teacher = Teacher(aisha.id, held.cast.aisha.id, aisha.name, office.profile.zone)
    await roster.link(office, teacher, student.id, known.id)
    return student.course_id


async def own_file(person: Person) -> tuple[str, dict[str, Any]]:
    """What /mydata sends, as text and as what it says."""
    await person.catches_up()
    await person.types("/mydata")
    await person.sees("What is stored about you")
    file = await person.sees_file(".json", within=90)
    text = (await person.downloads(file)).decode()
    return text, json.loads(text)


def rows(said: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return list(said["stored"][key]["rows"])


def number(telegram_id: int) -> str:
    """As it stands in a file."""
    return f'"{telegram_id}"'


def holds_none_of(text: str, *others: str) -> None:
    assert [other for other in others if other.casefold() in text.casefold()] == []


async def test_two_of_one_name_each_have_theirs_and_nothing_of_the_other(held: Class) -> None:
    cast = held.cast
    for own, mail, other, others_mail in (
        (held.ali, ALI, held.omar, OMAR),
        (held.omar, OMAR, held.ali, ALI),
    ):
        text, said = await own_file(own)
        assert mail in text
        assert str(own.id) in text
        holds_none_of(
            text,
            *(others_mail, SALEH, "Saleh", "Aisha", "Musa", cast.aisha_zoom.user_id),
            *(
                number(other.id),
                number(cast.aisha.id),
                number(cast.admin.id),
                number(cast.khadija.id),
            ),
            *(str(other.username), "hidden from nobody"),
        )
        (attended,) = rows(said, "attendance")
        assert attended["name"] == "Khadija"
        assert attended["seconds"] == 2400  # the guest's thirty minutes are nobody's
        assert attended["keys"] == [["email", mail]]
        assert len(rows(said, "stays")) == 1
        (student,) = rows(said, "students")
        assert student["person_id"] == "you"
        assert {one["value"] for one in rows(said, "student_aliases")} == {mail}
        assert [one["topic"] for one in rows(said, "courses_of_others")] == ["Tajweed"]
        assert len(rows(said, "lessons_attended")) == 5
        assert all("taught_seconds" not in one for one in rows(said, "lessons_attended"))
        reports = rows(said, "zoom_reports_about_you")
        assert {one["body"]["event"] for one in reports} == {
            "meeting.participant_joined",
            "meeting.participant_left",
        }
        assert all(len(one["body"]["about_you"]) == 1 for one in reports)
        assert rows(said, "lessons") == rows(said, "zoom_account") == rows(said, "groups") == []


async def test_a_teacher_has_classes_figures_and_pay_and_counts_of_students(held: Class) -> None:
    cast, office = held.cast, held.office
    aisha = cast.aisha
    async with office.database.writing() as tx:
        admin, teacher = await find_person(tx, cast.admin.id), await find_person(tx, aisha.id)
        assert admin is not None
        assert teacher is not None
        money = Money("ETB", Decimal("300.50"))
        new = NewRate(teacher.id, None, date(2026, 1, 1), Per.HOUR, money)
        await add_rate(tx, new, by=admin.id, request_key="a rate")
    text, said = await own_file(aisha)
    (lesson, *_) = [one for one in rows(said, "lessons") if one["state"] == "ended"]
    async with office.database.writing() as tx:
        await add_correction(
            tx,
            int(lesson["id"]),
            Corrected(taught=timedelta(minutes=45)),
            by=admin.id,
            reason=REASON,
            request_key="a correction",
        )
    text, said = await own_file(aisha)
    holds_none_of(
        text,
        *(ALI, OMAR, SALEH, "Khadija", "Saleh", "Musa", cast.admin.username or "Musa"),
        *(number(held.ali.id), number(held.omar.id), number(cast.admin.id)),
    )
    (person,) = rows(said, "person")
    assert (person["name"], person["username"]) == ("Aisha", "aisha_q")
    (account,) = rows(said, "zoom_account")
    assert (account["email"], account["display_name"]) == ("aisha@example.org", "Aisha Q")
    assert account["zoom_user_id"] == cast.aisha_zoom.user_id
    assert account["access_token"] == account["refresh_token"] == "stored, not shown"
    assert account["connected_at"].endswith("+03:00")
    (course,) = rows(said, "courses")
    assert course["topic"] == "Tajweed"
    assert len(rows(said, "lessons")) == 5
    assert (lesson["actual_seconds"], lesson["student_count"]) == (2400, 4)
    (meeting,) = rows(said, "meetings")
    assert meeting["join_url"].startswith("http")
    assert sorted(one["title"] for one in rows(said, "groups")) == ["Beginners A", "Sisters"]
    (rate,) = rows(said, "rates")
    assert (rate["amount"], rate["currency"], rate["added_by"]) == ("300.50", "ETB", "an admin")
    (correction,) = rows(said, "corrections")
    assert (correction["reason"], correction["added_by"]) == (REASON, "an admin")
    assert said["only_counted"]["students_on_your_lists"]["count"] == 3
    assert said["only_counted"]["students_in_private"]["count"] == 2
    assert said["only_counted"]["students_in_your_classes"]["count"] == 4
    events = {one["body"]["event"] for one in rows(said, "zoom_reports_of_your_classes")}
    assert {"meeting.started", "meeting.ended"} <= events
    assert rows(said, "presence_as_teacher")[0]["is_teacher"] is True
    assert rows(said, "attendance") == []
    assert "invitations_used" in said["stored"]


async def test_an_admin_has_what_they_did_and_nobody_it_was_done_to(held: Class) -> None:
    text, said = await own_file(held.cast.admin)
    holds_none_of(text, ALI, OMAR, "Khadija", "Aisha", "Tajweed", number(held.cast.aisha.id))
    (made,) = rows(said, "invitations_made")
    assert made["kind"] == "teacher"
    assert made["used_at"] is not None
    assert "used_by" not in made
    done = [(one["actor"], one["action"]) for one in rows(said, "log")]
    assert ("you", "invited a teacher") in done
    assert ("you", "asked for their data") in done


async def test_a_name_alone_opens_nothing(stage: Stage, held: Class) -> None:
    """Whoever calls themselves by a student's name has their own account's data, no more."""
    thief = await stage.people.person("Khadija", username="not_khadija")
    await thief.types("/timezone Asia/Riyadh")
    await thief.sees("From now on")
    await thief.types("/mydata")
    summary = await thief.sees("What is stored about you")
    assert "only once your teacher has confirmed who you are" in summary.text
    file = await thief.sees_file(".json", within=90)
    text = (await thief.downloads(file)).decode()
    holds_none_of(text, ALI, OMAR, "Aisha", "Tajweed", number(held.ali.id), number(held.omar.id))
    said = json.loads(text)
    assert rows(said, "attendance") == rows(said, "stays") == rows(said, "students") == []
    assert rows(said, "person")[0]["zone"] == "Asia/Riyadh"


async def test_who_is_unknown_is_told_that_nothing_is_stored(stage: Stage) -> None:
    stranger = await stage.people.person("Zayd")
    await stranger.types("/mydata")
    await stranger.sees("I hold nothing under your Telegram account.")
    assert await stage.count(audit_entry) == 0


async def test_who_was_deleted_and_came_back_reads_of_the_deletion(stage: Stage) -> None:
    zayd = await stage.people.person("Zayd")
    await zayd.types("/timezone Asia/Riyadh")
    await zayd.sees("From now on")
    await zayd.types("/deletemydata")
    await zayd.presses("Delete my data", on=await zayd.sees("This will delete"))
    receipt = (await zayd.sees("Receipt:")).text
    await zayd.types("/mydata")
    told = await zayd.sees("your data was deleted on 23 Nov 2026")
    number = next(word for word in told.text.split() if word.startswith("E-")).rstrip(".")
    assert number in receipt
    await zayd.types("/timezone Africa/Cairo")
    await zayd.sees("From now on")
    text, said = await own_file(zayd)
    assert [one["receipt"] for one in rows(said, "deletions")] == [number]
    assert "Asia/Riyadh" not in text
