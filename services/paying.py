"""thin"""
from dataclasses import dataclass
from school.pay import PayLine


@dataclass(frozen=True, slots=True)
class PaidLine:
    line: PayLine
    teacher_id: int
    topic: str | None


async def pay_lines_in(office, tx, period, teacher_ids=None):
    return []


async def pay_line_of(office, tx, lesson_id):
    return None
