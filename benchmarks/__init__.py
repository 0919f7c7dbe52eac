"""How fast the program is, on this machine, against the stand-ins: `python -m benchmarks`.

__main__.py   all stages in turn, and the report  report.py     the table in latest.md
stage.py      folders, ports, the stand-ins       stand_ins.py  both of them, in their own process
running.py    `main.py run` as a process          school.py     an admin, teachers, 200 groups
starting.py   from start to ready, and idle       classes.py    /newclass to the card in the group
broadcast.py  one class to 200 groups             webhooks.py   events per second made durable
load.py       requests at a rate, their times     events.py     signed events as Zoom sends them
bare.py       a receiver that stores nothing      machine.py    where and of what this was measured
lessons.py    one lesson among many           reporting.py  the report of a term
known.py      classes written down directly    term.py       a term, kept between runs
journal.py    what happened at the stand-in, when filling.py    all that is in a term
loop.py       the event loop
"""
