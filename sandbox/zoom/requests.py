"""What Zoom accepts in a request, and nothing else: an unknown field is refused.

The real API overlooks fields it does not know; the stand-in does not, so that a misspelt one
is found here. Only what the stand-in plays is known to it.
"""

import re
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from .errors import ApiProblem, invalid

_LOCAL_OR_UTC = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z?$"
_UTC = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
_LONGEST_INTERVAL = {1: 99, 2: 50, 3: 10}  # days, weeks, months
WEEKLY = 2

Body = TypeVar("Body", bound=BaseModel)


class Strict(BaseModel):
    """No unknown fields, no "30" for 30, no null: an absent field is left out."""

    model_config = ConfigDict(extra="forbid", strict=True)


class RecurrenceBody(Strict):
    type: Literal[1, 2, 3]
    repeat_interval: int = Field(default=1, ge=1)
    weekly_days: str = Field(default="", pattern=r"^[1-7](,[1-7])*$")
    monthly_day: int = Field(default=1, ge=1, le=31)
    monthly_week: Literal[-1, 1, 2, 3, 4] = 1
    monthly_week_day: int = Field(default=1, ge=1, le=7)
    end_times: int = Field(default=1, ge=1, le=60)
    end_date_time: str = Field(default="", pattern=_UTC)

    @model_validator(mode="after")
    def _fits_together(self) -> "RecurrenceBody":
        given = self.model_fields_set
        if {"end_times", "end_date_time"} <= given:
            raise ValueError("end_times and end_date_time exclude each other")
        if self.type == WEEKLY and "weekly_days" not in given:
            raise ValueError("a weekly meeting needs weekly_days")
        if ("monthly_week" in given) != ("monthly_week_day" in given):
            raise ValueError("monthly_week and monthly_week_day belong together")
        if self.repeat_interval > _LONGEST_INTERVAL[self.type]:
            raise ValueError("repeat_interval is too long")
        return self


class SettingsBody(Strict):
    """Of Zoom's some seventy settings, those that a school's classes may use."""

    host_video: bool = False
    participant_video: bool = False
    join_before_host: bool = False
    jbh_time: Literal[0, 5, 10, 15] = 0
    mute_upon_entry: bool = False
    waiting_room: bool = False
    watermark: bool = False
    use_pmi: Literal[False] = False  # a class has a number of its own
    approval_type: Literal[0, 1, 2] = 2
    registration_type: Literal[1, 2, 3] = 1
    audio: Literal["both", "telephony", "voip", "thirdParty"] = "both"
    auto_recording: Literal["local", "cloud", "none"] = "none"
    meeting_authentication: bool = False
    email_notification: bool = True
    registrants_email_notification: bool = True
    registrants_confirmation_email: bool = True
    allow_multiple_devices: bool = False
    private_meeting: bool = False
    show_share_button: bool = False
    alternative_hosts: str = ""


class MeetingBody(Strict):
    topic: str = Field(default="Zoom Meeting", max_length=200)
    type: Literal[2, 8] = 2
    start_time: str = Field(default="", pattern=_LOCAL_OR_UTC)
    duration: int = Field(default=60, ge=1, le=1440)
    timezone: str = ""
    agenda: str = Field(default="", max_length=2000)
    password: Annotated[str, Field(pattern=r"^[A-Za-z0-9@_*-]{0,10}$")] = ""
    default_password: bool = True
    pre_schedule: bool = False
    recurrence: RecurrenceBody = Field(default=RecurrenceBody(type=1))
    settings: SettingsBody = SettingsBody()

    @field_validator("timezone")
    @classmethod
    def _exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("unknown timezone") from error
        return value


class StatusBody(Strict):
    action: Literal["end"]


async def read(request: web.Request, shape: type[Body]) -> Body:
    """The body of that shape; `ApiProblem` 400/300 naming each wrong field."""
    if request.content_type != "application/json":
        raise invalid("Content-Type", "Send application/json.")
    try:
        return shape.model_validate_json(await request.read())
    except ValidationError as error:
        raise ApiProblem(400, 300, "Validation Failed.", errors=named_errors(error)) from error


def named_errors(error: ValidationError) -> list[dict[str, str]]:
    """Zoom's list of what is wrong: the field by its path, the sentence beside it."""
    return [
        {"field": ".".join(map(str, one["loc"])), "message": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def query(request: web.Request, *allowed: str) -> dict[str, str]:
    """The query's parameters; one that the endpoint does not know is refused."""
    names = [name for name, _ in request.query.items()]  # repeated ones too
    for name in names:
        if name not in allowed or names.count(name) > 1:
            raise invalid(name, "Unknown or repeated parameter.")
    return dict(request.query)


def page_size(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", text) or int(text) > 300:  # noqa: PLR2004  Zoom's limit
        raise invalid("page_size", "A number from 1 to 300.")
    return int(text)
