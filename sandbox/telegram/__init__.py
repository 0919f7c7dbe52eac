"""A stand-in for Telegram's Bot API server, strict where Telegram is, over real HTTP.

server.py     all of it on a port             api.py         one call in, one answer out
schema.py     the methods' parameters         call.py        a request's body → a checked call
problems.py   refusals, in Telegram's words   access.py      where the bot may write
html.py       Telegram's HTML                 entities.py    texts with their entities
keyboards.py  what buttons may be             files.py       uploads, and pictures' sizes
sending.py    editing.py    asking.py         profile.py     the API's methods, by subject
updates.py    the queue and the long poll     webhook.py     delivery by POST
budgets.py    sliding windows, 429            faults.py      what is to go wrong next
model.py      people, chats, messages         world.py       all of them, and how they change
shapes.py     model → the API's objects       views.py       model → what people see
acting.py     what people do with the bot     membership.py  who comes, goes, has rights
journal.py    everything that happened        control.py     orders.py   all that, over HTTP
page.py       the chats, for a browser
"""

from sandbox.telegram.server import TelegramSandbox, telegram_sandbox

__all__ = ["TelegramSandbox", "telegram_sandbox"]
