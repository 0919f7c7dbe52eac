"""Who held a lesson, and who in it was its teacher: settled when it is first heard of each time.

What follows from people's Zoom accounts is asked once for each instance, and kept with it. Who
buys a plan, connects another account, passes theirs on or disconnects later changes nothing of
what a class came to.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from school.answers import Answer
from school.attendance import Instance
from school.facts import Participant
from school.names import normalised_name
from services.happenings import Happening
from storage import instance_hosts, meetings, people, zoom_accounts
from storage.courses import Lesson
from storage.database import Transaction
from storage.instance_hosts import InstanceHost, TeacherThen
from storage.instances import instance_index, uuid_index
from storage.sealing import Vault
from storage.student_names import index_of
from storage.zoom_accounts import ZoomProfile, zoom_user_index
from zoom.models import BASIC_PLAN


@dataclass(frozen=True, slots=True)
class Host:
    """Of one instance, as Zoom says; `meeting_id` is None where it did not."""

    zoom_user_id: str = field(repr=False)
    meeting_id: int | None


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """What is known before a lesson is folded; name and account are its teacher's now."""

    teacher_name: str
    account: ZoomProfile | None
    instances: Mapping[bytes, InstanceHost]
    was_teacher_found: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The teacher's, here and in Zoom."""
        return self.teacher_name, *([self.account.display_name] if self.account else [])

    def then(self, vault: Vault, uuid: str, host: Host | None) -> TeacherThen:
        """What was known of the teacher when the instance was held, or is now, if it is new.

        Of one from before this was kept it says what was found of it: a teacher who was not even
        taken to be there was one whom Zoom would have reported, and by their names nobody was told.
        """
        known = self.instances.get(uuid_index(vault, uuid))
        if known is not None and known.teacher_then is not None:
            return known.teacher_then
        own = zoom_user_index(vault, self.account.zoom_user_id) if self.account else None
        if known is not None and known.was_folded:
            return TeacherThen(not self.was_teacher_found, own)
        # The plan of the instance's own account, which may be another than the teacher's.
        is_own = host and self.account and host.zoom_user_id == self.account.zoom_user_id
        is_reported = bool(is_own and self.account and self.account.plan != BASIC_PLAN)
        names = [index_of(vault, name) if normalised_name(name) else None for name in self.names]
        return TeacherThen(is_reported, own, *names)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Of a lesson's instances, by their uuids."""

    reported: Mapping[str, Host]
    then: Mapping[str, TeacherThen]
    host_ids: frozenset[str] = field(repr=False)  # the Zoom users that are its teacher
    own_names: frozenset[str] = field(repr=False)  # of those who came: the teacher's, normalised

    @property
    def host_is_reported(self) -> bool:
        return any(one.host_is_reported for one in self.then.values())


async def known_hosts(tx: Transaction, lesson: Lesson) -> KnownHosts:
    teacher = await people.get_person(tx, lesson.teacher_id)
    account = await zoom_accounts.find_account(tx, lesson.teacher_id)
    return KnownHosts(
        teacher_name=teacher.name,
        account=account.profile if account else None,
        instances=await instance_hosts.hosts_of_lesson(tx, lesson.id),
        was_teacher_found=await instance_hosts.was_teacher_found(tx, lesson.id),
    )


def hosts_among(
    known: KnownHosts,
    vault: Vault,
    happenings: Iterable[Happening],
    told: Iterable[Answer],
    came: Collection[Participant],
) -> Hosts:
    """Who hosts, by all that was reported of a lesson; `came` are all of whom it tells.

    The host of a meeting is whoever Zoom says, as the account may be disconnected by now. A
    teacher who comes to the lesson with another account than the meeting's is its teacher too.
    """
    reported: dict[str, Host | None] = {}
    reported_ids = set[str]()
    for uuid, host in _said(happenings, told):
        reported[uuid] = reported.get(uuid) or host
        reported_ids |= {host.zoom_user_id} if host else set()
    then = {uuid: known.then(vault, uuid, host) for uuid, host in reported.items()}
    hosts = {uuid: host for uuid, host in reported.items() if host}
    own = {one.teacher_index for one in then.values()}
    if not then and known.account is not None:  # nobody is there yet, but somebody may wait
        own = {zoom_user_index(vault, known.account.zoom_user_id)}
    own_names = frozenset[bytes]().union(*(one.name_indexes for one in then.values()))
    users = {one.zoom_user_id for one in came} - {""}
    names = {normalised_name(one.display_name) for one in came} if own_names else set[str]()
    return Hosts(
        reported=hosts,
        then=then,
        host_ids=frozenset(
            reported_ids | {one for one in users if zoom_user_index(vault, one) in own}
        ),
        own_names=frozenset(one for one in names if index_of(vault, one) in own_names),
    )


def _said(
    happenings: Iterable[Happening], told: Iterable[Answer]
) -> Iterable[tuple[str, Host | None]]:
    for one in happenings:
        yield one.meeting_uuid, Host(one.host_id, one.meeting_id) if one.host_id else None
    for answer in told:
        yield answer.meeting_uuid, Host(answer.host_id, None) if answer.host_id else None


async def keep_hosts(
    tx: Transaction, lesson: Lesson, hosts: Hosts, instances: Sequence[Instance]
) -> int | None:
    """Settle what is new; who really hosted, where that was another teacher of ours than planned.

    Of several others it is who held it longest. `lesson` is as it was before this was found.
    """
    settled = await instance_hosts.hosts_of_lesson(tx, lesson.id)
    lengths = defaultdict[int, timedelta](timedelta)
    for one in instances:
        known = settled.get(instance_index(tx, one.meeting_uuid))
        host = hosts.reported.get(one.meeting_uuid)
        held_by = known.held_by if known else None
        if held_by is None:
            held_by = await _held_by(tx, lesson, known, host, one.started_at)
            if host is not None:
                then = hosts.then[one.meeting_uuid]
                await instance_hosts.settle(tx, one.meeting_uuid, held_by, then)
        lengths[held_by] += one.until - one.started_at
    if not lengths or lesson.teacher_id in lengths:
        return None
    return max(lengths, key=lambda person_id: (lengths[person_id], person_id))


async def _held_by(
    tx: Transaction,
    lesson: Lesson,
    known: InstanceHost | None,
    host: Host | None,
    started_at: datetime,
) -> int:
    """Who held an instance of which that is not settled; where nobody knows, who gave the lesson.

    Of one from before this was kept, whatever was found stays.
    """
    if host is None or (known is not None and known.was_folded):
        return lesson.given_by
    return await _whose(tx, host, started_at) or lesson.given_by


async def _whose(tx: Transaction, host: Host, at: datetime) -> int | None:
    """Whose the account was then: it may have been passed on, or connected anew, since."""
    account = await zoom_accounts.find_account_of_zoom_user(tx, host.zoom_user_id)
    if account is not None and account.connected_at <= at:
        return account.person_id
    return None if host.meeting_id is None else await meetings.host_of_number(tx, host.meeting_id)
