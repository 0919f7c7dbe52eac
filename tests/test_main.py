"""The command line as whoever runs the program meets it: processes, signals, exit statuses."""

import asyncio
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import main
from bot.publisher import Publisher
from sandbox import demo, story
from sandbox.people import NotSeen, People
from sandbox.stand_ins import StandIns, stand_ins
from sandbox.story import Clockwork
from sandbox.zoom_people import ZoomPeople
from settings import given
from storage.database import Database
from storage.people import add_person
from storage.sealing import DataKeys, new_data_key
from tests.clocks import SettableClock

MAIN = Path(main.__file__)
Variables = dict[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left: its exit status and what it said."""

    status: int | None
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Started:
    """A command that is running."""

    process: Process

    async def says(self, text: str) -> str:
        """All that it writes to its standard error until that text comes."""
        assert self.process.stderr is not None
        async with asyncio.timeout(30):
            return (await self.process.stderr.readuntil(text.encode())).decode()

    async def ended(self, within_s: float = 60) -> Ended:
        async with asyncio.timeout(within_s):
            out, err = await self.process.communicate()
        return Ended(self.process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def started(command: str, variables: Variables, folder: Path) -> AsyncIterator[Started]:
    """With these variables alone, and in a folder without a `.env`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(MAIN), command),
        env=variables,
        cwd=folder,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield Started(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def command(name: str, variables: Variables, folder: Path) -> Ended:
    async with started(name, variables, folder) as running:
        return await running.ended(within_s=60)


@pytest.fixture
async def servers() -> AsyncIterator[StandIns]:
    async with stand_ins(main.utc_now) as servers:
        yield servers


@pytest.fixture
def variables(servers: StandIns, database_path: Path, data_key: str) -> Variables:
    """All that the program needs."""
    own = {"DATABASE_URL": f"sqlite:///{database_path}", "DATA_KEY": data_key}
    return {**servers.variables, **own}


def _files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _digest(path: Path) -> bytes:
    return sha256(path.read_bytes()).digest()


# key


def test_key_prints_a_key_that_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["key"]) == 0
    assert DataKeys.parse(capsys.readouterr().out.strip()).retired == ()


# check


