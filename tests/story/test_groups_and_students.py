"""Groups and their settings, and students who are taught in private, from all sides."""

from datetime import time

import pytest

from bot.speech import Speech
from sandbox.people import Group, NotSeen, Person, Seen
from sandbox.story import Cast
from school.model import ClockFace
from storage.schema import chat, chat_teacher, course_chat, person, post
from tests.story.stage import Stage

TAJWEED = "/newclass Tajweed tomorrow 18:00 45m"
SPEECH = Speech("en")
ARABIC, AMHARIC = SPEECH.catalogues["ar"].gettext, SPEECH.catalogues["am"].gettext


@pytest.fixture
async def ahmed(stage: Stage) -> Person:
    return await stage.people.person("Ahmed")


async def linked_group(stage: Stage, teacher: Person, title: str, *others: Person) -> Group:
    group = await stage.people.group(title, owner=teacher, members=others)
    await teacher.adds_bot(to=group)
    await teacher.promotes_bot(in_=group)
    await teacher.types("/link", into=group)
    await teacher.sees(f"{title} is linked", in_=group)
    return group


async def invitation_from(teacher: Person) -> str:
    await teacher.types("/groups")
    await teacher.presses("Invite a student")
    return (await teacher.sees("an invitation for one student")).button("Copy").value


async def taught_in_private(teacher: Person, student: Person) -> None:
    await student.follows(await invitation_from(teacher))
    await student.sees("Aisha of Darulkubra teaches you")


async def a_class_for(school: Cast, student: Person) -> Seen:
    """The student's card of it."""
    await school.aisha.types(f"{TAJWEED} #{student.name}")
    await school.aisha.sees("Sent to 1 of 1 group")
    return await student.sees("Tajweed with Aisha")


async def another_teacher(stage: Stage, school: Cast) -> Person:
    await school.admin.types("/invite")
    invitation = await school.admin.sees("invitation for one teacher")
    fatima = await stage.people.person("Fatima")
    await fatima.follows(invitation.button("Copy").value)
    await fatima.sees("You can now teach")
    return fatima


# Groups


async def test_a_class_goes_to_the_topic_that_link_was_typed_in(stage: Stage, school: Cast) -> None:
    aisha = school.aisha
    forum = await stage.people.group("Forum", owner=aisha, members=[school.khadija], forum=True)
    await aisha.adds_bot(to=forum)
    await aisha.promotes_bot(in_=forum)
    first = await aisha.opens_topic("Announcements", in_=forum)
    second = await aisha.opens_topic("Classes", in_=forum)
    await aisha.types("/link", into=forum, topic=first)
    await aisha.sees("Forum is linked", in_=forum)
    await aisha.types("/link", into=forum, topic=second)
    await aisha.sees("Forum is linked", in_=forum)
    await aisha.types(f"{TAJWEED} #Forum")
    await aisha.sees("Sent to 1 of 1 group")
    assert (await school.khadija.sees("Tajweed", in_=forum)).thread_id == second
    await school.khadija.types("/next", into=forum, topic=first)
    assert (await school.khadija.sees("coming two weeks", in_=forum)).thread_id == first


async def test_a_class_waits_for_a_group_that_muted_the_bot(stage: Stage, school: Cast) -> None:
    aisha = school.aisha
    await aisha.restricts_bot(in_=school.sisters)
    await stage.polls_quietly()
    await aisha.types("/groups")
    await aisha.sees("Sisters: I cannot write there now.")
    await aisha.removes_bot(from_=school.beginners)
    await stage.polls_quietly()
    await aisha.adds_bot(to=school.beginners)
    await aisha.promotes_bot(in_=school.sisters)
    await stage.polls_quietly()
    await aisha.types(f'{TAJWEED} #"Beginners A" #Sisters')
    await aisha.sees("Sent to 2 of 2 groups")


