"""What the people of the Telegram stand-in see: its /control/ answers, typed."""

from dataclasses import dataclass

from sandbox.wire import Json, JsonObject, as_integer, as_list, as_object, as_text


class Impossible(Exception):
    """A person cannot do that now; the stand-in's reason is the text."""


class NotSeen(AssertionError):
    """Somebody waited in vain, or saw what should not have come; the text has the whole chat."""


@dataclass(frozen=True, slots=True)
class Button:
    """`kind` is callback_data, url, copy_text, …; `value` is what it carries."""

    text: str
    kind: str
    value: str
    style: str | None

    @property
    def url(self) -> str:
        if self.kind != "url":
            raise NotSeen(f"[{self.text}] is no link")
        return self.value


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    name: str
    mime_type: str
    length: int
    is_photo: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it stands: `edits` are its earlier texts, oldest first."""

    id: int
    chat_id: int
    sender: str
    sender_id: int
    from_bot: bool
    text: str
    buttons: tuple[tuple[Button, ...], ...]
    edits: tuple[str, ...]
    entities: tuple[JsonObject, ...]
    file: Attachment | None
    protected: bool
    silent: bool
    anonymous: bool
    thread_id: int | None
    reply_to: int | None
    service: JsonObject
    changed: int

    @property
    def times(self) -> list[int]:
        """The Unix times of its `<tg-time>`s, which each reader's app shows in their own zone."""
        unix = [as_integer(entity.get("unix_time")) for entity in self.entities]
        return [each for each in unix if each is not None]

    @property
    def labels(self) -> list[str]:
        """The texts of all buttons."""
        return [button.text for row in self.buttons for button in row]

    def button(self, text: str) -> Button:
        """The button of exactly this text, or else the only one that contains it."""
        buttons = [button for row in self.buttons for button in row]
        exact = [button for button in buttons if button.text == text]
        found = exact[:1] or [button for button in buttons if text in button.text]
        if len(found) != 1:
            raise NotSeen(f"there is no single button [{text}] among {self.labels}")
        return found[0]

    def has_button(self, text: str) -> bool:
        return any(text in label for label in self.labels)


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat; after an upgrade there is another one, with another id."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button; who pressed, where, on what."""

    query: str
    chat_id: int
    message_id: int
    button: str


@dataclass(frozen=True, slots=True)
class Toast:
    """The bot's answer to a press; an alert has to be closed, a toast fades."""

    text: str
    alert: bool
    url: str


@dataclass(frozen=True, slots=True)
class View:
    """A chat as one person sees it; `keyboard` are the rows of the reply keyboard below it."""

    title: str
    messages: tuple[Seen, ...]
    keyboard: tuple[tuple[str, ...], ...]
    last: int

    def __str__(self) -> str:
        lines = [f"--- {self.title} ---"]
        for message in self.messages:
            lines.append(f"{message.sender}: {message.text or dict(message.service)}")
            lines += ["   " + " ".join(f"[{each.text}]" for each in row) for row in message.buttons]
        return "\n".join(lines)


def read_group(value: Json) -> Group:
    chat = as_object(value)
    return Group(as_integer(chat["id"]) or 0, as_text(chat["title"]))


def read_toast(value: Json) -> Toast:
    answer = as_object(value)
    return Toast(as_text(answer["text"]), answer["alert"] is True, as_text(answer["url"]))


def read_view(value: Json) -> View:
    view = as_object(value)
    messages = tuple(read_message(message) for message in as_list(view["messages"]))
    rows = tuple(tuple(as_text(text) for text in as_list(row)) for row in as_list(view["keyboard"]))
    title = as_text(as_object(view["chat"])["title"])
    return View(title, messages, rows, as_integer(view["last"]) or 0)


def read_message(value: Json) -> Seen:
    message = as_object(value)
    sender = as_object(message["sender"])
    return Seen(
        id=as_integer(message["id"]) or 0,
        chat_id=as_integer(message["chat_id"]) or 0,
        sender=as_text(sender["first_name"]),
        sender_id=as_integer(sender["id"]) or 0,
        from_bot=sender["is_bot"] is True,
        text=as_text(message["text"]),
        buttons=_buttons(message["buttons"]),
        edits=tuple(as_text(as_object(edit)["text"]) for edit in as_list(message["edits"])),
        entities=tuple(as_object(entity) for entity in as_list(message["entities"])),
        file=_attachment(as_object(message.get("file"))),
        protected=message["protected"] is True,
        silent=message["silent"] is True,
        anonymous=message["anonymous"] is True,
        thread_id=as_integer(message.get("thread_id")),
        reply_to=as_integer(message.get("reply_to")),
        service=as_object(message.get("service")),
        changed=as_integer(message["changed"]) or 0,
    )


def _buttons(rows: Json) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(_button(as_object(each)) for each in as_list(row)) for row in as_list(rows))


def _button(button: JsonObject) -> Button:
    return Button(
        text=as_text(button["text"]),
        kind=as_text(button["kind"]),
        value=as_text(button["value"]),
        style=as_text(button["style"]) or None,
    )


def _attachment(file: JsonObject) -> Attachment | None:
    if not file:
        return None
    return Attachment(
        id=as_text(file["id"]),
        name=as_text(file["name"]),
        mime_type=as_text(file["mime_type"]),
        length=as_integer(file["length"]) or 0,
        is_photo=file["is_photo"] is True,
    )
