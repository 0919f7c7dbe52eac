"""thin"""


async def gaps_of(tx, lesson_id):
    return ()