async def test_a_group_keeps_its_settings_when_it_becomes_a_supergroup(
    stage: Stage, school: Cast
) -> None:
    aisha = school.aisha
    group = await stage.people.group("Boys", owner=aisha, members=[school.khadija], basic=True)
    await aisha.adds_bot(to=group)
    await aisha.promotes_bot(in_=group)
    await aisha.types("/link", into=group)
    await aisha.sees("Boys is linked", in_=group)
    await aisha.types("/groups #Boys Riyadh")
    await aisha.sees("Time zone: Asia/Riyadh")
    await aisha.upgrades(group)
    await stage.polls_quietly()
    await aisha.types("/groups #Boys")
    await aisha.sees("Time zone: Asia/Riyadh")
    await aisha.types(f"{TAJWEED} #Boys")
    await aisha.sees("Sent to 1 of 1 group")


async def test_a_teacher_sets_how_a_group_is_told(school: Cast) -> None:
    aisha = school.aisha
    await aisha.types(f"{TAJWEED} #Sisters")
    await aisha.sees("Sent to 1 of 1 group")
    await school.khadija.sees("Tajweed", in_=school.sisters)
    await aisha.types("/groups")
    page = await aisha.sees("Your classes can be posted in:")
    await aisha.presses("Sisters", on=page)
    for choice, option, shown in (
        ("Language", "English", "Language: English"),
        ("Time zone", "Riyadh", "Time zone: Asia/Riyadh"),
        ("Time zone", "each class's own", "Time zone: each class's own"),
        ("A day before", "for every class", "Reminder a day before: for every class"),
        ("Before the class", "off", "Reminder before the class: off"),
    ):
        await aisha.presses(choice)
        await aisha.presses(option)
        now = await aisha.sees(shown)
        assert now.id == page.id  # edited in place
    assert now.button("Copy calendar link").value.endswith(".ics")
    await aisha.presses("Unlink")
    await aisha.presses("Keep")
    await aisha.sees("Reminder before the class: off")
    await aisha.presses("Unlink")
    await aisha.presses("Unlink", on=await aisha.sees("Unlink Sisters?"))
    await aisha.presses("‹ Back", on=await aisha.sees("1 class ahead stays announced there."))
    left = await aisha.sees("Your classes can be posted in:")
    assert "Sisters" not in left.text


async def test_cards_follow_the_groups_zone(school: Cast) -> None:
    aisha, khadija = school.aisha, school.khadija
    await aisha.types(f"{TAJWEED} #Sisters")
    await aisha.sees("Sent to 1 of 1 group")
    assert "18:00" in (await khadija.sees("Tajweed", in_=school.sisters)).text
    await khadija.catches_up()
    await aisha.types("/groups #Sisters London")
    await aisha.sees("Time zone: Europe/London")
    assert "15:00" in (await khadija.sees("Tajweed", in_=school.sisters)).text


async def test_what_is_announced_in_an_unlinked_group_can_go_too(school: Cast) -> None:
    aisha, khadija = school.aisha, school.khadija
    await aisha.types(f'{TAJWEED} #Sisters #"Beginners A"')
    await aisha.sees("Sent to 2 of 2 groups")
    card = await khadija.sees("Tajweed", in_=school.sisters)
    await aisha.types("/unlink", into=school.sisters)
    left = await aisha.sees("1 class ahead stays announced here", in_=school.sisters)
    assert card.has_button("Join class")
    press = await khadija.presses("Stop announcing them too", on=left)
    assert (await khadija.sees_toast(press)).text.startswith("This is for")
    await aisha.presses("Stop announcing them too", on=left)
    await aisha.sees("none of your classes are announced here", in_=school.sisters)
    assert not (await khadija.sees("no longer announced here", in_=school.sisters)).labels
    await aisha.sees("Sent to 1 of 1 group")
    await aisha.types('/groups #"Beginners A"')
    await aisha.presses("Unlink", on=await aisha.sees("Reminder before the class"))
    await aisha.presses("Unlink", on=await aisha.sees("Unlink Beginners A?"))
    await aisha.presses("Stop announcing them too", on=await aisha.sees("stays announced there"))
    await aisha.sees("none of your classes are announced there any more")
    await khadija.sees("no longer announced here", in_=school.beginners)


