"""A class that repeats: one of its lessons is moved, and then called off."""

from datetime import UTC, timedelta

from sandbox.staging import Cast, Stage, expect

_CLASSES = 8


async def weekly(stage: Stage, cast: Cast) -> None:
    aisha, khadija, sisters = cast.aisha, cast.khadija, cast.sisters
    first = cast.begins + timedelta(days=2)
    await aisha.types(f"/newclass Sira every {first:%a} 10:00 40m x{_CLASSES} #Sisters")
    await aisha.sees("Sent to 1 of 1 group")
    card = await khadija.sees("Sira", in_=sisters)
    expect(card.has_button("Add to calendar"), "the card can be put into a calendar")
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    dates = (await meeting.shown())["occurrences"]
    expect(len(dates) == _CLASSES, "Zoom has one meeting with eight dates", str(len(dates)))

    await aisha.presses("Reschedule")
    await aisha.sees("Move this class only")
    await aisha.presses("This class")
    await aisha.types(f"{first + timedelta(days=1):%Y-%m-%d} 11:30")
    await aisha.finds_button("Move")
    await khadija.catches_up()
    await aisha.presses("Move")
    moved = await khadija.sees("has moved", in_=sisters)
    expect(moved.has_button("Join class"), "the link is still there")
    await aisha.sees("11:30")
    dates = (await meeting.shown())["occurrences"]
    local = (first + timedelta(days=1)).replace(hour=11, minute=30)
    expect(
        any(one["start_time"] == f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for one in dates),
        "Zoom has moved that date",
        str(dates[0]),
    )

    await aisha.presses("Cancel class")
    await aisha.finds_button("Cancel this class")
    await khadija.catches_up()
    await aisha.presses("Cancel this class")
    await khadija.sees("is cancelled", in_=sisters)
    await khadija.sees("Next:", in_=sisters)
    await khadija.types("/next", into=sisters)
    await khadija.sees("Sira", in_=sisters)
