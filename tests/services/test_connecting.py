"""Connecting a Zoom account, against the Zoom stand-in: the way it goes, and every attack on it."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotAllowed, Outdated, SchoolError, ZoomUnavailable
from services.connecting import (
    Consent,
    PressedByAnother,
    as_typed_code,
    attempt_page,
    begin,
    consent,
    finish,
    is_typed_code,
    returned,
)
from services.granting import Connected
from services.office import Office
from services.people import TelegramUser, who_is
from services.zoom_access import access_token
from storage import questions
from storage.schema import connect_attempt, zoom_account
from tests.clocks import SettableClock
from tests.services.connections import (
    CameBack,
    account_of,
    back_from_zoom,
    came_back,
    code_of,
    connected,
    link_for,
    ready_to_finish,
)
from tests.services.people_of_the_school import AISHA, MUSA, made_teacher
from zoom.oauth import REQUIRED_SCOPES

LATE = timedelta(minutes=5)


async def exchanges(zoom: ZoomPeople) -> int:
    return int((await zoom.statistics()).get("exchanges", 0))


async def attempts_stored(office: Office) -> int:
    async with office.database.reading() as tx:
        return len((await tx.connection.execute(select(connect_attempt.c.id))).all())


# The way it goes


async def test_a_teacher_connects_the_account_they_consented_with(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    token = await link_for(office, AISHA)
    page = await attempt_page(office, token)
    assert (page.person_name, page.username) == ("Aisha", "aisha_q")
    given = await consent(office, token)
    ready = await came_back(office, given, await back_from_zoom(aisha_at_zoom, given))
    assert ready.person_name == "Aisha"
    assert await exchanges(zoom) == 0  # nothing is asked of Zoom before the last step
    result = await finish(office, AISHA, code_of(ready))
    account = await account_of(office, AISHA)
    assert account is not None
    assert result == Connected(
        account.id, "aisha@example.org", 1, missing_scopes=(), replaced_email=None
    )
    assert account.profile.zoom_user_id == aisha_at_zoom.user_id
    assert await attempts_stored(office) == 0


async def test_the_link_is_our_page_and_lives_five_minutes(office: Office) -> None:
    link = await begin(office, await made_teacher(office, AISHA))
    assert link.url.startswith("https://bot.example.org/zoom/connect/")
    assert link.lifetime == timedelta(minutes=5)


@pytest.mark.parametrize("typed", ["{0}", "{0:.3} {1}", " {0:.3}-{1} "])
async def test_on_another_device_the_six_digits_finish_it_too(
    office: Office, aisha_at_zoom: ZoomPerson, typed: str
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    digits = typed.format(ready.typed_code, ready.typed_code[3:])
    assert await is_typed_code(office, AISHA, digits)
    assert (await finish(office, AISHA, digits)).email == "aisha@example.org"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("418302", "418302"),
        ("418 302", "418302"),
        ("٤١٨ ٣٠٢", "418302"),
        ("41830", None),
        ("4183021", None),
        ("41 83 02", None),
        ("418302 tomorrow", None),
        ("²³¹²³¹", None),
        ("", None),
    ],
)
def test_six_digits_are_seen_in_any_script(text: str, digits: str | None) -> None:
    assert as_typed_code(text) == digits


async def test_digits_are_left_alone_while_no_code_is_awaited(office: Office) -> None:
    await link_for(office, AISHA)
    assert not await is_typed_code(office, AISHA, "183000")


async def test_digits_answer_what_was_asked_last(
    office: Office, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    """A payment's reference may have six digits too."""
    aisha = (await made_teacher(office, AISHA)).person_id
    assert aisha is not None
    await _asks(office, aisha, "before")
    clock.forward(timedelta(seconds=1))
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    other = f"{(int(ready.typed_code) + 1) % 1_000_000:06}"
    assert await is_typed_code(office, AISHA, other)  # mistyped
    clock.forward(timedelta(seconds=1))
    await _asks(office, aisha, "after")
    assert not await is_typed_code(office, AISHA, other)
    assert await is_typed_code(office, AISHA, ready.typed_code)  # which means nothing else


async def _asks(office: Office, person_id: int, key: str) -> None:
    async with office.database.writing() as tx:
        await questions.ask(tx, person_id, key, "statement.paid")


async def test_the_page_may_be_looked_at_often(office: Office) -> None:
    token = await link_for(office, AISHA)
    assert await attempt_page(office, token) == await attempt_page(office, token)