async def test_who_administers_a_group_ends_all_classes_there_also_of_a_teacher_who_left(
    stage: Stage, school: Cast
) -> None:
    owner = await stage.people.person("Maryam")
    group = await stage.people.group("Quran", owner=owner, members=[school.aisha])
    await owner.adds_bot(to=group)
    await owner.promotes_bot(in_=group)
    await owner.promotes(school.aisha, in_=group)
    await school.aisha.types("/link", into=group)
    await school.aisha.sees("is linked", in_=group)
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Quran")
    await owner.sees("Tajweed", in_=group)
    await owner.demotes(school.aisha, in_=group)
    await owner.removes(school.aisha, from_=group)
    await owner.types("/unlink", into=group)
    await owner.sees("No classes are posted in this group any more.", in_=group)
    await owner.sees("This class is no longer announced here.", in_=group)
    await school.aisha.types("/newclass Fiqh tomorrow 18:00 45m #Quran")
    assert (await school.aisha.sees("Quran")).has_button("Beginners A")
    await owner.types("/unlink", into=group)
    await owner.sees("No classes are posted in this group.", in_=group)


async def test_each_teacher_of_a_group_sets_it_until_they_unlink_it(
    stage: Stage, school: Cast
) -> None:
    aisha, fatima = school.aisha, await another_teacher(stage, school)
    await aisha.adds(fatima, to=school.sisters)
    await aisha.promotes(fatima, in_=school.sisters)
    await fatima.types("/link", into=school.sisters)
    await fatima.sees("Sisters is linked", in_=school.sisters)
    await fatima.types("/groups #Sisters")
    page = await fatima.sees("Time zone: each class's own")
    await aisha.types("/groups #Sisters Cairo")
    await aisha.sees("Time zone: Africa/Cairo")
    await fatima.presses("Before the class", on=page)
    options = await fatima.sees("When shall I remind Sisters")
    await fatima.presses("5 min before", on=options)
    await fatima.sees("Time zone: Africa/Cairo")
    await fatima.types("/unlink", into=school.sisters)
    await fatima.sees("Unlinked.", in_=school.sisters)
    await fatima.types("/unlink", into=school.sisters)  # by mistake: it ends nobody else's classes
    await fatima.sees("This group is not linked to your classes.", in_=school.sisters)
    press = await fatima.presses_late("30 min before", on=options)
    refused = await fatima.sees_toast(press)
    assert refused.text.startswith("This chat is not among yours any more.")
    await aisha.types("/groups #Sisters")
    await aisha.sees("Reminder before the class: 5 min before")


async def test_a_group_that_is_not_known_or_a_city_that_is_not_changes_nothing(
    school: Cast,
) -> None:
    await school.aisha.types("/groups #Nobody Riyadh")
    await school.aisha.sees("I do not know which of your groups Nobody is.")
    await school.aisha.types("/groups #Sisters Atlantis")
    await school.aisha.sees("I do not know the time zone Atlantis.")
    await school.aisha.types('/groups #"Beginners A"')
    await school.aisha.sees("Time zone: each class's own")


async def test_a_group_reads_what_is_on_and_what_is_off(school: Cast) -> None:
    aisha, khadija = school.aisha, school.khadija
    await khadija.types("/next", into=school.sisters)
    await khadija.sees("No classes in the coming two weeks.", in_=school.sisters)
    await aisha.types("/newclass Fiqh tomorrow 19:00 30m #Sisters")
    card = await aisha.sees("Sent to 1 of 1 group")
    await aisha.types(f"{TAJWEED} #Sisters")
    await aisha.sees("Sent to 1 of 1 group")
    await aisha.presses("Cancel class", on=card)
    await aisha.presses("Cancel class", on=await aisha.sees("Cancel Fiqh"))
    await khadija.sees("is cancelled", in_=school.sisters)
    await khadija.types("/next", into=school.sisters)
    agenda = await khadija.sees("The coming two weeks", in_=school.sisters)
    tajweed, fiqh = agenda.text.splitlines()[-2:]
    assert "Tajweed with Aisha" in tajweed
    assert fiqh.endswith("Fiqh with Aisha · cancelled")
    await aisha.types("/next")
    assert "Tajweed" in (await aisha.sees("The coming two weeks")).text
    await khadija.types("/next")
    await khadija.sees("I do not know which classes are yours.")


