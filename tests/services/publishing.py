"""What the publisher would send or edit, without Telegram."""

from dataclasses import dataclass
from itertools import count

from school.model import PostKind
from services.office import Office
from services.post_contents import Contents
from services.posts import Shown, take_turn
from services.showing import showings

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Said:
    """A message in a chat: a new one, or an edit; `overtakes` is the former one that it ends."""

    kind: PostKind
    chat_id: int
    contents: Contents
    is_new: bool
    overtakes: int | None = None


async def publish(office: Office) -> list[Said]:
    """Show everything that is due; what of it there was to say, in the order it was said."""
    said: list[Said] = []
    while (turn := await take_turn(office, (), (), 100)).claims:
        outcomes = []
        for showing in await showings(office, turn.claims):
            claim = showing.claim
            number = claim.message_id
            if showing.contents is not None:
                number = number or next(_numbers)
                is_new = claim.message_id is None
                overtakes = claim.former_message_id if showing.overtaken else None
                contents = showing.contents
                said.append(Said(claim.kind, claim.chat_id, contents, is_new, overtakes))
            outcomes.append(Shown(claim, number))
        await take_turn(office, outcomes, (), 0)
    return said