async def test_connecting_rings_for_the_classes_that_waited(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    assert not await office.bell.courses.wait(0)
    await connected(office, AISHA, aisha_at_zoom)
    assert await office.bell.courses.wait(0)


async def test_a_licensed_account_is_known_as_such(office: Office, zoom: ZoomPeople) -> None:
    person = await zoom.user("paid@example.org", name="Aisha", plan=2)
    assert (await connected(office, AISHA, person)).plan == 2


async def test_missing_permissions_are_named_and_the_rest_works(
    office: Office, zoom: ZoomPeople
) -> None:
    granted = [scope for scope in REQUIRED_SCOPES if "delete" not in scope]
    person = await zoom.user("a@example.org", name="Aisha", scopes=granted)
    result = await connected(office, AISHA, person)
    assert set(result.missing_scopes) == set(REQUIRED_SCOPES) - set(granted)
    assert len(result.missing_scopes) == 1


async def test_without_leave_to_see_the_account_nothing_is_connected(
    office: Office, zoom: ZoomPeople
) -> None:
    person = await zoom.user("a@example.org", name="A", scopes=["meeting:write:meeting"])
    with pytest.raises(SchoolError, match="permission"):
        await connected(office, AISHA, person)
    assert await account_of(office, AISHA) is None


async def test_connecting_again_replaces_and_is_never_a_second_account(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    first = await account_of(office, AISHA)
    again = await connected(office, AISHA, aisha_at_zoom)
    assert again.replaced_email is None
    second = await account_of(office, AISHA)
    assert first is not None
    assert second is not None
    assert first.tokens.refresh != second.tokens.refresh
    async with office.database.reading() as tx:
        assert len((await tx.connection.execute(select(zoom_account))).all()) == 1
    assert (await zoom.statistics()).get("revokes", 0) == 0


async def test_another_account_takes_the_place_of_the_first_which_is_revoked(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    other = await zoom.user("aisha@school.example", name="Aisha")
    result = await connected(office, AISHA, other)
    assert (result.email, result.replaced_email) == ("aisha@school.example", "aisha@example.org")
    assert (await zoom.statistics())["revokes"] == 1


async def test_one_zoom_account_is_refused_to_a_second_teacher(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    with pytest.raises(SchoolError, match="another teacher"):
        await connected(office, MUSA, aisha_at_zoom)
    assert await account_of(office, MUSA) is None
    kept = await account_of(office, AISHA)
    assert kept is not None
    assert await access_token(office, kept.person_id) == kept.tokens.access


async def test_only_teachers_connect(office: Office) -> None:
    stranger = await who_is(office, TelegramUser(99, "Someone"))
    with pytest.raises(NotAllowed, match="teachers"):
        await begin(office, stranger)


# Attacks and mistakes


async def test_a_forwarded_link_binds_nobody(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    """Musa forwards his link; Aisha consents with her Zoom account and finishes."""
    await made_teacher(office, AISHA)
    ready = await ready_to_finish(office, MUSA, aisha_at_zoom)
    with pytest.raises(PressedByAnother, match="somebody else") as refused:
        await finish(office, AISHA, code_of(ready))
    assert refused.value.began_by == MUSA.id
    with pytest.raises(Outdated):  # burned: he cannot have the link pressed back to him
        await finish(office, MUSA, code_of(ready))
    assert await account_of(office, AISHA) is None
    assert await account_of(office, MUSA) is None
    assert await exchanges(zoom) == 0


async def test_the_digits_typed_by_another_burn_the_attempt_too(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await made_teacher(office, AISHA)
    ready = await ready_to_finish(office, MUSA, aisha_at_zoom)
    assert await is_typed_code(office, AISHA, ready.typed_code)
    with pytest.raises(PressedByAnother):
        await finish(office, AISHA, ready.typed_code)
    with pytest.raises(Outdated):
        await finish(office, MUSA, ready.typed_code)
    assert await exchanges(zoom) == 0


async def test_a_stranger_who_presses_finish_is_refused_and_burns_it(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await ready_to_finish(office, MUSA, aisha_at_zoom)
    with pytest.raises(PressedByAnother):
        await finish(office, TelegramUser(99, "Someone"), code_of(ready))
    assert await attempts_stored(office) == 0


async def test_the_page_can_be_used_once(office: Office) -> None:
    token = await link_for(office, AISHA)
    await consent(office, token)
    with pytest.raises(Outdated, match="used or has expired"):
        await consent(office, token)
    with pytest.raises(Outdated):
        await attempt_page(office, token)


async def test_a_new_link_ends_the_former(office: Office) -> None:
    former = await link_for(office, AISHA)
    newest = await link_for(office, AISHA)
    with pytest.raises(Outdated):
        await attempt_page(office, former)
    assert (await attempt_page(office, newest)).person_name == "Aisha"


@pytest.mark.parametrize("token", ["", "A" * 22, "../../etc", "\ud800", "x" * 10_000])
async def test_an_invented_link_is_refused(office: Office, token: str) -> None:
    with pytest.raises(Outdated):
        await attempt_page(office, token)
    with pytest.raises(Outdated):
        await consent(office, token)


async def test_the_link_expires(office: Office, clock: SettableClock) -> None:
    token = await link_for(office, AISHA)
    clock.forward(LATE)
    with pytest.raises(Outdated):
        await attempt_page(office, token)
    with pytest.raises(Outdated):
        await consent(office, token)


async def test_coming_back_too_late_is_refused(
    office: Office, clock: SettableClock, aisha_at_zoom: ZoomPerson
) -> None:
    given = await consent(office, await link_for(office, AISHA))
    back = await back_from_zoom(aisha_at_zoom, given)
    clock.forward(LATE)
    with pytest.raises(Outdated):
        await came_back(office, given, back)


async def test_finishing_too_late_is_refused(
    office: Office, clock: SettableClock, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    clock.forward(LATE)
    for code in (code_of(ready), ready.typed_code):
        with pytest.raises(Outdated):
            await finish(office, AISHA, code)
    assert await exchanges(zoom) == 0


@pytest.mark.parametrize("cookie", [None, "", "A" * 22, "ü\ud800"])
async def test_a_stolen_callback_without_its_cookie_is_refused_for_good(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, cookie: str | None
) -> None:
    given = await consent(office, await link_for(office, AISHA))
    back = await back_from_zoom(aisha_at_zoom, given)
    with pytest.raises(Outdated, match="another browser"):
        await returned(office, state=back.state, code=back.code, cookie=cookie, declined=False)
    with pytest.raises(Outdated):
        await came_back(office, given, back)
    assert await exchanges(zoom) == 0


async def test_a_swapped_state_is_refused(office: Office, aisha_at_zoom: ZoomPerson) -> None:
    """Musa's state with Aisha's cookie: neither way back is taken."""
    hers = await consent(office, await link_for(office, AISHA))
    his = await consent(office, await link_for(office, MUSA))
    back = await back_from_zoom(aisha_at_zoom, his)
    with pytest.raises(Outdated):
        await came_back(office, hers, back)


async def test_a_code_brought_to_anothers_attempt_gives_no_tokens(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    """Musa injects Aisha's code into his own attempt: the verifier does not fit."""
    hers = await consent(office, await link_for(office, AISHA))
    his = await consent(office, await link_for(office, MUSA))
    her_code = (await back_from_zoom(aisha_at_zoom, hers)).code
    his_state = parse_qs(urlsplit(his.authorize_url).query)["state"][0]
    ready = await came_back(office, his, CameBack(his_state, her_code, declined=False))
    with pytest.raises(SchoolError):
        await finish(office, MUSA, code_of(ready))
    assert await account_of(office, MUSA) is None
    assert await exchanges(zoom) == 0


async def test_the_same_callback_twice_is_refused(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    given = await consent(office, await link_for(office, AISHA))
    back = await back_from_zoom(aisha_at_zoom, given)
    ready = await came_back(office, given, back)
    with pytest.raises(Outdated):
        await came_back(office, given, back)
    assert (await finish(office, AISHA, code_of(ready))).email == "aisha@example.org"


async def test_saying_no_at_zoom_connects_nothing_and_ends_the_attempt(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    given = await consent(office, await link_for(office, AISHA))
    back = await back_from_zoom(aisha_at_zoom, given, allows=False)
    assert back.declined
    with pytest.raises(SchoolError, match="told no"):
        await came_back(office, given, back)
    assert await attempts_stored(office) == 0


async def test_a_callback_without_a_code_is_taken_for_a_no(office: Office) -> None:
    given = await consent(office, await link_for(office, AISHA))
    state = parse_qs(urlsplit(given.authorize_url).query)["state"][0]
    with pytest.raises(SchoolError, match="told no"):
        await came_back(office, given, CameBack(state, None, declined=False))


async def test_a_used_finish_link_is_refused(office: Office, aisha_at_zoom: ZoomPerson) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    await finish(office, AISHA, code_of(ready))
    for code in (code_of(ready), ready.typed_code, "A" * 22):
        with pytest.raises(Outdated, match="used or has expired"):
            await finish(office, AISHA, code)


async def test_five_wrong_tries_of_the_digits_end_the_attempt(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    wrong = f"{(int(ready.typed_code) + 1) % 1_000_000:06}"
    for _ in range(4):
        with pytest.raises(Outdated, match="once more"):
            await finish(office, AISHA, wrong)
    with pytest.raises(Outdated, match="too many times"):
        await finish(office, AISHA, wrong)
    with pytest.raises(Outdated):
        await finish(office, AISHA, ready.typed_code)
    assert await exchanges(zoom) == 0


async def test_after_four_wrong_tries_the_right_digits_still_finish(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    wrong = f"{(int(ready.typed_code) + 1) % 1_000_000:06}"
    for _ in range(4):
        with pytest.raises(Outdated):
            await finish(office, AISHA, wrong)
    assert (await finish(office, AISHA, ready.typed_code)).email == "aisha@example.org"


def counted(outcomes: Iterable[Connected | BaseException]) -> tuple[int, int]:
    listed = list(outcomes)
    return (
        sum(isinstance(one, Connected) for one in listed),
        sum(isinstance(one, Outdated) for one in listed),
    )


async def test_fifty_finishes_at_once_make_one_exchange(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    codes = [code_of(ready), ready.typed_code] * 25
    outcomes = await asyncio.gather(
        *(finish(office, AISHA, code) for code in codes), return_exceptions=True
    )
    assert counted(outcomes) == (1, 49)
    assert await exchanges(zoom) == 1


async def test_two_consents_at_once_make_one_way_to_zoom(office: Office) -> None:
    token = await link_for(office, AISHA)
    outcomes = await asyncio.gather(
        *(consent(office, token) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, Consent) for one in outcomes) == 1


@pytest.mark.parametrize("endpoint", ["token", "me"])
async def test_zoom_down_at_the_last_step_connects_nothing_and_one_can_begin_again(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, endpoint: str
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    await zoom.fault("status", endpoint, times=None)
    with pytest.raises(ZoomUnavailable):
        await finish(office, AISHA, code_of(ready))
    await zoom.no_faults()
    assert await account_of(office, AISHA) is None
    assert await attempts_stored(office) == 0
    assert (await connected(office, AISHA, aisha_at_zoom)).email == "aisha@example.org"


async def test_an_answer_lost_at_the_last_step_stores_nothing_half_made(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    ready = await ready_to_finish(office, AISHA, aisha_at_zoom)
    await zoom.fault("drop", "token", when="after")
    with pytest.raises(SchoolError):
        await finish(office, AISHA, code_of(ready))
    assert await account_of(office, AISHA) is None


# What is stored


async def test_no_secret_of_an_attempt_is_stored_in_clear(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    token = await link_for(office, AISHA)
    given = await consent(office, token)
    back = await back_from_zoom(aisha_at_zoom, given)
    ready = await came_back(office, given, back)
    assert back.code is not None
    async with office.database.reading() as tx:
        row = (await tx.connection.execute(select(connect_attempt))).one()
    stored = b"|".join(
        value if isinstance(value, bytes) else str(value).encode() for value in tuple(row)
    )
    secrets = [token, back.state, given.cookie_value, back.code, code_of(ready), ready.typed_code]
    assert not [secret for secret in secrets if secret.encode() in stored]


async def test_tokens_and_the_address_are_stored_sealed_and_shown_in_no_repr(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    account = await account_of(office, AISHA)
    assert account is not None
    async with office.database.reading() as tx:
        row = (await tx.connection.execute(select(zoom_account))).one()
    stored = b"|".join(
        value if isinstance(value, bytes) else str(value).encode() for value in tuple(row)
    )
    tokens = (account.tokens.access, account.tokens.refresh)
    assert not [one for one in (*tokens, account.email) if one.encode() in stored]
    assert not [one for one in tokens if one in repr(account)]


async def test_a_new_attempt_sweeps_out_expired_ones(office: Office, clock: SettableClock) -> None:
    await link_for(office, AISHA)
    clock.forward(LATE)
    await link_for(office, MUSA)
    assert await attempts_stored(office) == 1
