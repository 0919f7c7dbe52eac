"""What posts about a dispute have to say, to the admins and to the teacher."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from school.attendance import Sureness
from school.corrections import Measures, corrected
from school.model import PostKind
from school.pay import CalledOffBy
from services.contents_for_teachers import CorrectedNotice, Verdict
from services.post_contents import DisputeNotice
from services.scenes import Scene, shown_name
from storage import corrections, disputes, people
from storage.attendance import Outcome
from storage.database import Transaction


async def about_figures(
    tx: Transaction, kind: PostKind, scene: Scene, zone: ZoneInfo
) -> DisputeNotice | Verdict | CorrectedNotice | None:
    """Of a dispute, what the admins see all the time, and its teacher once it is decided."""
    if kind is PostKind.CORRECTED:
        now = await counted(tx, scene.lesson.id, scene.outcome)
        reason = await corrections.latest_reason(tx, scene.lesson.id)
        return CorrectedNotice(scene.course.topic, scene.lesson.planned, zone, now.taught, reason)
    dispute = await disputes.latest_dispute(tx, scene.lesson.id)
    if dispute is None or (kind is PostKind.VERDICT and dispute.is_open):
        return None
    now = await counted(tx, scene.lesson.id, scene.outcome)
    topic, planned = scene.course.topic, scene.lesson.planned
    if kind is PostKind.VERDICT:
        return Verdict(dispute, topic, planned, zone, now.taught)
    decided_by = None
    if dispute.decided_by is not None:
        decided_by = shown_name(await people.get_person(tx, dispute.decided_by))
    return DisputeNotice(
        dispute=dispute,
        topic=topic,
        teacher_name=shown_name(await people.get_person(tx, dispute.person_id)),
        planned=planned,
        zone=zone,
        outcome=scene.outcome,
        counted=now.taught,
        decided_by=decided_by,
    )


async def counted(tx: Transaction, lesson_id: int, found: Outcome) -> Measures:
    """How a lesson counts: what was found, with what people corrected."""
    those = await corrections.corrections_of(tx, [lesson_id])
    return corrected(measures_of(found), those.get(lesson_id, ()))


def measures_of(found: Outcome) -> Measures:
    """What was found, before anybody corrected it."""
    nothing = timedelta()
    return Measures(
        actual=found.actual or nothing,
        teacher_present=found.teacher_present or nothing,
        taught=found.taught or nothing,
        late_by=found.teacher_late_by or nothing,
        called_off_by=CalledOffBy.TEACHER,
        is_inferred=found.sureness is Sureness.INFERRED,
        is_corrected=False,
    )
