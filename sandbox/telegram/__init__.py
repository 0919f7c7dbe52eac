"""A stand-in for Telegram's Bot API server, strict where Telegram is, over real HTTP.

wire.py       JSON as it travels           schema.py    which parameters a method has
problems.py   refusals, in Telegram's words  call.py    a request body → a checked call
model.py      people, chats, messages      world.py     all of them, and the journal
entities.py   HTML and entities            html.py      the HTML parser itself
keyboards.py  what buttons may be          shapes.py    model → the API's objects
access.py     who may do what where        files.py     uploads, and pictures' sizes
sending.py, editing.py, asking.py, profile.py            the API's methods
updates.py    the queue, long poll         webhook.py   delivery by POST
budgets.py    sliding windows, 429         faults.py    what is to go wrong next
people.py, membership.py, views.py         what people do and see
control.py    those over HTTP              page.py      a page that shows the chats
server.py     all of it on a port
"""

from sandbox.telegram.server import TelegramSandbox, telegram_sandbox

__all__ = ["TelegramSandbox", "telegram_sandbox"]
