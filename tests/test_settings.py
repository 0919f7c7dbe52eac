"""Settings: typed, checked, and all that is wrong with them said at once."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from school.model import Retention, StudentNames
from settings import Settings, SettingsProblem, TelegramUpdates, load
from storage.sealing import new_data_key

RIGHT = {
    "TELEGRAM_BOT_TOKEN": "123456:abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ADMIN_IDS": "77, 78",
    "ZOOM_CLIENT_ID": "client",
    "ZOOM_CLIENT_SECRET": "client-secret",
    "ZOOM_WEBHOOK_SECRET": "webhook-secret",
    "PUBLIC_URL": "https://bot.example.org/",
    "DATA_KEY": new_data_key(),
}
EVERY_VARIABLE = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*EVERY_VARIABLE, *(name.lower() for name in EVERY_VARIABLE)]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def read(env_file: Path, **changes: str | None) -> Settings:
    """From a file with the right settings and these changes; None leaves a line out."""
    lines = {name: value for name, value in (RIGHT | changes).items() if value is not None}
    env_file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return load(env_file)


def problems(env_file: Path, **changes: str | None) -> list[str]:
    with pytest.raises(SettingsProblem) as raised:
        read(env_file, **changes)
    return raised.value.problems


def test_the_right_settings_are_typed(env_file: Path) -> None:
    settings = read(env_file)
    assert settings.admin_ids == frozenset({77, 78})
    assert settings.public_url == "https://bot.example.org"
    assert settings.redirect_uri == "https://bot.example.org/zoom/callback"
    assert settings.zone == ZoneInfo("Africa/Addis_Ababa")
    assert settings.telegram_updates is TelegramUpdates.POLLING
    assert settings.webhook_secrets == ("webhook-secret",)


def test_with_nothing_set_every_missing_variable_is_named_at_once(env_file: Path) -> None:
    with pytest.raises(SettingsProblem) as raised:
        load(env_file)
    assert raised.value.problems == [
        f"{name} is missing; .env.example says where to get it." for name in RIGHT
    ]


def test_several_wrong_values_are_all_reported(env_file: Path) -> None:
    said = problems(
        env_file,
        TELEGRAM_BOT_TOKEN="a token",
        ADMIN_IDS="Musa",
        ZOOM_CLIENT_ID=" ",
        PUBLIC_URL="bot.example.org",
        HTTP_PORT="eighty",
        DATA_KEY="short",
        SCHOOL_TIMEZONE="Addis",
        TELEGRAM_UPDATES="webhook",
        SCHOOL_CURRENCY="beads",
        SCHOOL_TERMS="02-30",
        PRESENT_FROM_PERCENT="200",
        LOG_LEVEL="chatty",
    )
    assert [sentence.split()[0] for sentence in said] == [
        *("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "ADMIN_IDS", "ZOOM_CLIENT_ID"),
        *("PUBLIC_URL", "HTTP_PORT", "DATA_KEY", "SCHOOL_TIMEZONE"),
        *("SCHOOL_CURRENCY", "SCHOOL_TERMS", "PRESENT_FROM_PERCENT", "LOG_LEVEL"),
    ]
    assert all(sentence.endswith(".") and not sentence.endswith("..") for sentence in said)


def test_no_sentence_repeats_what_was_written(env_file: Path) -> None:
    secrets = {
        name: f"wrong secret {number}"
        for number, name in enumerate(("TELEGRAM_BOT_TOKEN", "DATA_KEY"))
    }
    said = "\n".join(problems(env_file, **secrets))
    assert not [value for value in secrets.values() if value in said]


@pytest.mark.parametrize("name", ["PUBLIC_URL", "TELEGRAM_API_URL", "ZOOM_API_URL"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_plain_http_is_for_this_machine_itself(env_file: Path, name: str, host: str) -> None:
    read(env_file, **{name: f"http://{host}:8080"})
    (said,) = problems(env_file, **{name: "http://bot.example.org"})
    assert said == f"{name} must begin with https:// (http:// only for this machine itself)."


def test_pushed_updates_need_a_secret(env_file: Path) -> None:
    (said,) = problems(env_file, TELEGRAM_UPDATES="webhook")
    assert said == (
        "TELEGRAM_WEBHOOK_SECRET needs 16 to 256 letters, digits, _ or -, invented by you."
    )
    secret = "0123456789abcdef"
    settings = read(env_file, TELEGRAM_UPDATES="webhook", TELEGRAM_WEBHOOK_SECRET=secret)
    assert settings.telegram_webhook_secret.get_secret_value() == secret


def test_secrets_may_be_new_and_old(env_file: Path) -> None:
    keys = f"{new_data_key()}, {new_data_key()}"
    settings = read(env_file, ZOOM_WEBHOOK_SECRET="new, old", DATA_KEY=keys)
    assert settings.webhook_secrets == ("new", "old")
    assert settings.data_key.get_secret_value() == keys


def test_an_empty_webhook_secret_is_refused(env_file: Path) -> None:
    (said,) = problems(env_file, ZOOM_WEBHOOK_SECRET=" , ")
    assert said.startswith("ZOOM_WEBHOOK_SECRET is empty, so nobody could tell")


def test_the_environment_comes_first_and_the_file_fills_what_it_lacks(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHOOL_NAME", "From the environment")
    monkeypatch.setenv("SUPPORT_URL", "")  # empty counts as absent
    settings = read(env_file, SCHOOL_NAME="From the file", SUPPORT_URL="https://example.org")
    assert settings.school_name == "From the environment"
    assert settings.support_url == "https://example.org"


def test_secrets_do_not_show_when_settings_are_printed(env_file: Path) -> None:
    printed = repr(read(env_file))
    hidden = ("TELEGRAM_BOT_TOKEN", "ZOOM_CLIENT_SECRET", "ZOOM_WEBHOOK_SECRET", "DATA_KEY")
    assert not [name for name in hidden if RIGHT[name] in printed]


def test_the_example_names_every_variable_and_its_default(env_file: Path) -> None:
    example = (Path(__file__).parents[1] / ".env.example").read_text()
    named = dict(_assignments(example))
    assert sorted(named) == sorted(EVERY_VARIABLE)
    # What it shows as defaults are the defaults.
    shown = {name: value for name, value in named.items() if value}
    with_defaults = read(env_file)
    env_file.write_text("".join(f"{name}={value}\n" for name, value in (RIGHT | shown).items()))
    assert load(env_file) == with_defaults


def _assignments(text: str) -> list[tuple[str, str]]:
    lines = (line.removeprefix("# ") for line in text.splitlines())
    pairs = (line.partition("=") for line in lines)
    return [(name, value) for name, sign, value in pairs if sign and name.isupper()]


def test_how_long_things_are_kept_is_in_the_schools_profile(env_file: Path) -> None:
    assert read(env_file).profile("bot").retention == Retention()
    profile = read(
        env_file,
        KEEP_RAW_EVENTS_DAYS="14",
        KEEP_ATTENDANCE_MONTHS="12",
        KEEP_SUMMARIES_MONTHS="24",
        KEEP_AUDIT_MONTHS="36",
        STUDENT_NAMES="Initials",
    ).profile("bot")
    assert profile.retention == Retention(timedelta(days=14), 12, 24, 36)
    assert profile.retention.erasures_months == 36
    assert profile.student_names is StudentNames.INITIALS


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KEEP_RAW_EVENTS_DAYS", "6", "is from 7 to 90"),
        ("KEEP_RAW_EVENTS_DAYS", "91", "is from 7 to 90"),
        ("KEEP_RAW_EVENTS_DAYS", "a month", "should be a valid integer"),
        ("KEEP_ATTENDANCE_MONTHS", "0", "is from 1 to 120 months"),
        ("KEEP_SUMMARIES_MONTHS", "11", "is from 12 to 120 months"),
        ("KEEP_SUMMARIES_MONTHS", "121", "is from 12 to 120 months"),
        ("KEEP_SUMMARIES_MONTHS", "59", "cannot be less than KEEP_ATTENDANCE_MONTHS, which is 60"),
        ("KEEP_AUDIT_MONTHS", "11", "is from 12 to 120 months"),
        ("STUDENT_NAMES", "none", "is full or initials"),
    ],
)
def test_a_time_that_makes_no_sense_is_said(
    env_file: Path, name: str, value: str, said: str
) -> None:
    (sentence,) = problems(env_file, **{name: value})
    assert sentence.startswith(f"{name} {said}")
