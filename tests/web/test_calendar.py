"""Calendar files over HTTP, opened as the programs of students and teachers open them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import update

from school.model import LessonState, Planned
from school.names import clean_name
from services.calendar_links import (
    CalendarKind,
    chat_calendar_url,
    lesson_calendar_url,
    teacher_calendar_url,
)
from services.calendars import CalendarEntry, CalendarFile
from services.office import Office
from storage import chats, courses, erasing, people, planning
from storage.schema import course, meeting
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_lesson, made_class, set_state
from tests.services.people_of_the_school import AISHA, MUSA
from tests.storage.rows import forget_accounts
from tests.web.calendars import (
    LONGEST_LINE,
    changes,
    only_event,
    opened,
    read,
    resolved,
    second_reading,
)
from tests.web.site import Answer, Site
from web.calendar_files import rendered
from web.wording import Wording

GROUP = -1001
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ENGLISH = Wording("en", Locale("en"), NullTranslations())
LINK = "https://zoom.us/j/86246812345?pwd=abcdefghijklmnopqrstuvwxyz0123456789.1"
ZONES = ("Africa/Cairo", "America/New_York", "Asia/Kathmandu", "Asia/Riyadh")


async def a_class(
    office: Office, topic: str = "Tajweed", starts_at: datetime | None = None, zone: str = ""
) -> MadeClass:
    """Of Aisha, announced in one group."""
    made = await made_class(office, {GROUP: "Beginners A"}, topic=topic, starts_at=starts_at)
    if zone:
        async with office.database.writing() as tx:
            await tx.connection.execute(update(course).values(zone=zone))
    return made


def lesson_url(office: Office, lesson_id: int) -> str:
    return lesson_calendar_url(office.database.vault, office.profile, lesson_id)


def group_url(office: Office, chat_id: int = GROUP) -> str:
    return chat_calendar_url(office.database.vault, office.profile, chat_id)


async def teacher_id(office: Office, telegram_user_id: int = AISHA.id) -> int:
    async with office.database.reading() as tx:
        person = await people.find_person(tx, telegram_user_id)
    assert person is not None
    return person.id


async def teacher_url(office: Office) -> str:
    return teacher_calendar_url(office.database.vault, office.profile, await teacher_id(office))


async def erase_aisha(office: Office) -> None:
    person_id = await teacher_id(office)
    async with office.database.writing() as tx:
        await erasing.erase_person(tx, person_id, AISHA.id)


def an_entry(topic: str | None = "Tajweed", **values: object) -> CalendarEntry:
    entry = CalendarEntry(
        uid="lesson-1@bot.example.org",
        sequence=0,
        topic=topic,
        teacher_name="Aisha",
        planned=Planned(NOW, timedelta(minutes=45)),
        zone=ZoneInfo("Africa/Addis_Ababa"),
        join_url=LINK,
        is_cancelled=False,
    )
    return replace(entry, **values)  # type: ignore[arg-type]  # each test names its own


def file_of(*entries: CalendarEntry, kind: CalendarKind = CalendarKind.LESSON) -> bytes:
    return rendered(CalendarFile(kind, "Tajweed", None, entries), ENGLISH, "Darulkubra", NOW)


# One class


async def test_a_class_is_opened_with_all_that_a_calendar_needs(site: Site) -> None:
    made = await a_class(site.office)
    answer = await opened(site, lesson_url(site.office, made.lesson_id))
    calendar, event = read(answer.body), only_event(answer.body)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="class.ics"'
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert calendar["PRODID"] == "-//Darulkubra//EN"
    assert "X-WR-CALNAME" not in calendar
    assert event["UID"] == f"lesson-{made.lesson_id:x}@bot.example.org"
    assert event["DTSTAMP"].dt == site.office.clock()
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        made.planned.starts_at,
        made.planned.ends_at,
    )
    assert event["DTSTART"].params["TZID"] == "Africa/Addis_Ababa"
    assert (event["SUMMARY"], event["STATUS"]) == ("Tajweed — Aisha", "CONFIRMED")
    link = f"https://zoom.us/j/{made.meeting_id}"
    assert (event["URL"], event["LOCATION"]) == (link, link)
    assert event["DESCRIPTION"] == f"Join the class: {link}"
    (alarm,) = event.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(minutes=-15))
    assert alarm["DESCRIPTION"] == "Tajweed begins soon."


async def test_another_reader_finds_the_same(site: Site) -> None:
    made = await a_class(site.office)
    answer = await opened(site, lesson_url(site.office, made.lesson_id))
    event = second_reading(answer.body).vevent
    assert event.summary.value == "Tajweed — Aisha"
    assert event.dtstart.value == made.planned.starts_at
    assert event.dtend.value == made.planned.ends_at
    assert event.valarm.trigger.value == timedelta(minutes=-15)


async def test_a_moved_class_opened_again_takes_the_place_of_the_old_one(site: Site) -> None:
    made = await a_class(site.office)
    before = only_event((await opened(site, lesson_url(site.office, made.lesson_id))).body)
    later = Planned(made.planned.starts_at + timedelta(days=1), made.planned.length)
    async with site.office.database.writing() as tx:
        lesson = await courses.find_lesson(tx, made.lesson_id)
        assert lesson is not None
        await planning.plan_lesson(tx, lesson, later)
    after = only_event((await opened(site, lesson_url(site.office, made.lesson_id))).body)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == later.starts_at


async def test_a_cancelled_class_says_so_and_rings_no_more(site: Site) -> None:
    made = await a_class(site.office)
    before = only_event((await opened(site, lesson_url(site.office, made.lesson_id))).body)
    async with site.office.database.writing() as tx:
        await planning.cancel_lessons(tx, [made.lesson_id])
    answer = await opened(site, lesson_url(site.office, made.lesson_id))
    after = only_event(answer.body)
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DESCRIPTION"] == "This class is cancelled."
    assert after.walk("VALARM") == []
    assert "zoom.us" not in answer.text


async def test_a_class_without_its_meeting_yet_has_no_link(site: Site) -> None:
    made = await a_class(site.office)
    async with site.office.database.writing() as tx:
        await tx.connection.execute(update(meeting).values(confirmed_at=None))
        await set_state(tx, made.lesson_id, LessonState.CREATING)
    event = only_event((await opened(site, lesson_url(site.office, made.lesson_id))).body)
    assert "URL" not in event
    assert event["DESCRIPTION"] == "The link to join will be here once the class is set up."


async def test_of_an_erased_teacher_a_class_keeps_neither_name_nor_topic(site: Site) -> None:
    made = await a_class(site.office, topic="Aisha's own topic")
    await erase_aisha(site.office)
    answer = await opened(site, lesson_url(site.office, made.lesson_id))
    assert only_event(answer.body)["SUMMARY"] == "A class"
    assert "Aisha" not in answer.text


async def test_nothing_of_a_person_but_topic_and_teacher_is_in_a_file(site: Site) -> None:
    made = await a_class(site.office)
    for url in (
        lesson_url(site.office, made.lesson_id),
        group_url(site.office),
        await teacher_url(site.office),
    ):
        text = (await opened(site, url)).text
        person = await teacher_id(site.office)
        for private in ("aisha_q", "aisha@", str(person), f"{person:x}", "123456", "start_url"):
            assert private not in text


# Feeds


async def test_a_group_follows_its_classes_from_thirty_days_back(
    site: Site, clock: SettableClock
) -> None:
    made = await a_class(site.office)
    old = await add_lesson(site.office, made, clock() - timedelta(days=31))
    past = await add_lesson(site.office, made, clock() - timedelta(days=29))
    off = await add_lesson(site.office, made, clock() + timedelta(days=400))
    elsewhere = await made_class(site.office, {-1002: "Sisters"}, teacher=MUSA)
    async with site.office.database.writing() as tx:
        await planning.cancel_lessons(tx, [off])
    answer = await opened(site, group_url(site.office))
    calendar = read(answer.body)
    uids = {str(event["UID"]): str(event["STATUS"]) for event in calendar.events}
    assert uids == {
        f"lesson-{past:x}@bot.example.org": "CONFIRMED",
        f"lesson-{made.lesson_id:x}@bot.example.org": "CONFIRMED",
        f"lesson-{off:x}@bot.example.org": "CANCELLED",
    }
    assert f"{old:x}" not in answer.text
    assert f"{elsewhere.lesson_id:x}" not in answer.text
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Beginners A · Darulkubra"
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.body
    assert b"\r\nX-PUBLISHED-TTL:PT1H\r\n" in answer.body
    assert calendar.walk("VALARM") == []
    assert answer.headers["Content-Disposition"] == 'inline; filename="classes.ics"'


async def test_a_group_without_classes_has_an_empty_calendar(site: Site) -> None:
    made = await a_class(site.office)
    async with site.office.database.writing() as tx:
        await planning.remove_chats(tx, made.course_id, [GROUP])
    answer = await opened(site, group_url(site.office))
    assert (answer.status, read(answer.body).events) == (200, [])


async def test_a_teacher_follows_all_that_they_give_and_nothing_else(
    site: Site, clock: SettableClock
) -> None:
    made = await a_class(site.office)
    old = await add_lesson(site.office, made, clock() - timedelta(days=400))
    musas = await made_class(site.office, {GROUP: "Beginners A"}, teacher=MUSA)
    given_away = await add_lesson(site.office, made, clock() + timedelta(days=2))
    musa = await teacher_id(site.office, MUSA.id)
    async with site.office.database.writing() as tx:
        await planning.hold_in(
            tx, [given_away], musas.meeting_row, state=LessonState.SCHEDULED, teacher_id=musa
        )
    calendar = read((await opened(site, await teacher_url(site.office))).body)
    assert [str(event["UID"]) for event in calendar.events] == [
        f"lesson-{one:x}@bot.example.org" for one in (old, made.lesson_id)
    ]
    assert calendar["X-WR-CALNAME"] == "Aisha · Darulkubra"


async def test_a_feed_that_has_not_changed_is_not_sent_again(
    site: Site, clock: SettableClock
) -> None:
    made = await a_class(site.office)
    first = await opened(site, group_url(site.office))
    assert first.headers["Cache-Control"] == "private, max-age=300"
    assert first.headers["ETag"].startswith('W/"')
    clock.forward(timedelta(minutes=10))
    path = group_url(site.office).removeprefix(site.office.profile.public_url)
    same = await site.get(path, If_None_Match=f'"other", {first.headers["ETag"]}')
    assert (same.status, same.body) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]
    assert same.headers["Cache-Control"] == "private, max-age=300"
    async with site.office.database.writing() as tx:
        await planning.cancel_lessons(tx, [made.lesson_id])
    changed = await site.get(path, If_None_Match=first.headers["ETag"])
    assert changed.status == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


async def test_one_class_is_never_kept_by_anybody_between(site: Site) -> None:
    made = await a_class(site.office)
    answer = await opened(site, lesson_url(site.office, made.lesson_id))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


async def test_a_program_may_ask_for_the_headers_alone(site: Site) -> None:
    await a_class(site.office)
    path = group_url(site.office).removeprefix(site.office.profile.public_url)
    whole, head = await site.get(path), await site.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


async def test_a_calendar_has_the_headers_of_every_answer(site: Site) -> None:
    await a_class(site.office)
    answer = await opened(site, group_url(site.office))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Strict-Transport-Security"]
    assert "Server" not in answer.headers


async def test_a_calendar_is_not_to_be_written(site: Site) -> None:
    await a_class(site.office)
    path = group_url(site.office).removeprefix(site.office.profile.public_url)
    assert (await site.post(path)).status == 405


# Addresses that lead nowhere


def _altered(url: str) -> list[str]:
    """Addresses that look like one of ours and are not it."""
    before, _, token = url.removesuffix(".ics").rpartition("/")
    kind, (number, mac) = token[0], token[1:].split(".")
    other = {"l": "g", "g": "t", "t": "l"}[kind]
    tokens = [
        f"{other}{number}.{mac}",
        f"{kind}{number}0.{mac}",
        f"{kind}-{number}.{mac}",
        f"{kind}0{number}.{mac}",
        f"{kind}+{number}.{mac}",
        f"{kind}{number}.{mac[:-1]}",
        f"{kind}{number}.{mac[::-1]}",
        f"{kind}{number}.{mac}0",
        f"{kind}{number}.{mac.upper()}",
        f"{kind}{number}.",
        f"{kind}{number}",
        f"{kind}{number}.%FF%C3%A9",
        f"{kind}{number}.{mac}%00",
        f"{kind}..{mac}",
        f"x{number}.{mac}",
        kind,
        "é",
    ]
    return [f"{before}/{one}.ics" for one in tokens]


async def _assert_nothing_there(answer: Answer) -> None:
    assert answer.status == 404
    assert "There is nothing here." in answer.text


async def test_an_altered_address_leads_nowhere(site: Site) -> None:
    made = await a_class(site.office)
    for url in (
        lesson_url(site.office, made.lesson_id),
        group_url(site.office),
        await teacher_url(site.office),
    ):
        assert (await opened(site, url)).status == 200
        for altered in _altered(url):
            await _assert_nothing_there(await opened(site, altered))


async def test_the_address_of_a_group_survives_the_sign_of_its_number(site: Site) -> None:
    supergroup = -1001234567890
    await made_class(site.office, {supergroup: "Sisters"})
    url = group_url(site.office, supergroup)
    assert f"/calendar/g-{-supergroup:x}." in url
    assert (await opened(site, url)).status == 200


async def test_a_class_that_is_in_the_accounts_no_more_leads_nowhere(site: Site) -> None:
    made = await a_class(site.office)
    async with site.office.database.writing() as tx:
        await forget_accounts(tx, made.planned.ends_at)
    await _assert_nothing_there(await opened(site, lesson_url(site.office, made.lesson_id)))


async def test_a_group_that_is_no_longer_linked_leads_nowhere(site: Site) -> None:
    await a_class(site.office)
    person_id = await teacher_id(site.office)
    async with site.office.database.writing() as tx:
        await chats.unlink_chat(tx, GROUP, person_id)
    await _assert_nothing_there(await opened(site, group_url(site.office)))
    await _assert_nothing_there(await opened(site, group_url(site.office, -4)))


async def test_a_teacher_who_left_leads_nowhere(site: Site) -> None:
    await a_class(site.office)
    url = await teacher_url(site.office)
    await erase_aisha(site.office)
    await _assert_nothing_there(await opened(site, url))


# Languages


async def test_a_calendar_speaks_the_language_of_its_chat(site: Site) -> None:
    made = await a_class(site.office)
    async with site.office.database.writing() as tx:
        await chats.set_language(tx, GROUP, "ar")
    assert read((await opened(site, group_url(site.office))).body)["PRODID"].endswith("//AR")
    one = await opened(site, lesson_url(site.office, made.lesson_id))
    assert read(one.body)["PRODID"].endswith("//EN")


# Zones


def _around_the_changes(zone: ZoneInfo) -> list[datetime]:
    """Moments before, at and after each change of a zone's clocks, and some of every season."""
    moments = [datetime(2026, month, 3, 15, 0, tzinfo=UTC) for month in (1, 4, 7, 10)]
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    while hour.year == 2026:
        after = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            moments += [after + timedelta(minutes=15 * step) for step in range(-10, 11)]
        hour = after
    return moments


