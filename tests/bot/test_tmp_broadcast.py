import asyncio, time
from tests.lessons import *
from school.model import *
from tests.services.people_of_the_school import AISHA
async def test_broadcast(office, publishing, people, aisha):
    groups=[await people.group(f"G{n}", owner=aisha) for n in range(200)]
    for g in groups: await aisha.adds_bot(to=g)
    made=await made_class(office, {g.id:g.title for g in groups})
    async with office.database.writing() as tx:
        await posts.want(tx, PostKind.ANSWER, made.lesson_id, AISHA.id)
    await asyncio.sleep(1.5)
    t=time.monotonic()
    await announce(office, made, *(g.id for g in groups))
    while True:
        await asyncio.sleep(0.02)
        async with office.database.reading() as tx:
            st=await posts.states(tx, made.lesson_id, PostKind.CARD)
            if all(s.is_shown for s in st): break
    print("TOOK", time.monotonic()-t, await people.statistics())
    await aisha.sees("Sent to 200 of 200")
    print("TEACHER", time.monotonic()-t)
import bot.budget as B
LOG=[]
orig=B.Budget.process_request
async def pr(self, callback, args, kwargs, endpoint, data, rate_limit_args):
    loop=asyncio.get_running_loop()
    t0=loop.time()
    async def cb(*a, **k):
        s=loop.time()
        try: return await callback(*a, **k)
        finally: LOG.append((s, loop.time(), t0))
    return await orig(self, cb, args, kwargs, endpoint, data, rate_limit_args)
B.Budget.process_request=pr
import pytest
@pytest.fixture(autouse=True)
def dump():
    yield
    L=LOG[-201:]; L=sorted(L); b=L[0][0]
    for i in range(0,201,6): print("CALL", i, round(L[i][0]-b,3), "took", round(L[i][1]-L[i][0],3), "waited", round(L[i][0]-L[i][2],3))
