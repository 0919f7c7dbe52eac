"""Somebody out of what Zoom reported of a lesson, so that it may be folded anew without them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from school.facts import Participant
from school.identity import Key, strong_keys
from school.names import normalised_name
from storage import erasing_students
from storage.database import Transaction
from zoom.redacting import Mentioned, hosts_of, without


@dataclass(frozen=True, slots=True)
class Signs:
    """By what somebody is told from others in a lesson.

    `bears` says of a normalised name whether it is one of theirs. Whoever has one of the keys of
    `others`, or hosts, is somebody else, whatever the name.
    """

    bears: Callable[[str], bool]
    keys: frozenset[Key] = field(repr=False)
    others: frozenset[Key] = field(default=frozenset(), repr=False)
    name_is_certain: bool = False  # it says who it is also of those whose keys are not known


async def redact(tx: Transaction, lesson_id: int, signs: Signs, pseudonym: str) -> bool:
    """Take who is meant out of the stored reports of a lesson; whether they were in any.

    What they did there stays, under a registration that means nobody.
    """
    reports = await erasing_students.reports_of(tx, lesson_id)
    hosts = frozenset(("zoom", host) for one in reports for host in hosts_of(one.body))
    signs = replace(signs, others=signs.others | hosts)
    bodies = [
        (one, without(one.body, lambda each: _is_meant(each, signs), pseudonym)) for one in reports
    ]
    changed = [replace(one, body=body) for one, body in bodies if body is not None]
    await erasing_students.replace_reports(tx, iter(changed))
    return bool(changed)


def _is_meant(one: Mentioned, signs: Signs) -> bool:
    own = strong_keys(
        Participant(
            zoom_user_id=one.zoom_user_id, email=one.email, registrant_id=one.registrant_id
        ),
        frozenset(),
    )
    if signs.keys.intersection(own):
        return True
    if own and (not signs.name_is_certain or signs.others.intersection(own)):
        return False
    return signs.bears(normalised_name(one.name))
