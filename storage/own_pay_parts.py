"""What is stored about what a person earns, and about what an admin settled for others."""

from sqlalchemy import and_, or_

from storage.own_columns import (
    ADJUSTMENT,
    CORRECTION,
    DISPUTE,
    RATE,
    REQUEST,
    RULES,
    STATEMENT,
)
from storage.own_parts import (
    OTHERS,
    Columns,
    Part,
    given_lessons,
    only,
)
from storage.schema import (
    adjustment,
    correction,
    dispute,
    erasure_request,
    pay_rules,
    rate,
    statement,
)


def _entered(columns: Columns, names: str) -> Columns:
    """What an admin wrote down about others: that they did, and when."""
    return only(columns, OTHERS, names)


PARTS_OF_PAY: tuple[Part, ...] = (
    # Pay
    Part("rates", "What you earn", rate, lambda who: rate.c.person_id == who.person_id, RATE),
    Part(
        "adjustments",
        "What was added to your pay, or taken from it",
        adjustment,
        lambda who: adjustment.c.person_id == who.person_id,
        ADJUSTMENT,
    ),
    Part(
        "disputes",
        "What you said was wrong about a class, and the answer",
        dispute,
        lambda who: dispute.c.person_id == who.person_id,
        DISPUTE,
    ),
    Part(
        "corrections",
        "Corrections of the figures of your classes",
        correction,
        lambda who: correction.c.lesson_id.in_(given_lessons(who)),
        CORRECTION,
    ),
    Part(
        "statements",
        "Statements of your pay",
        statement,
        lambda who: statement.c.person_id == who.person_id,
        STATEMENT,
    ),
    # What an admin did
    Part(
        "rates_entered",
        "Rates that you entered for others",
        rate,
        lambda who: and_(rate.c.added_by == who.person_id, rate.c.person_id != who.person_id),
        _entered(RATE, "id added_at added_by"),
    ),
    Part(
        "rules_of_pay_entered",
        "Rules of pay that you entered",
        pay_rules,
        lambda who: pay_rules.c.added_by == who.person_id,
        RULES,
    ),
    Part(
        "adjustments_entered",
        "Adjustments that you entered for others",
        adjustment,
        lambda who: and_(
            adjustment.c.added_by == who.person_id, adjustment.c.person_id != who.person_id
        ),
        _entered(ADJUSTMENT, "id added_at withdrawn_at added_by"),
    ),
    Part(
        "disputes_decided",
        "What other teachers said was wrong, and you decided",
        dispute,
        lambda who: and_(
            dispute.c.decided_by == who.person_id, dispute.c.person_id != who.person_id
        ),
        _entered(DISPUTE, "id state decided_at decided_by"),
    ),
    Part(
        "corrections_entered",
        "Corrections that you made of classes that another teacher gave",
        correction,
        lambda who: and_(
            correction.c.added_by == who.person_id,
            correction.c.lesson_id.not_in(given_lessons(who)),
        ),
        _entered(CORRECTION, "id added_at added_by"),
    ),
    Part(
        "statements_settled",
        "Statements of other teachers that you locked or paid",
        statement,
        lambda who: and_(
            or_(statement.c.locked_by == who.person_id, statement.c.paid_by == who.person_id),
            statement.c.person_id != who.person_id,
        ),
        _entered(STATEMENT, "id month locked_at paid_on locked_by paid_by"),
    ),
    Part(
        "requests_decided",
        "Requests of others to be taken out of attendance that you decided",
        erasure_request,
        lambda who: and_(
            erasure_request.c.decided_by == who.person_id,
            erasure_request.c.person_id != who.person_id,
        ),
        _entered(REQUEST, "id state decided_at decided_by"),
    ),
)