@pytest.mark.parametrize("key", ZONES)
async def test_times_are_right_by_the_zones_of_the_file_itself(site: Site, key: str) -> None:
    moments = sorted(_around_the_changes(ZoneInfo(key)))
    made = await a_class(site.office, starts_at=moments[0], zone=key)
    for moment in moments[1:]:
        await add_lesson(site.office, made, moment)
    body = (await opened(site, await teacher_url(site.office))).body
    length = made.planned.length
    assert resolved(body) == [(moment, moment + length) for moment in moments]


@pytest.mark.parametrize("key", [*ZONES, "Australia/Lord_Howe", "Africa/Casablanca"])
def test_clocks_change_in_the_file_when_they_change_in_the_zone(key: str) -> None:
    zone = ZoneInfo(key)
    found = changes(file_of(an_entry(zone=zone)))
    at_first, *changed = found
    assert (at_first[0], at_first[1]) == (datetime(2026, 1, 1), at_first[2])  # noqa: DTZ001
    for local, before, after in changed:
        moment = (local - before).replace(tzinfo=UTC)
        assert (moment - timedelta(seconds=1)).astimezone(zone).utcoffset() == before
        assert moment.astimezone(zone).utcoffset() == after
    assert len(changed) == {"Asia/Kathmandu": 0, "Asia/Riyadh": 0}.get(key, 2)


