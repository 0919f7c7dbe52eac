"""What a teacher types about a class: "Tajweed tomorrow 18:00 45m #Beginners".

The topic comes first and ends where everything behind it is a day, a time, a length, a group or
a repeat, in any order. So a topic may hold digits and even such words: in "Friday Khutbah Friday
13:00" only the last two say when. A topic that ends in one goes in quotes.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from school.day_phrases import day_of, is_bare_weekday
from school.errors import NotUnderstood
from school.names import clean_name
from school.phrases import (
    LONGEST_PHRASE,
    TOKEN,
    Kind,
    checked_length,
    group_of,
    is_no_time,
    is_odd_in_a_topic,
    kind_of,
    length_of,
    time_of,
    unquoted,
)
from school.recurrence import Repeat, check_repeat, first_day, following_day, parse_repeat

__all__ = [
    "ClassRequest",
    "check_length",
    "check_topic",
    "clean_name",
    "parse_class",
    "parse_day",
    "parse_length",
    "parse_moment",
    "parse_time",
]

MAX_TOPIC = 200
"""In characters; Zoom's limit."""

_LONGEST_TAIL = 60
"""In words; more than anybody types behind a topic."""

_EXAMPLE = "Tajweed tomorrow 18:00 45m"
_WEEK = timedelta(weeks=1)
_MOST_WORDS_OF_A_LENGTH = 4  # "1 h 30 min"


@dataclass(frozen=True, slots=True)
class ClassRequest:
    """A class as typed; what was not said is None or empty."""

    topic: str
    day: date | None  # of a repeat it is the first on which there is a class
    time: time | None
    length: timedelta | None
    groups: tuple[str, ...]  # as typed after #, without quotes
    repeat: Repeat | None
    repeat_text: str | None = None  # as typed: "every Mon,Wed x10"


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: Kind
    text: str
    end: int  # the index of the word after it


def parse_class(text: str, *, now: datetime) -> ClassRequest:
    """`text` without its command; `now` is the present in the teacher's zone.

    Raises NotUnderstood where the topic is missing or too long, where something is said twice,
    where there is no such time, day or length, where a repeat has no dates or begins in the past,
    and where a word in the middle makes no sense.
    """
    words = TOKEN.findall(clean_name(text))
    start, phrases = _tail(words)
    if start == 0 and phrases and len(_said(phrases, phrases[0].kind)) > 1:
        start, phrases = phrases[0].end, phrases[1:]
    topic = check_topic(unquoted(" ".join(words[:start])))
    _refuse_stray_words(words, start, {phrase.kind for phrase in phrases})
    at = _time(phrases)
    day = _day(phrases, at, now)
    repeat_text = _repeat_text(phrases)
    repeat = parse_repeat(repeat_text, first=day or now.date()) if repeat_text else None
    return ClassRequest(
        topic=topic,
        day=_first_day(repeat, day, at, now) if repeat else day,
        time=at,
        length=_length(phrases),
        groups=tuple(dict.fromkeys(group_of(one) for one in _said(phrases, Kind.GROUP))),
        repeat=repeat,
        repeat_text=repeat_text,
    )


def parse_moment(text: str, *, now: datetime) -> tuple[date | None, time | None]:
    """A day and a time in any order; one of them may be missing, and is None then."""
    words = TOKEN.findall(clean_name(text))
    start, phrases = _tail(words)
    if start > 0 or not phrases or not {one.kind for one in phrases} <= {Kind.DAY, Kind.TIME}:
        raise NotUnderstood(
            "“{text}” is not a day and a time. Write them like {example}.",
            text=clean_name(text),
            example="2026-12-01 20:00",
        )
    at = _time(phrases)
    return _day(phrases, at, now), at


def parse_day(text: str, *, today: date) -> date:
    """The day that is typed in answer to "Which day?"; a weekday may be today."""
    return day_of(text, today=today)


def parse_time(text: str) -> time:
    """The time that is typed in answer to "At what time?"."""
    return time_of(text)


def parse_length(text: str) -> timedelta:
    """The length that is typed in answer to "How long?"; a number alone is minutes."""
    return length_of(text)


def length_and_words(text: str) -> tuple[timedelta, str]:
    """A length, which may be 0, and the words after it: "40 min, sound was lost".

    Raises NotUnderstood where no length stands first.
    """
    words = clean_name(text).split()
    for count in range(_MOST_WORDS_OF_A_LENGTH, 0, -1):
        said = " ".join(words[:count]).rstrip(",.;:،፣")
        with suppress(NotUnderstood):
            length = timedelta() if is_no_time(said) else parse_length(said)
            return length, " ".join(words[count:])
    raise NotUnderstood(
        "Begin with the length, then say why, such as: {example}", example="40 min, sound was lost"
    )


