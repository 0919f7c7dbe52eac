"""The journal reads as chats do."""

from io import StringIO
from zoneinfo import ZoneInfo

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.people import Group, People, Person
from sandbox.transcript import Transcript, is_terminal


async def told(people: People, transcript: Transcript, after: int = 0) -> list[str]:
    return [line for entry in await people.journal(after) for line in transcript.lines(entry)]


async def test_a_chat_reads_line_by_line(
    ptb: telegram.Bot, people: People, aisha: Person, beginners: Group
) -> None:
    start = await people.last()
    markup = InlineKeyboardMarkup(
        [[InlineKeyboardButton("Yes", callback_data="y", style="success")]]
    )
    await aisha.types("/newclass Tajweed")
    await ptb.send_message(aisha.id, "Create it?\nTomorrow.", reply_markup=markup)
    press = await aisha.presses("Yes")
    await ptb.answer_callback_query(press.query, "Created")
    card = await ptb.send_message(beginners.id, "Tajweed")
    await ptb.edit_message_text("Tajweed · live now", beginners.id, card.message_id)
    await ptb.delete_message(beginners.id, card.message_id)
    await ptb.send_document(aisha.id, b"12345", "Hours", filename="november.xlsx")
    assert await told(people, Transcript(), start) == [
        "Aisha, privately                      › /newclass Tajweed",
        "bot to Aisha, privately               ‹ Create it?",
        "                                        Tomorrow.",
        "                                        [Yes]",
        "Aisha, privately                      · presses [Yes]",
        "                                        (toast to Aisha) Created",
        "bot to group Beginners A, 1 person    ‹ Tajweed",
        "bot to group Beginners A, 1 person    ✎ Tajweed · live now",
        "bot to group Beginners A, 1 person    ✗ deleted: Tajweed · live now",
        "bot to Aisha, privately               ‹ 📎 november.xlsx (5 bytes)",
        "                                        Hours",
    ]


async def test_comings_and_goings_are_told_in_words(people: People, aisha: Person) -> None:
    bilal = await people.person("Bilal")
    group = await people.group("Sisters", owner=aisha, basic=True, members=[bilal])
    start = await people.last()
    await aisha.adds_bot(to=group)
    await aisha.promotes_bot(in_=group)
    await aisha.removes(bilal, from_=group)
    await aisha.upgrades(group)
    await aisha.blocks_bot()
    lines = [line.partition("· ")[2] for line in await told(people, Transcript(), start)]
    assert lines == [
        "Darulkubra came in",
        "Darulkubra is now administrator",
        "Bilal is gone",
        "makes the group a supergroup",
        "continues here as a supergroup",
        "blocks the bot",
    ]


async def test_times_are_shown_in_the_readers_zone(
    ptb: telegram.Bot, people: People, aisha: Person
) -> None:
    start = await people.last()
    time = '📗 <tg-time unix="1795532400" format="wdt">then</tg-time>, in <b>Zoom</b>'
    await ptb.send_message(aisha.id, time, "HTML")
    assert (await told(people, Transcript(), start))[0].endswith("‹ 📗 then, in Zoom")
    there = Transcript(zone=ZoneInfo("Africa/Addis_Ababa"))
    assert (await told(people, there, start))[0].endswith("‹ 📗 Tue 24 Nov, 18:00, in Zoom")


async def test_nobody_can_steer_the_terminal(people: People) -> None:
    mallory = await people.person("Mal\x1b[2Jlory")
    await mallory.types("x\x1b[2Jy")
    lines = await told(people, Transcript())
    assert lines
    assert not any("\x1b" in line for line in lines)


async def test_colours_are_for_terminals_only(people: People, aisha: Person) -> None:
    assert aisha.name in "".join(await told(people, Transcript()))
    assert any("\x1b[" in line for line in await told(people, Transcript(coloured=True)))
    assert not is_terminal(StringIO())