def test_every_zone_of_a_calendar_is_described_once_and_first() -> None:
    entries = [an_entry(uid=f"{key}@x", zone=ZoneInfo(key)) for key in (*ZONES, *ZONES, "UTC")]
    calendar = read(file_of(*entries, kind=CalendarKind.TEACHER))
    names = [part.name for part in calendar.subcomponents]
    assert names == ["VTIMEZONE"] * 4 + ["VEVENT"] * 9
    assert [str(one["TZID"]) for one in calendar.timezones] == sorted(ZONES)
    assert calendar.get_missing_tzids() == set()


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([*ZONES, "Europe/Dublin", "Africa/Casablanca", "America/Havana"]),
    st.integers(5, 300),
)
def test_any_class_is_found_at_its_moment(starts_at: datetime, key: str, minutes: int) -> None:
    planned = Planned(starts_at.replace(microsecond=0), timedelta(minutes=minutes))
    body = file_of(an_entry(planned=planned, zone=ZoneInfo(key)))
    assert resolved(body) == [(planned.starts_at, planned.ends_at)]
    event = only_event(body)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (planned.starts_at, planned.ends_at)


# Topics


def _assert_well_formed(body: bytes) -> None:
    assert body.endswith(b"\r\n")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= LONGEST_LINE
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no character is torn apart


