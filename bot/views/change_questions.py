"""What the form that changes a class says and asks; bot.views.changing has its buttons."""

from datetime import date, datetime, timedelta

from markupsafe import Markup

from bot.speech import Say
from bot.views.message import lines
from school.recurrence import says_whole
from school.text import Text
from services.change_pages import ChangePage
from services.classes import UpcomingClass
from storage.change_forms import Change, ChangeStep

_MOST_OVERLAPS = 5
_MOST_SKIPPED = 20
_MOST_NAMED = 10
_EXAMPLE = "2026-12-01 20:00"


def class_now(say: Say, page: ChangePage) -> Markup:
    """The class as it is now."""
    now = page.now
    when = say.zoned_range(now.planned, now.zone)
    head = say("{topic} · {when}", topic=say.bold(now.topic), when=when)
    return lines(head, say.text(says_whole(now.repeat)) if now.repeat else None)


_PLAIN_QUESTIONS = {
    ChangeStep.MENU: Text("What do you want to change?"),
    ChangeStep.DATES: Text("Which other class of the series? Its card comes in a new message."),
    ChangeStep.LENGTH: Text("How long? Choose, or type a length such as 50m."),
    ChangeStep.TOPIC: Text("What is the class called from now on? Type it."),
    ChangeStep.GROUPS: Text("In which groups is it announced? Choose, then save."),
    ChangeStep.FIRST_DAY: Text(
        "Which is the first day without classes? Choose, or type both days, such as {example}.",
        {"example": "2026-12-20 2027-01-05"},
    ),
}


def question(say: Say, page: ChangePage) -> Markup:  # noqa: PLR0911  a table
    form = page.draft.said
    match page.draft.step:
        case ChangeStep.SCOPE:
            return _which(say, page)
        case ChangeStep.DAY:
            return _which_day(say, page)
        case ChangeStep.TIME:
            asked = say("At what time? Choose, or type one such as 18:30.")
            return lines(say("To: {day}", day=form.day) if form.day else None, asked)
        case ChangeStep.LAST_DAY:
            asked = say("Which is the last day without classes?")
            return lines(say("From: {day}", day=form.day) if form.day else None, asked)
        case ChangeStep.TEACHER:
            return _which_teacher(say, page)
        case ChangeStep.CONFIRM:
            return _confirmation(say, page)
        case step:
            return say.text(_PLAIN_QUESTIONS[step])


def _which(say: Say, page: ChangePage) -> Markup:
    if page.draft.said.what is Change.TIME:
        return say("Move this class only, or all classes of the series that are ahead?")
    return say("Another length for this class only, or for all classes that are ahead?")


def _which_day(say: Say, page: ChangePage) -> Markup:
    form = page.draft.said
    return lines(
        say("At: {time}", time=form.time) if form.time is not None else None,
        say("To which day? Choose, or type a day and a time, such as {example}.", example=_EXAMPLE),
        say("The other classes move by as many days, and to the same time.")
        if form.for_all
        else None,
    )


def _which_teacher(say: Say, page: ChangePage) -> Markup:
    if page.teachers:
        return say("Who gives this class?")
    return say("No other teacher has connected Zoom. Ask one to type /connect.")


def _confirmation(say: Say, page: ChangePage) -> Markup:
    form = page.draft.said
    match form.what:
        case Change.LENGTH:
            return say("Change its length to {length}?", length=form.length or timedelta())
        case Change.TOPIC:
            return say("Call it {topic} from now on?", topic=say.bold(form.topic or ""))
        case Change.GROUPS:
            return _in_these_groups(say, page)
        case Change.SKIP:
            return _really_skip(say, page)
        case Change.TEACHER:
            name = page.teachers[0].name if page.teachers else ""
            asked = say(
                "Give this class to {teacher}? Its meeting is made anew on their Zoom account, "
                "and the groups get the new link.",
                teacher=say.bold(name),
            )
            return lines(asked, *_overlaps(say, page))
        case _:
            return _really_move(say, page)


def _in_these_groups(say: Say, page: ChangePage) -> Markup:
    chosen = page.draft.said.chat_ids or ()
    names = [one.title or "" for one in page.groups if one.id in chosen]
    more = len(names) - _MOST_NAMED
    return lines(
        say("Announce it in {groups}?", groups=say.listed(names[:_MOST_NAMED])),
        say.many("and {count} more", "and {count} more", more) if more > 0 else None,
    )


def _really_move(say: Say, page: ChangePage) -> Markup:
    to = page.to or page.now.planned.starts_at
    moment = {"was": _moment(say, page, page.now.planned.starts_at), "to": _moment(say, page, to)}
    local = to.astimezone(page.zone)
    return lines(
        say("Move all classes that are ahead, this one from {was} to {to}?", **moment)
        if page.draft.said.for_all
        else say("Move it from {was} to {to}?", **moment),
        *_overlaps(say, page),
        say(
            "Clocks go back on {day}, so {time} comes twice. I take the first one.",
            day=local.date(),
            time=local.time(),
        )
        if page.is_repeated
        else None,
    )


def _moment(say: Say, page: ChangePage, at: datetime) -> Markup:
    return say.bold(day_and_time(page, at))


def _overlaps(say: Say, page: ChangePage) -> list[Markup]:
    found = page.overlaps.classes
    said = [_overlap(say, page, other) for other in found[:_MOST_OVERLAPS]]
    if more := len(found) - len(said):
        said.append(say.many("and {count} more", "and {count} more", more))
    return said


def _overlap(say: Say, page: ChangePage, other: UpcomingClass) -> Markup:
    what = {
        "topic": other.topic,
        "start": say.clock_time(other.planned.starts_at, page.zone),
        "end": say.clock_time(other.planned.ends_at, page.zone),
    }
    teacher = page.overlaps.teacher_name
    if teacher is not None:
        return say("{teacher} has “{topic}” from {start} to {end} then.", teacher=teacher, **what)
    if page.draft.said.for_all:
        day = _local_day(page, other)
        return say("On {day} you have “{topic}” from {start} to {end}.", day=day, **what)
    return say("You have “{topic}” from {start} to {end} that day.", **what)


def _really_skip(say: Say, page: ChangePage) -> Markup:
    days = [_local_day(page, one) for one in page.lessons]
    more = len(days) - _MOST_SKIPPED
    return lines(
        say.many(
            "Cancel this {count} class? The groups are told at once.",
            "Cancel these {count} classes? The groups are told at once.",
            len(days),
        ),
        say.series(days[:_MOST_SKIPPED]),
        say.many("and {count} more", "and {count} more", more) if more > 0 else None,
    )


def _local_day(page: ChangePage, one: UpcomingClass) -> date:
    return one.planned.starts_at.astimezone(page.zone).date()


def day_and_time(page: ChangePage, at: datetime) -> Text:
    local = at.astimezone(page.zone)
    return Text("{day}, {time}", {"day": local.date(), "time": local.time()})