def check_length(length: timedelta) -> timedelta:
    """The length, if a class can last that long; Zoom counts whole minutes."""
    return checked_length(int(length.total_seconds() // 60))


def check_topic(text: str) -> str:
    """The topic, cleaned, of 1 to 200 characters."""
    topic = clean_name(text)
    if not topic:
        raise NotUnderstood(
            "What is the class called? Write the topic first: {example}", example=_EXAMPLE
        )
    if len(topic) > MAX_TOPIC:
        raise NotUnderstood(
            "The topic has {count} characters; Zoom allows {most}. Please shorten it.",
            count=len(topic),
            most=MAX_TOPIC,
        )
    return topic


def _tail(words: Sequence[str]) -> tuple[int, list[_Phrase]]:
    """The longest end of `words` that is phrases throughout: where it begins, and the phrases."""
    start, phrases = _longest_tail(words, frozenset(Kind))
    if any(one.kind is Kind.REPEAT for one in phrases):
        return start, phrases
    return _longest_tail(words, frozenset(Kind) - {Kind.REPEAT_END})


def _longest_tail(words: Sequence[str], kinds: AbstractSet[Kind]) -> tuple[int, list[_Phrase]]:
    count = len(words)
    leading_on: dict[int, _Phrase] = {}  # from which word phrases lead to the end, and the first
    for start in range(count - 1, max(count - _LONGEST_TAIL, 0) - 1, -1):
        for phrase in _phrases_at(words, start, kinds):
            if phrase.end == count or phrase.end in leading_on:
                leading_on[start] = phrase
                break
    start = min(leading_on, default=count)
    return start, list(_from(start, leading_on))


def _from(start: int, leading_on: Mapping[int, _Phrase]) -> Iterator[_Phrase]:
    while phrase := leading_on.get(start):
        yield phrase
        start = phrase.end


def _phrases_at(words: Sequence[str], start: int, kinds: AbstractSet[Kind]) -> Iterator[_Phrase]:
    """The phrases that begin with the word at `start`, the longest first."""
    for end in range(min(start + LONGEST_PHRASE, len(words)), start, -1):
        text = " ".join(words[start:end])
        kind = kind_of(text)
        if kind is not None and kind in kinds:
            yield _Phrase(kind, text, end)


def _refuse_stray_words(words: Sequence[str], topic_end: int, said: AbstractSet[Kind]) -> None:
    """Raises if the topic swallowed something because a word behind it makes no sense.

    "Tajweed tomorrow 18:00 45mn" would else be a topic of four words. What is said again behind
    the topic is part of it: "Surah 18:10 tafsir tomorrow 18:00".
    """
    topic = words[:topic_end]
    for start in range(topic_end):
        unsaid = {Kind.GROUP} - said if start == 0 else frozenset(Kind) - said
        for phrase in _phrases_at(topic, start, unsaid):
            if is_odd_in_a_topic(phrase.kind, phrase.text):
                raise NotUnderstood(
                    "I do not understand “{word}”. Write the topic first, in quotes if a day or"
                    " a time belongs to it: {example}",
                    word=topic[_first_stray(topic, phrase.end)],
                    example=f'{_EXAMPLE} #"Beginners A"',
                )


def _first_stray(words: Sequence[str], start: int) -> int:
    """The first word from `start` on with which no phrase begins."""
    while phrase := next(_phrases_at(words, start, frozenset(Kind)), None):
        start = phrase.end
    return min(start, len(words) - 1)


def _said(phrases: Sequence[_Phrase], *kinds: Kind) -> list[str]:
    return [phrase.text for phrase in phrases if phrase.kind in kinds]


def _once(phrases: Sequence[_Phrase], kind: Kind) -> str | None:
    """What is said of a kind that can be said once only."""
    said = _said(phrases, kind)
    if len(said) > 1:
        raise NotUnderstood(
            "Both “{first}” and “{second}”? Please write one of them; what belongs to the topic"
            " goes in quotes with it.",
            first=said[0],
            second=said[1],
        )
    return said[0] if said else None


def _time(phrases: Sequence[_Phrase]) -> time | None:
    said = _once(phrases, Kind.TIME)
    return time_of(said) if said else None


def _length(phrases: Sequence[_Phrase]) -> timedelta | None:
    said = _once(phrases, Kind.LENGTH)
    return length_of(said) if said else None


def _day(phrases: Sequence[_Phrase], at: time | None, now: datetime) -> date | None:
    said = _once(phrases, Kind.DAY)
    if said is None:
        return None
    day = day_of(said, today=now.date())
    if is_bare_weekday(said) and day == now.date() and _has_passed(day, at, now):
        return day + _WEEK
    return day


def _has_passed(day: date, at: time | None, now: datetime) -> bool:
    """Whether the day is over or, today, the minute is."""
    this_minute = now.time().replace(second=0, microsecond=0)
    return day < now.date() or (day == now.date() and at is not None and at < this_minute)


def _repeat_text(phrases: Sequence[_Phrase]) -> str | None:
    often, end = _once(phrases, Kind.REPEAT), _once(phrases, Kind.REPEAT_END)
    return " ".join(one for one in (often, end) if one) or None


def _first_day(repeat: Repeat, typed: date | None, at: time | None, now: datetime) -> date:
    """The day of the first class: from the typed day on, or else the first still to come."""
    day = first_day(repeat, typed or now.date())
    if not _has_passed(day, at, now):
        return day
    if typed:
        raise NotUnderstood(
            "The first class would be on {day}, and that has passed. Leave out the first day, or"
            " write a later one.",
            day=day.isoformat(),  # with its year, which may be what is wrong
        )
    day = following_day(repeat, day)
    check_repeat(repeat, first=day)
    return day
