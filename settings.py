"""Every variable of .env.example, typed and checked; all problems are reported at once."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import is_currency
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from school.model import AttendanceRules, Retention, SchoolProfile, StudentNames
from storage.sealing import DataKeyProblem, DataKeys

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NO_LEAP_YEAR = 2001
_FEWEST_RAW_DAYS, _MOST_RAW_DAYS = 7, 90
_MOST_MONTHS = 120
_FEWEST_AUDIT_MONTHS = 12
_FEWEST_SUMMARIES_MONTHS = 12
_ZOOM_CONSOLE = "marketplace.zoom.us → Manage → your app"


class SettingsProblem(Exception):
    """The settings cannot be used; `problems` has one sentence each, with the next step."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TelegramUpdates(StrEnum):
    """How Telegram's updates reach the program."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class Settings(BaseSettings):
    """What the program is told from outside; `.env.example` explains each variable."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    telegram_bot_token: SecretStr
    telegram_api_url: str = "https://api.telegram.org"
    telegram_updates: TelegramUpdates = TelegramUpdates.POLLING
    telegram_webhook_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    admin_ids: Annotated[frozenset[int], NoDecode]

    zoom_client_id: str
    zoom_client_secret: SecretStr
    zoom_webhook_secret: SecretStr
    zoom_api_url: str = "https://api.zoom.us/v2"
    zoom_oauth_url: str = "https://zoom.us/oauth"

    public_url: str
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)

    database_url: str = "sqlite:///data/school.db"
    data_key: SecretStr
    erasure_list: str = ""

    school_name: str = "Darulkubra"
    school_timezone: str = "Africa/Addis_Ababa"
    school_language: str = "en"
    support_email: str = "support@darulkubra.com"
    support_url: str = "https://darulkubra.com"
    privacy_contact: str = "support@darulkubra.com"
    school_currency: str = "ETB"
    school_terms: str = "01-01,05-01,09-01"
    late_after_minutes: int = Field(default=5, ge=0, le=120)
    present_from_percent: int = Field(default=60, ge=1, le=100)

    keep_raw_events_days: int = 30
    keep_attendance_months: int = 60
    keep_summaries_months: int = 60
    keep_audit_months: int = 60
    student_names: StudentNames = StudentNames.FULL

    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first; `.env` fills what is absent."""
        del settings_cls, file_secret_settings
        return init_settings, env_settings, dotenv_settings

    @field_validator("telegram_bot_token")
    @classmethod
    def _looks_like_a_bot_token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{30,}", token.get_secret_value()):
            raise ValueError(
                "is not a bot token (123456:ABC…). In Telegram, ask @BotFather: /mybots → API Token"
            )
        return token

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _pushed_updates_have_a_secret(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        is_pushed = info.data.get("telegram_updates") is TelegramUpdates.WEBHOOK
        if is_pushed and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
            raise ValueError("needs 16 to 256 letters, digits, _ or -, invented by you")
        return secret

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _numbers_with_commas(cls, text: object) -> object:
        if not isinstance(text, str):
            return text
        parts = [part for part in re.split(r"[,\s]+", text) if part]
        if not parts or not all(part.isdecimal() for part in parts):
            raise ValueError(
                "needs at least one Telegram user number, separated by commas. "
                "@userinfobot tells you yours"
            )
        return frozenset(int(part) for part in parts)

    @field_validator("zoom_client_id")
    @classmethod
    def _client_id_is_there(cls, client_id: str) -> str:
        if not client_id.strip():
            raise ValueError(f"is empty. {_ZOOM_CONSOLE} → Basic Information → Client ID")
        return client_id

    @field_validator("zoom_client_secret")
    @classmethod
    def _client_secret_is_there(cls, secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().strip():
            raise ValueError(f"is empty. {_ZOOM_CONSOLE} → Basic Information → Client Secret")
        return secret

    @field_validator("zoom_webhook_secret")
    @classmethod
    def _webhook_secret_is_there(cls, secret: SecretStr) -> SecretStr:
        if not _listed(secret):
            raise ValueError(
                "is empty, so nobody could tell Zoom's messages from forged ones. "
                f"{_ZOOM_CONSOLE} → Access → Secret Token"
            )
        return secret

    @field_validator("telegram_api_url", "zoom_api_url", "zoom_oauth_url", "public_url")
    @classmethod
    def _is_a_safe_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError("is not a URL such as https://bot.example.org")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("must begin with https:// (http:// only for this machine itself)")
        return url.rstrip("/")

    @field_validator("data_key")
    @classmethod
    def _is_one_key_or_two(cls, keys: SecretStr) -> SecretStr:
        try:
            DataKeys.parse(keys.get_secret_value())
        except DataKeyProblem as problem:
            raise ValueError(str(problem)) from None
        return keys

    @field_validator("school_timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("is not a time zone's name such as Africa/Addis_Ababa or Asia/Riyadh")
        return name

    @field_validator("school_currency")
    @classmethod
    def _is_a_currency(cls, code: str) -> str:
        if not is_currency(code.upper()):
            raise ValueError("is not a currency's code such as ETB, SAR or USD")
        return code.upper()

    @field_validator("school_terms")
    @classmethod
    def _are_days_of_the_year(cls, days: str) -> str:
        if not _terms(days):
            raise ValueError("needs the days on which terms begin, such as 01-15,05-01,09-01")
        return days

    @field_validator("keep_raw_events_days")
    @classmethod
    def _is_long_enough_to_count_by(cls, days: int) -> int:
        if not _FEWEST_RAW_DAYS <= days <= _MOST_RAW_DAYS:
            raise ValueError(
                f"is from {_FEWEST_RAW_DAYS} to {_MOST_RAW_DAYS}: classes are counted anew from "
                "these reports for some days, and then they are only a risk"
            )
        return days

    @field_validator("keep_attendance_months")
    @classmethod
    def _is_a_number_of_months(cls, months: int) -> int:
        if not 1 <= months <= _MOST_MONTHS:
            raise ValueError(f"is from 1 to {_MOST_MONTHS} months")
        return months

    @field_validator("keep_summaries_months")
    @classmethod
    def _is_long_enough_to_pay_by(cls, months: int, info: ValidationInfo) -> int:
        if not _FEWEST_SUMMARIES_MONTHS <= months <= _MOST_MONTHS:
            raise ValueError(
                f"is from {_FEWEST_SUMMARIES_MONTHS} to {_MOST_MONTHS} months: what is corrected "
                "late is paid with a later month"
            )
        attendance = info.data.get("keep_attendance_months", months)
        if months < attendance:
            raise ValueError(
                f"cannot be less than KEEP_ATTENDANCE_MONTHS, which is {attendance}: who was there "
                "cannot be kept without the class"
            )
        return months

    @field_validator("keep_audit_months")
    @classmethod
    def _is_long_enough_to_look_back(cls, months: int) -> int:
        if not _FEWEST_AUDIT_MONTHS <= months <= _MOST_MONTHS:
            raise ValueError(
                f"is from {_FEWEST_AUDIT_MONTHS} to {_MOST_MONTHS} months: what was done in a year "
                "must be possible to look up"
            )
        return months

    @field_validator("student_names", mode="before")
    @classmethod
    def _is_a_way_to_keep_names(cls, chosen: object) -> object:
        text = str(chosen).strip().lower()
        if text not in set(StudentNames):
            raise ValueError("is full or initials")
        return text

    @field_validator("log_level")
    @classmethod
    def _is_a_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("is one of DEBUG, INFO, WARNING, ERROR")
        return level.upper()

    @property
    def erasure_list_path(self) -> Path:
        """Beside the database, where nothing else is said."""
        if self.erasure_list:
            return Path(self.erasure_list)
        return Path(self.database_url.removeprefix("sqlite:///") + ".erasures")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.school_timezone)

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Zoom's webhook secrets: the present one first, then those being retired."""
        return _listed(self.zoom_webhook_secret)

    @property
    def redirect_uri(self) -> str:
        """What the Zoom app must list as its OAuth redirect URL."""
        return f"{self.public_url}/zoom/callback"

    def profile(self, bot_username: str) -> SchoolProfile:
        """The school as the rooms below know it; only Telegram knows what its bot is called."""
        return SchoolProfile(
            name=self.school_name,
            zone=self.zone,
            language=self.school_language,
            public_url=self.public_url,
            bot_username=bot_username,
            admin_ids=self.admin_ids,
            support_email=self.support_email,
            support_url=self.support_url,
            privacy_contact=self.privacy_contact,
            currency=self.school_currency,
            terms=_terms(self.school_terms),
            attendance=AttendanceRules(
                timedelta(minutes=self.late_after_minutes), self.present_from_percent
            ),
            retention=Retention(
                raw_events=timedelta(days=self.keep_raw_events_days),
                attendance_months=self.keep_attendance_months,
                summaries_months=self.keep_summaries_months,
                audit_months=self.keep_audit_months,
            ),
            student_names=self.student_names,
        )


