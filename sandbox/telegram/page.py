"""A page that shows the chats as they stand, for a person with a browser."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from aiohttp import web

from sandbox.telegram import views
from sandbox.telegram.model import Chat, ChatKind, Message
from sandbox.telegram.world import World
from sandbox.wire import JsonObject, as_list, as_object, as_text

_LATEST = 50
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); }
section { border: 1px solid #8885; border-radius: .75rem; padding: .75rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
small { opacity: .7; } p { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
article { border-radius: .6rem; margin: .4rem 0; padding: .4rem .6rem; background: #8882; }
article.bot { background: #2a82; border-inline-start: 3px solid #2a8; }
.row { display: flex; flex-wrap: wrap; gap: .3rem; margin-top: .3rem; }
.row span { border: 1px solid #8888; border-radius: .4rem; padding: .1rem .5rem; }
.danger { color: #d33; } .success { color: #2a8; } .primary { color: #38e; }
"""


def page_route(world: World) -> web.RouteDef:
    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=render_page(world), content_type="text/html")

    return web.get("/", show)


def render_page(world: World) -> str:
    chats = [chat for chat in world.chats.values() if chat.messages]
    sections = "".join(_section(world, chat) for chat in chats)
    name = escape(f"@{world.bot.username}")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="refresh" content="2">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Chats of {name}</title><style>{_STYLE}</style></head>"
        f"<body><h1>Chats of {name}</h1><main>{sections or '<p>Nothing was said yet.</p>'}</main>"
        "</body></html>"
    )


def _section(world: World, chat: Chat) -> str:
    latest = [message for message in chat.messages.values() if not message.deleted][-_LATEST:]
    messages = "".join(_article(world, message) for message in latest)
    view = views.chat(chat, world.people)
    private = chat.kind is ChatKind.PRIVATE
    who = "privately" if private else f"{chat.kind}, {view['people']} people"
    title = escape(as_text(view["title"]))
    return f"<section><h2>{title} <small>{who}</small></h2>{messages}</section>"


def _article(world: World, message: Message) -> str:
    sender = world.people[message.sender_id]
    kind = "bot" if sender.is_bot else "person"
    name = "the group" if message.anonymous else sender.name
    at = datetime.fromtimestamp(message.date, UTC).strftime("%H:%M")
    edited = f", edited {len(message.history)}×" if message.history else ""
    text = escape(message.content.text) or f"<em>{_event(message)}</em>"
    file = message.content.file
    attached = f"<p>📎 {escape(file.name)}</p>" if file else ""
    rows = "".join(_row(row) for row in views.inline_rows(message.buttons))
    return (
        f'<article class="{kind}"><small>{escape(name)} · {at}{edited}</small>'
        f'<p dir="auto">{text}</p>{attached}{rows}</article>'
    )


def _event(message: Message) -> str:
    names = [name.replace("_", " ") for name in message.service]
    who = [
        escape(as_text(as_object(person).get("first_name")))
        for person in as_list(message.service.get("new_chat_members"))
    ]
    return ": ".join([*names, *who])


def _row(row: Sequence[JsonObject]) -> str:
    buttons = "".join(
        f'<span class="{escape(str(button["style"] or ""))}">{escape(str(button["text"]))}</span>'
        for button in row
    )
    return f'<div class="row">{buttons}</div>'
