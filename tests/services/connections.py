"""Ways to a connected Zoom account, for tests: whole, or step by step."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sandbox.zoom_people import ZoomPerson
from services.connecting import Consent, Finish, begin, consent, finish, returned
from services.granting import Connected
from services.office import Office
from services.people import TelegramUser, who_is
from storage.zoom_accounts import ZoomAccount, find_account
from tests.services.people_of_the_school import made_teacher


@dataclass(frozen=True, slots=True)
class CameBack:
    """What a browser brings to our callback."""

    state: str
    code: str | None
    declined: bool


async def link_for(office: Office, user: TelegramUser) -> str:
    """The token of the link that /connect gives."""
    return (await begin(office, await made_teacher(office, user))).url.rpartition("/")[2]


async def back_from_zoom(person: ZoomPerson, given: Consent, *, allows: bool = True) -> CameBack:
    url = await (person.allows if allows else person.declines)(given.authorize_url)
    assert urlsplit(url).path == "/zoom/callback"
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return CameBack(query["state"], query.get("code"), "error" in query)


async def came_back(office: Office, given: Consent, back: CameBack) -> Finish:
    return await returned(
        office,
        state=back.state,
        code=back.code,
        cookie=given.cookie_value,
        declined=back.declined,
    )


async def ready_to_finish(office: Office, user: TelegramUser, person: ZoomPerson) -> Finish:
    """Everything up to the page with the finish link."""
    given = await consent(office, await link_for(office, user))
    return await came_back(office, given, await back_from_zoom(person, given))


def code_of(ready: Finish) -> str:
    return ready.deep_link.rpartition("?start=c-")[2]


async def connected(office: Office, user: TelegramUser, person: ZoomPerson) -> Connected:
    return await finish(office, user, code_of(await ready_to_finish(office, user, person)))


async def account_of(office: Office, user: TelegramUser) -> ZoomAccount | None:
    caller = await who_is(office, user)
    assert caller.person_id is not None
    async with office.database.reading() as tx:
        return await find_account(tx, caller.person_id)
