"""Plays a made-up month: people come to their lessons at Zoom, and teachers change some before."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sandbox.month import Fate, Lesson, Month, Parting, Sitting, Spell, Trouble, Visit
from sandbox.month_founding import School
from sandbox.people import NotSeen, Person, Seen
from sandbox.zoom_people import AtTheDoor, InMeeting, ZoomMeeting, ZoomPeople

_FRESH = timedelta(seconds=200)
"""What was sent longer ago must have been answered: a signature is good for five minutes."""

_LEAP = timedelta(minutes=30)
"""After so long the program would have done what it had to do."""

_LATE_BY = timedelta(minutes=7)
_CALLS_OFF = (Fate.CANCELLED_EARLY, Fate.CANCELLED_LATE)
_PATIENCE_S = 60.0
_LOOK_AGAIN_S = 0.05


class Clock(Protocol):
    """Stands at a moment, but for a trifle, until it is moved; never back."""

    def __call__(self) -> datetime: ...
    def move_to(self, at: datetime) -> None: ...


class Program(Protocol):
    """The program that is played against."""

    @property
    def is_running(self) -> bool: ...
    async def stop(self) -> None: ...
    async def start(self) -> None: ...
    async def all_is_applied(self) -> None:
        """Waits until what Zoom has told so far counts."""


@dataclass(frozen=True, slots=True, order=True)
class _Step:
    """Something that happens at a moment; at the same one, the lower rank first."""

    at: datetime
    rank: int
    number: int
    does: Callable[[], Awaitable[None]] = field(compare=False)


_STARTS, _COMES, _GOES, _ENDS = range(4)


@dataclass(slots=True)
class Player:
    """Plays all lessons of a school that was founded, from its founding on."""

    month: Month
    school: School
    zoom: ZoomPeople
    clock: Clock
    program: Program
    _sent_at: datetime | None = field(default=None, init=False)
    _spell: Spell | None = field(default=None, init=False)
    _meetings: dict[tuple[str, datetime], ZoomMeeting] = field(default_factory=dict, init=False)
    _doors: dict[Visit, AtTheDoor] = field(default_factory=dict, init=False)
    _inside: dict[Visit, InMeeting] = field(default_factory=dict, init=False)

    async def play(self) -> None:
        """Until the last lesson is over and Zoom has told all that it ever will."""
        for step in sorted(self._steps()):
            await self._moves_to(step.at)
            await step.does()
        last = self.clock()
        for minutes in (3, 10, 40, 120, 240):
            await self._moves_to(last + timedelta(minutes=minutes))
            await self.program.all_is_applied()

    async def _moves_to(self, at: datetime) -> None:
        if self._sent_at is None or at - self._sent_at > _FRESH:
            await self.zoom.delivered()
            self._sent_at = at
        if at - self.clock() > _LEAP and self.program.is_running:
            await self.program.all_is_applied()
        self.clock.move_to(at)

    def _steps(self) -> Iterator[_Step]:
        for number, (at, rank, does) in enumerate(self._happenings()):
            yield _Step(at, rank, number, does)

    def _happenings(self) -> Iterator[tuple[datetime, int, Callable[[], Awaitable[None]]]]:
        for spell in self.month.spells:
            yield spell.since, _STARTS, partial(self._begins, spell)
            yield spell.until, _STARTS, partial(self._is_over, spell)
        for lesson in self.month.lessons:
            if lesson.told_at is not None:
                change = self._calls_off if lesson.fate in _CALLS_OFF else self._gives_away
                yield lesson.told_at, _STARTS, partial(change, lesson)
            for name, came_at, went_at in lesson.in_vain:
                yield from self._waiting_in_vain(lesson, name, came_at, went_at)
            for sitting in lesson.sittings:
                yield sitting.opened_at, _STARTS, partial(self._opens, lesson, sitting)
                yield sitting.ended_at, _ENDS, partial(self._ends, lesson, sitting)
                for visit in sitting.visits:
                    yield from self._visit(lesson, sitting, visit)

    def _visit(
        self, lesson: Lesson, sitting: Sitting, visit: Visit
    ) -> Iterator[tuple[datetime, int, Callable[[], Awaitable[None]]]]:
        if visit.knocked_at is not None:
            yield visit.knocked_at, _COMES, partial(self._knocks, lesson, visit)
        elif not (visit.is_host and visit.since == sitting.opened_at):
            yield visit.since, _COMES, partial(self._comes, lesson, visit)
        if visit.until < sitting.ended_at:
            yield visit.until, _GOES, partial(self._goes, visit)

    def _waiting_in_vain(
        self, lesson: Lesson, name: str, came_at: datetime, went_at: datetime
    ) -> Iterator[tuple[datetime, int, Callable[[], Awaitable[None]]]]:
        visit = Visit(name, name, "", came_at, went_at)
        yield came_at, _COMES, partial(self._knocks, lesson, visit)
        yield went_at, _GOES, partial(self._gives_up, visit)

    # At Zoom

    def _meeting(self, lesson: Lesson) -> ZoomMeeting:
        """Its own where another teacher gives it, else the course's."""
        return self._meetings.get(lesson.key) or self.school.meetings[lesson.course.number]

    async def _opens(self, lesson: Lesson, sitting: Sitting) -> None:
        host = sitting.visits[0]
        self._inside[host] = await self._meeting(lesson).start()
        for visit in sitting.visits:
            if visit.knocked_at is not None:
                self._inside[visit] = await self._doors.pop(visit).joined()

    async def _ends(self, lesson: Lesson, sitting: Sitting) -> None:
        await self._meeting(lesson).end(reason="time_limit" if sitting.is_cut else "host")

    async def _knocks(self, lesson: Lesson, visit: Visit) -> None:
        self._doors[visit] = await self._meeting(lesson).knock(visit.shown_as)

    async def _gives_up(self, visit: Visit) -> None:
        await self._doors.pop(visit).gives_up()

    async def _comes(self, lesson: Lesson, visit: Visit) -> None:
        account = self.school.accounts.get(visit.email)
        meeting = self._meeting(lesson)
        self._inside[visit] = await meeting.join(visit.shown_as, as_user=account)

    async def _goes(self, visit: Visit) -> None:
        connection = self._inside.pop(visit)
        match visit.parting:
            case Parting.VANISHES:
                await connection.vanish()
            case Parting.LOST:
                await self._leaves_unheard(connection)
            case _:
                await connection.leave()

    async def _leaves_unheard(self, connection: InMeeting) -> None:
        await self.zoom.no_rules()
        await self.zoom.rule("drop", "meeting.participant_left", times=1)
        await connection.leave()
        await self._rules(self._spell)

    # Trouble

    async def _begins(self, spell: Spell) -> None:
        if spell.trouble.is_outage:
            await self.zoom.delivered()
            await self.program.stop()
            return
        self._spell = spell
        await self._rules(spell)

    async def _is_over(self, spell: Spell) -> None:
        if spell.trouble.is_outage:
            await self.program.start()
            return
        self._spell = None
        await self.zoom.no_rules()
        await self.zoom.release("shuffled")

    async def _rules(self, spell: Spell | None) -> None:
        match spell.trouble if spell else None:
            case Trouble.DUPLICATED:
                await self.zoom.rule("duplicate")
            case Trouble.SHUFFLED:
                await self.zoom.rule("hold")
            case Trouble.LATE:
                await self.zoom.rule("delay", by=_LATE_BY)
            case _:
                pass

    # In Telegram

    async def _calls_off(self, lesson: Lesson) -> None:
        teacher, card = await self._card(lesson)
        await self._presses(teacher, "Cancel class", card)
        question = await teacher.finds_button("Keep", within=_PATIENCE_S)
        one_of_many = "Cancel this class"
        really = one_of_many if question.has_button(one_of_many) else "Cancel class"
        await self._presses(teacher, really, question)
        await teacher.sees("cancelled", within=_PATIENCE_S)

    async def _gives_away(self, lesson: Lesson) -> None:
        teacher, card = await self._card(lesson)
        await self._presses(teacher, "⋯", card)
        for button in ("Another teacher", lesson.giver.name, "Give the class away"):
            await self._presses(teacher, button)
        await teacher.sees("gives this class for you", within=_PATIENCE_S)
        giver = self.school.teachers[lesson.giver.number]
        await giver.sees(lesson.course.topic, within=_PATIENCE_S)
        self._meetings[lesson.key] = await self._meeting_of_giver(lesson)

    async def _meeting_of_giver(self, lesson: Lesson) -> ZoomMeeting:
        """The newest one on that teacher's account that is called so."""
        for meeting in reversed(await self.zoom.meetings()):
            if meeting.topic == lesson.course.topic:
                shown = await meeting.shown()
                if shown["host_email"] == lesson.giver.email:
                    return meeting
        raise LookupError(f"{lesson.giver.name} has no meeting for {lesson.course.topic}")

    async def _card(self, lesson: Lesson) -> tuple[Person, Seen]:
        """The teacher has the lesson's card brought by /classes."""
        teacher = self.school.teachers[lesson.course.teacher.number]
        local = lesson.starts_at.astimezone(lesson.course.teacher.zone)
        day = f"{local:%a} {local.day} {local:%b}"
        await teacher.types("/classes")
        listed = await teacher.sees("Your classes:", within=_PATIENCE_S)
        labels = [one for one in listed.labels if lesson.course.topic in one and day in one]
        if not labels:
            raise NotSeen(f"{lesson.course.topic} of {day} is not among {listed.labels}")
        await self._presses(teacher, labels[0], listed)
        return teacher, await self._below(listed, teacher, lesson.course.topic)

    async def _below(self, listed: Seen, teacher: Person, topic: str) -> Seen:
        """The card that the list has brought; a summary may come at the same time."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                for message in (await teacher.looks()).messages:
                    is_card = message.has_button("Cancel class") and topic in message.text
                    if is_card and message.id > listed.id:
                        return message
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def _presses(self, person: Person, button: str, on: Seen | None = None) -> None:
        press = await person.presses(button, on=on, within=_PATIENCE_S)
        await person.sees_toast(press, within=_PATIENCE_S)