class _Given(Settings):
    """Settings from what they are made with, and from nowhere else."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def given(variables: Mapping[str, str]) -> Settings:
    """The settings from these variables alone, whatever the environment and `.env` say."""
    return _Given.model_validate({name.lower(): value for name, value in variables.items()})


def load(env_file: Path | None = Path(".env")) -> Settings:
    """The settings from the environment, `env_file` filling what is absent.

    Raises SettingsProblem with every problem found, not only the first.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise SettingsProblem(
            [_sentence(item["loc"], item["msg"]) for item in error.errors()]
        ) from None


def _terms(days: str) -> tuple[tuple[int, int], ...]:
    """Months and days as written; nothing if one of them is not in every year's calendar."""
    found = [re.fullmatch(r"(\d{1,2})-(\d{1,2})", part.strip()) for part in days.split(",")]
    try:
        read = {date(_NO_LEAP_YEAR, int(one[1]), int(one[2])) for one in found if one}
    except ValueError:
        return ()
    return tuple((day.month, day.day) for day in sorted(read)) if all(found) else ()


def _listed(secret: SecretStr) -> tuple[str, ...]:
    return tuple(part.strip() for part in secret.get_secret_value().split(",") if part.strip())


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    variable = str(location[0]).upper() if location else "The settings"
    text = message.removeprefix("Value error, ").removeprefix(f"{variable} ").rstrip(".")
    if text == "Field required":
        text = "is missing; .env.example says where to get it"
    return f"{variable} {text.removeprefix('Input ')}."
