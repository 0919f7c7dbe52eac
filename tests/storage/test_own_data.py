"""Nothing that is stored about people can be left out of what they are given unnoticed."""

import pytest
from sqlalchemy import insert, select, update

from storage.audit import PROGRAM, note
from storage.database import Database, Transaction, new_id
from storage.own_data import ABOUT_NOBODY, COUNTED, PARTS
from storage.own_parts import Counted, Given, LeftOut, Part, subject_of
from storage.own_reading import NOT_SHOWN, count, described, rows_of
from storage.people import Person, add_person
from storage.schema import chat, chat_teacher, draft, metadata, person
from tests.storage.rows import add_zoom_account

_BY_KEY = {part.key: part for part in PARTS}


async def given_of(tx: Transaction, key: str, whose: Person) -> list[dict[str, object]]:
    """What somebody is given of a part."""
    who = await subject_of(tx, whose)
    return [dict(shown) async for _, shown in rows_of(tx, _BY_KEY[key], who)]


def test_every_table_is_described_once_as_somebodys_or_as_nobodys() -> None:
    somebodys = {part.table.name for part in PARTS}
    assert somebodys | set(ABOUT_NOBODY) == set(metadata.tables)
    assert not somebodys & set(ABOUT_NOBODY)


def test_no_two_parts_have_the_same_name() -> None:
    keys = [*(part.key for part in PARTS), *(part.key for part in COUNTED)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.key)
def test_every_column_is_given_or_left_out_with_a_reason(part: Part) -> None:
    assert set(part.columns) == {column.name for column in part.table.columns}
    for name, how in part.columns.items():
        assert not isinstance(how, LeftOut) or how.why, name


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.key)
def test_no_sealed_value_is_given_as_it_is_stored(part: Part) -> None:
    opening = {
        *(Given.OPENED, Given.PARSED, Given.FORM, Given.LETTER),
        *(Given.STATEMENT, Given.REPORT, Given.STORED),
    }
    for name, how in part.columns.items():
        if not isinstance(how, LeftOut):
            assert (how in opening) == name.startswith("sealed_"), name


def test_hashes_and_tokens_are_given_to_nobody() -> None:
    for part in PARTS:
        for name, how in part.columns.items():
            if name.endswith(("_index", "_hash", "digest")):
                assert isinstance(how, LeftOut), (part.key, name)
            if name.endswith(("_token", "_verifier", "_code")):
                assert isinstance(how, LeftOut) or how is Given.STORED, (part.key, name)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.key)
async def test_every_part_can_be_read_and_is_empty_of_a_stranger(
    database: Database, part: Part
) -> None:
    async with database.writing() as tx:
        whose = await add_person(tx, 10, "Aisha", None)
        found = await given_of(tx, part.key, whose)
        assert len(found) == (part.key == "person")
        assert await count(tx, part, await subject_of(tx, whose)) == len(found)


@pytest.mark.parametrize("part", COUNTED, ids=lambda part: part.key)
async def test_what_is_only_counted_can_be_counted(database: Database, part: Counted) -> None:
    async with database.writing() as tx:
        whose = await add_person(tx, 10, "Aisha", None)
        assert await count(tx, part, await subject_of(tx, whose)) == 0


async def test_access_keys_are_told_of_and_never_shown(database: Database) -> None:
    async with database.writing() as tx:
        account_id = await add_zoom_account(tx, "zoom-user")
        people = await tx.connection.execute(select(person.c.id))
        person_id = people.scalar_one()
        await tx.connection.execute(update(person).values(telegram_user_id=10))
        whose = Person(person_id, 10, "", None, True, None, None, None, "P", tx.now)
        (shown,) = await given_of(tx, "zoom_account", whose)
    assert shown["access_token"] == shown["refresh_token"] == NOT_SHOWN
    assert shown["email"] == "sealed_email of zoom-user"
    assert shown["person_id"] == "you"
    assert shown["id"] == str(account_id)
    assert "zoom_user_index" in described(_BY_KEY["zoom_account"])
    assert "zoom_user_index" not in shown


async def test_others_in_the_log_are_nobody(database: Database) -> None:
    async with database.writing() as tx:
        whose = await add_person(tx, 10, "Aisha", None)
        await note(tx, whose.pseudonym, "invited a teacher")
        await note(tx, "ANOTHER1", "confirmed a student", whose.pseudonym)
        await note(tx, whose.pseudonym, "left a teacher", "ANOTHER1")
        await note(tx, PROGRAM, "Zoom ended a grant", whose.pseudonym)
        await note(tx, "ANOTHER1", "deleted their data")
        found = await given_of(tx, "log", whose)
    who = {(row["actor"], row["action"], row["subject"]) for row in found}
    somebody = "somebody or something else"
    assert who == {
        ("you", "invited a teacher", None),
        (somebody, "confirmed a student", "you"),
        ("you", "left a teacher", somebody),
        (PROGRAM, "Zoom ended a grant", "you"),
    }


async def test_a_form_does_not_tell_whose_private_chats_were_chosen(database: Database) -> None:
    async with database.writing() as tx:
        whose = await add_person(tx, 10, "Aisha", None)
        draft_id = new_id()
        said = '{"topic": "Fiqh", "chat_ids": [-5, 777, 10], "person_id": 4242}'
        row = {
            "id": draft_id,
            "person_id": whose.id,
            "step": "day",
            "sealed_data": tx.vault.seal("draft", "sealed_data", draft_id, said),
            "updated_at": tx.now,
        }
        await tx.connection.execute(insert(draft).values(row))
        (form,) = await given_of(tx, "forms", whose)
    assert form["data"] == {
        "topic": "Fiqh",
        "chat_ids": ["-5", "a student's private chat", "10"],
        "person_id": "somebody or something else",
    }


async def test_students_private_chats_are_counted_and_groups_are_given(
    database: Database,
) -> None:
    async with database.writing() as tx:
        whose = await add_person(tx, 10, "Aisha", None)
        for chat_id, kind, title in ((-5, "supergroup", "Sisters"), (777, "private", "Khadija")):
            sealed = tx.vault.seal("chat", "sealed_title", chat_id, title)
            row = {"id": chat_id, "kind": kind, "sealed_title": sealed, "created_at": tx.now}
            await tx.connection.execute(insert(chat).values(row))
            link = {"chat_id": chat_id, "person_id": whose.id, "linked_at": tx.now}
            await tx.connection.execute(insert(chat_teacher).values(link))
        groups = await given_of(tx, "groups", whose)
        (private,) = [part for part in COUNTED if part.key == "students_in_private"]
        assert await count(tx, private, await subject_of(tx, whose)) == 1
    assert [group["title"] for group in groups] == ["Sisters"]


async def test_a_value_that_was_damaged_keeps_no_other_from_being_given(
    database: Database,
) -> None:
    async with database.writing() as tx:
        whose = await add_person(tx, 10, "Aisha", "aisha_q")
        await tx.connection.execute(update(person).values(sealed_username=b"nonsense"))
        (shown,) = await given_of(tx, "person", whose)
    assert shown["name"] == "Aisha"
    assert shown["username"] == "cannot be opened: it was damaged"