# Languages


async def test_whoever_chooses_a_language_is_stored_and_answered_in_it(
    stage: Stage, ahmed: Person
) -> None:
    await ahmed.types("/language")
    page = await ahmed.sees("I speak English with you.")
    assert await stage.count(person) == 0
    await ahmed.presses("✓ English", on=page)
    await ahmed.sees_nothing_new(0.2)
    assert await stage.count(person) == 1
    await ahmed.types("/language klingon")
    await ahmed.sees("I do not speak klingon yet.")
    await ahmed.types("/language English")
    await ahmed.sees("I speak English with you.")


async def test_the_answer_and_all_after_it_is_in_the_new_language(
    stage: Stage, ahmed: Person
) -> None:
    await ahmed.types("/language")
    page = await ahmed.sees("I speak English with you.")
    await ahmed.presses("አማርኛ", on=page)
    await ahmed.finds_button("✓ አማርኛ")
    await ahmed.types("/help")
    await ahmed.sees(AMHARIC("Questions? Write to {email}.").partition("{email}")[0])
    await ahmed.types("/language العربية")
    await ahmed.finds_button("✓ العربية")
    await ahmed.types("/privacy")
    read_it_all = ARABIC("Read it all")
    assert (await ahmed.finds_button(read_it_all)).has_button(read_it_all)
    assert await stage.count(person) == 1


async def test_the_ethiopian_clock_goes_on_and_off(ahmed: Person) -> None:
    evening = SPEECH.to("am", ClockFace.ETHIOPIAN).plain(time(18))
    await ahmed.types("/language am")
    page = await ahmed.finds_button("✓ አማርኛ")
    assert evening not in page.text
    await ahmed.presses(AMHARIC("Ethiopian clock"), on=page)
    page = await ahmed.sees(evening)
    await ahmed.presses(AMHARIC("✓ Ethiopian clock"), on=page)
    assert evening not in (await ahmed.sees("18:00")).text


async def test_a_group_is_spoken_to_in_its_language(school: Cast) -> None:
    aisha, khadija = school.aisha, school.khadija
    await aisha.types(f"{TAJWEED} #Sisters")
    await aisha.sees("Sent to 1 of 1 group")
    assert (await khadija.sees("Tajweed", in_=school.sisters)).has_button("Join class")
    await khadija.catches_up()
    await aisha.types("/groups #Sisters")
    await aisha.presses("Language")
    await aisha.presses("العربية")
    await aisha.sees("العربية")
    card = await khadija.sees("Tajweed", in_=school.sisters)
    assert card.has_button(ARABIC("Join class"))
    await aisha.types("/newclass", into=school.sisters)
    private = ARABIC("This works in our private chat: write to me there.")
    await aisha.sees(private, in_=school.sisters)


# Students


async def test_a_student_is_invited_and_gets_the_card_in_private(
    stage: Stage, school: Cast, ahmed: Person
) -> None:
    aisha = school.aisha
    link = await invitation_from(aisha)
    await ahmed.follows(link)
    await ahmed.sees("Welcome, Ahmed. Aisha of Darulkubra teaches you")
    await aisha.sees("Ahmed has opened your invitation.")
    card = await a_class_for(school, ahmed)
    assert card.has_button("Join class")
    await ahmed.types("/next")
    await ahmed.sees("Tajweed with Aisha")
    await ahmed.types("/start")
    assert (await ahmed.sees("I announce the classes of Aisha here.")).has_button("Stop")
    bilal = await stage.people.person("Bilal")
    await bilal.follows(link)
    await bilal.sees("This invitation has already been used.")
    await aisha.follows(link)
    await aisha.sees("This invitation is for your student.")
    await ahmed.follows(link)
    await ahmed.sees("Welcome, Ahmed.")
    with pytest.raises(NotSeen):
        await aisha.sees("Ahmed has opened", within=0.2)


