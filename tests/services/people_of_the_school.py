"""Some people for tests: an admin, two teachers."""

from services.office import Office
from services.people import Caller, TelegramUser, accept_invitation, invite_teacher, who_is

ADMIN = TelegramUser(1, "Hafsa", "hafsa")
AISHA = TelegramUser(10, "Aisha", "aisha_q")
MUSA = TelegramUser(11, "Musa")


async def made_teacher(office: Office, user: TelegramUser) -> Caller:
    """The person, invited by the admin and welcomed, if that has not been so already."""
    known = await who_is(office, user)
    if known.is_teacher:
        return known
    admin = await who_is(office, ADMIN)
    invitation = await invite_teacher(office, admin, f"invitation of {user.id}")
    return await accept_invitation(office, user, invitation.link.rpartition("=t-")[2])