async def test_a_long_arabic_topic_is_folded_and_read_whole(site: Site) -> None:
    topic = "تجويد القرآن الكريم للمبتدئين " * 6
    made = await a_class(site.office, topic=topic.strip())
    answer = await opened(site, lesson_url(site.office, made.lesson_id))
    _assert_well_formed(answer.body)
    assert only_event(answer.body)["SUMMARY"] == f"{topic.strip()} — Aisha"
    assert second_reading(answer.body).vevent.summary.value == f"{topic.strip()} — Aisha"


@pytest.mark.parametrize(
    "topic",
    [
        "Fiqh\r\nEND:VEVENT\r\nBEGIN:VEVENT",
        "Fiqh\nATTENDEE:mailto:x@example.org",
        "Fiqh\rURL:https://elsewhere.example",
        "Fiqh\u2028URL:https://elsewhere.example\x85X\x0bY\x0cZ",
        "END:VEVENT",
        "a; b, c: d\\n e\\, \"f\" 'g' <b>&amp;</b>",
        "{topic} {teacher} {0} %s",
        "\\",
    ],
)
async def test_a_topic_stays_a_topic(site: Site, topic: str) -> None:
    made = await a_class(site.office, topic=topic)
    answer = await opened(site, lesson_url(site.office, made.lesson_id))
    _assert_well_formed(answer.body)
    event = only_event(answer.body)
    assert event["SUMMARY"] == f"{clean_name(topic)} — Aisha"
    assert event["URL"] == f"https://zoom.us/j/{made.meeting_id}"
    assert "ATTENDEE" not in event
    assert second_reading(answer.body).vevent.summary.value == f"{clean_name(topic)} — Aisha"


@given(st.text(), st.text(max_size=40))
@example("\ud800", "\u202e")
@example(" ", "")
def test_any_topic_and_name_are_read_as_they_are(topic: str, name: str) -> None:
    body = file_of(an_entry(topic, teacher_name=name))
    _assert_well_formed(body)
    expected = clean_name(topic) or "A class"
    if clean_name(name):
        expected += f" — {clean_name(name)}"
    assert only_event(body)["SUMMARY"] == expected
    assert second_reading(body).vevent.summary.value == expected