async def test_a_link_for_a_student_makes_nobody_a_teacher(school: Cast, ahmed: Person) -> None:
    code = (await invitation_from(school.aisha)).partition("start=s-")[2]
    await ahmed.follows(f"https://t.me/darulkubra_bot?start=t-{code}")
    await ahmed.sees("I do not know this invitation.")
    await ahmed.types("/newclass")
    await ahmed.sees("This is for Darulkubra's teachers.")


async def test_a_student_who_blocks_the_bot_is_shown_to_the_teacher(
    stage: Stage, school: Cast, ahmed: Person
) -> None:
    aisha = school.aisha
    await taught_in_private(aisha, ahmed)
    await a_class_for(school, ahmed)
    await ahmed.blocks_bot()
    await stage.polls_quietly()
    await aisha.types("/groups")
    await aisha.sees("👤 Ahmed: I cannot write there now. Ask them to unblock me.")
    await ahmed.unblocks_bot()
    await stage.polls_quietly()
    await aisha.types("/groups")
    assert "· 👤 Ahmed\n" in (await aisha.sees("👤 Ahmed")).text


async def test_a_student_stops_and_the_class_stays(
    stage: Stage, school: Cast, ahmed: Person
) -> None:
    aisha = school.aisha
    await taught_in_private(aisha, ahmed)
    welcome = await ahmed.finds_button("Stop")
    await a_class_for(school, ahmed)
    await ahmed.presses("Stop", on=welcome)
    await ahmed.sees("I announce no more classes of Aisha here.")
    await aisha.sees("Ahmed wants no more classes announced.")
    await aisha.types("/groups")
    assert "Ahmed" not in (await aisha.sees("Your classes can be posted in:")).text
    await aisha.types("/classes")
    await aisha.sees("Tajweed")
    assert await stage.count(course_chat) == 0
    press = await ahmed.presses_late("Stop", on=welcome)
    assert (await ahmed.sees_toast(press)).text.startswith("You get no classes of this teacher")


async def test_a_teacher_removes_a_student(school: Cast, ahmed: Person) -> None:
    aisha = school.aisha
    await taught_in_private(aisha, ahmed)
    await a_class_for(school, ahmed)
    await aisha.types("/groups #Ahmed")
    await aisha.presses("Remove")
    await aisha.presses("Remove", on=await aisha.sees("Remove 👤 Ahmed?"))
    assert "Ahmed" not in (await aisha.sees("Your classes can be posted in:")).text
    await ahmed.types("/next")
    await ahmed.sees("I do not know which classes are yours.")


async def test_a_student_deletes_their_data_and_the_class_stays(
    stage: Stage, school: Cast, ahmed: Person
) -> None:
    aisha = school.aisha
    await taught_in_private(aisha, ahmed)
    await a_class_for(school, ahmed)
    before = await stage.count(chat)
    await ahmed.types("/deletemydata")
    await ahmed.sees("1 class that I announce to you here")
    await ahmed.presses("Delete my data")
    done = await ahmed.sees("Your data was deleted")
    assert "ask your teacher for an invitation" in done.text
    assert await stage.count(chat) == before - 1
    assert (await stage.count(course_chat), await stage.count(chat_teacher)) == (0, 2)
    assert await stage.count(post) == 1  # the teacher's own card
    assert len(await stage.zoom.meetings()) == 1
    await aisha.types("/classes")
    await aisha.sees("Tajweed")
    await aisha.types("/groups")
    assert "Ahmed" not in (await aisha.sees("Your classes can be posted in:")).text


async def test_a_teacher_who_leaves_leaves_no_students_behind(
    stage: Stage, school: Cast, ahmed: Person
) -> None:
    aisha = school.aisha
    unused = await invitation_from(aisha)
    await taught_in_private(aisha, ahmed)
    await a_class_for(school, ahmed)
    await aisha.types("/deletemydata")
    await aisha.presses("Delete my data")
    await aisha.sees("Your data was deleted")
    await ahmed.sees("cancelled")
    assert await stage.count(chat_teacher) == 0
    await ahmed.follows(unused)
    await ahmed.sees("I do not know this invitation.")
