"""Acceptances that lapse: the statement has come to say something else, and its teacher is told."""

from collections.abc import Sequence
from itertools import groupby

from school.letters import StatementLapsed
from school.statements import StatementContent, StatementState
from services import letters
from services.office import Office
from services.statement_contents import contents_of, state_of
from storage import statements
from storage.database import Transaction
from storage.statements import Statement


async def lapse_due(office: Office) -> int:
    """Note what has lapsed, each acceptance once, and tell its teacher; how many there were.

    What it is about may change in many places, so it is looked for now and then.
    """
    async with office.database.reading() as tx:
        if not await _lapsed(tx, office):
            return 0
    async with office.database.writing() as tx:
        found = await _lapsed(tx, office)
        for one, content in found:
            if await statements.lapse(tx, one):
                letter = StatementLapsed(one.person_id, one.month, content.totals)
                key = f"lapsed {one.month} {one.accepted_at}"
                await letters.write(tx, one.person_id, letter, key)
    office.bell.letters.ring()
    return len(found)


async def _lapsed(tx: Transaction, office: Office) -> Sequence[tuple[Statement, StatementContent]]:
    found = []
    accepted = await statements.all_accepted(tx)
    for month, some in groupby(accepted, lambda one: one.month):
        by_teacher = {one.person_id: one for one in some}
        stored = await statements.statements_of(tx, by_teacher)
        contents = await contents_of(tx, office.profile.zone, by_teacher, month, stored)
        found += [
            (one, contents[teacher_id])
            for teacher_id, one in by_teacher.items()
            if state_of(one, contents[teacher_id]) is StatementState.DRAFT
        ]
    return found