async def test_check_names_every_missing_setting(tmp_path: Path) -> None:
    said = await command("check", {}, tmp_path)
    assert said.status == 2
    assert [line.split()[1] for line in said.err.splitlines()] == [
        *("TELEGRAM_BOT_TOKEN", "ADMIN_IDS", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"),
        *("ZOOM_WEBHOOK_SECRET", "PUBLIC_URL", "DATA_KEY"),
    ]
    assert _files_in(tmp_path) == []


async def test_check_is_content_when_all_is_well(variables: Variables, tmp_path: Path) -> None:
    async with main.program(given(variables), main.utc_now):
        said = await command("check", variables, tmp_path)
    assert said == Ended(0, "✓ Database\n✓ Telegram\n✓ Zoom\n✓ Public address\n", "")


async def test_check_says_the_next_step_of_everything_that_is_wrong(
    variables: Variables, tmp_path: Path
) -> None:
    wrong = {
        "TELEGRAM_BOT_TOKEN": "123456:another-token-than-the-one-that-is-known",
        "ZOOM_CLIENT_SECRET": "another-secret",
        "DATA_KEY": new_data_key(),
    }
    said = await command("check", variables | wrong, tmp_path)
    assert said.status == 1
    database, telegram, zoom, address = said.out.splitlines()
    assert database.startswith("✗ ")
    assert "DATA_KEY" in database
    assert telegram == (
        "✗ Telegram does not know this TELEGRAM_BOT_TOKEN. Ask @BotFather: /mybots → API Token."
    )
    assert zoom.startswith("✗ Zoom does not know ZOOM_CLIENT_ID with this ZOOM_CLIENT_SECRET. ")
    assert address.startswith(f"✗ PUBLIC_URL {variables['PUBLIC_URL']} does not lead to")
    assert said.err == ""


# run


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_program_cleanly(
    variables: Variables, tmp_path: Path, number: signal.Signals
) -> None:
    async with started("run", variables, tmp_path) as running:
        await running.says("ready on port")
        running.process.send_signal(number)
        ended = await running.ended(within_s=10)
    assert ended.status == 0
    assert "Traceback" not in ended.err


async def test_it_ends_in_time_while_telegram_is_slow(
    servers: StandIns, variables: Variables, tmp_path: Path
) -> None:
    async with (
        started("run", variables, tmp_path) as running,
        People(servers.telegram.url) as people,
    ):
        await running.says("ready on port")
        await people.fault("slow", "sendMessage", seconds=60)
        stranger = await people.person("Zayd")
        await stranger.types("/help")
        await asyncio.sleep(0.5)  # it is being answered
        running.process.send_signal(signal.SIGTERM)
        ended = await running.ended(within_s=10)
        assert ended.status == 0
        await people.no_faults()
        async with started("run", variables, tmp_path):
            await stranger.sees("/privacy", within=30)


async def test_a_wrong_key_is_one_sentence_and_leaves_the_database_as_it_is(
    variables: Variables, database_path: Path, tmp_path: Path
) -> None:
    before = _digest(database_path)
    said = await command("run", variables | {"DATA_KEY": new_data_key()}, tmp_path)
    assert said.status == 2
    (sentence,) = said.err.splitlines()
    assert "DATA_KEY" in sentence
    assert _digest(database_path) == before


async def test_what_hinders_the_start_is_said_in_one_sentence(
    variables: Variables, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = await asyncio.gather(
            *(
                command("run", variables | wrong | _own_database(tmp_path, name), tmp_path)
                for name, wrong in (
                    ("a", {"HTTP_PORT": port}),
                    ("b", {"TELEGRAM_API_URL": f"http://127.0.0.1:{_nobody_listens()}"}),
                    ("c", {"TELEGRAM_BOT_TOKEN": "123456:another-token-than-the-one-known"}),
                )
            )
        )
    assert [one.status for one in said] == [2, 2, 2]
    taken_port, unreachable, unknown = (one.err.splitlines()[-1] for one in said)
    assert taken_port.startswith(f"✗ Nothing can listen on 127.0.0.1:{port} (Address already")
    assert unreachable.startswith("✗ Telegram does not answer at TELEGRAM_API_URL")
    assert unknown.startswith("✗ Telegram does not know this TELEGRAM_BOT_TOKEN.")
    assert not [one for one in said if "Traceback" in one.err]


def _own_database(folder: Path, name: str) -> Variables:
    return {"DATABASE_URL": f"sqlite:///{folder}/{name}.db"}


def _nobody_listens() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_worker_that_dies_ends_the_program_with_a_reference(
    variables: Variables, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def die(publisher: Publisher, stop: asyncio.Event) -> None:
        del publisher, stop
        raise RuntimeError("Aisha's words")

    monkeypatch.setattr(Publisher, "run", die)
    monkeypatch.setattr(main, "_end_hard", lambda: None)
    with pytest.raises(main.WorkerDied) as died:
        await main._run_until_told(given(variables))
    reference = re.search(r"under ([0-9A-Z]{4})\.", str(died.value))
    assert reference is not None
    assert f"problem {reference[1]}: RuntimeError at tests/test_main.py" in caplog.text
    assert "Aisha's words" not in caplog.text


async def test_nothing_secret_and_no_name_reaches_the_log(
    servers: StandIns, variables: Variables, tmp_path: Path
) -> None:
    people_of_the_story = ("Musa", "Aisha", "aisha_q", "Khadija", "Bilal", "aisha@example.org")
    loud = variables | {"LOG_LEVEL": "DEBUG"}
    async with (
        started("run", loud, tmp_path) as running,
        People(servers.telegram.url) as people,
    ):
        await running.says("ready on port")
        zoom = ZoomPeople(servers.zoom.url)
        stage = story.Stage(people, zoom, Clockwork(main.utc_now), _to_nobody)
        cast = await story.gather(stage)
        for scene in (story.invite, story.connect, story.link):
            await scene(stage, cast)
        soon = main.utc_now().astimezone(story.SCHOOL_ZONE) + timedelta(hours=2)
        await cast.aisha.types(f"/newclass Tajweed {soon:%Y-%m-%d %H:%M} 45m #Sisters")
        await cast.aisha.presses("Start class", within=90)
        host = (await cast.aisha.sees("Your host link")).button("Open Zoom as host").url
        (meeting,) = await zoom.meetings()
        await meeting.start()
        await meeting.join("Ahmed")
        await cast.khadija.sees("live now", in_=cast.sisters, within=90)
        said = [one.text for one in (await cast.aisha.looks()).messages]
        running.process.send_signal(signal.SIGTERM)
        log = (await running.ended()).err
    codes = re.findall(r"[tc]-([\w-]{22})", " ".join(said))
    assert len(codes) == 2
    hidden = {
        *(variables[name] for name in variables if name.endswith(("TOKEN", "SECRET", "KEY"))),
        *(*people_of_the_story, "Ahmed", "Tajweed", "Sisters", "Beginners"),
        *(*codes, host, "zak=", "pwd=", "access_token", "refresh_token", "Bearer"),
    }
    assert " DEBUG " in log
    assert sorted(secret for secret in hidden if secret in log) == []


async def _to_nobody(title: str) -> None:
    del title


# rotate-key


async def test_rotating_can_be_interrupted_and_goes_on(
    variables: Variables, data_key: str, tmp_path: Path
) -> None:
    url, newer = variables["DATABASE_URL"], new_data_key()
    clock = SettableClock()
    async with (
        Database.open(url, DataKeys.parse(data_key), clock) as database,
        database.writing() as tx,
    ):
        for number in range(3_000):
            await add_person(tx, number, f"Student {number}", None)
    both = variables | {"DATA_KEY": f"{newer},{data_key}"}
    async with started("rotate-key", both, tmp_path) as rotating:
        assert rotating.process.stdout is not None
        await rotating.process.stdout.readuntil(b" 200 of 3")
        rotating.process.send_signal(signal.SIGINT)
        interrupted = await rotating.ended()
    assert interrupted.status == 1
    assert interrupted.out.endswith(
        "Interrupted. Nothing is lost: `main.py rotate-key` goes on from here.\n"
    )
    assert "Traceback" not in interrupted.err
    early = await command("check", variables | {"DATA_KEY": newer}, tmp_path)
    assert "still sealed under an earlier DATA_KEY" in early.out
    done = await command("rotate-key", both, tmp_path)
    assert done.status == 0
    assert done.out.endswith("drop it from DATA_KEY and start again.\n")
    async with Database.open(url, DataKeys.parse(newer), clock):
        """Opens under the new key alone."""


async def test_there_is_nothing_to_rotate_to_with_one_key(
    variables: Variables, tmp_path: Path
) -> None:
    said = await command("rotate-key", variables, tmp_path)
    assert said.status == 2
    assert said.err.startswith("✗ DATA_KEY has one key only. Write DATA_KEY=new,old;")


# demo


def _scene(succeeds: bool) -> Callable[[story.Stage], object]:
    async def play(stage: story.Stage) -> None:
        await stage.announce("The only scene")
        if not succeeds:
            raise NotSeen("Aisha saw nothing")

    return play


@pytest.mark.parametrize(("succeeds", "status"), [(True, 0), (False, 1)])
def test_the_demo_ends_with_what_became_of_the_story(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    succeeds: bool,
    status: int,
) -> None:
    monkeypatch.setattr(demo, "play", _scene(succeeds))
    assert main.main(["demo"]) == status
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == (
        "✓ 1 scenes, and everybody saw what they should."
        if succeeds
        else "✗ The only scene: Aisha saw nothing"
    )
