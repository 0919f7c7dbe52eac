"""The school's first class, from the invitation to the teacher's leaving."""

from sandbox.demo import perform
from tests.story.stage import Stage


async def test_everybody_sees_what_they_should(stage: Stage) -> None:
    told: list[str] = []
    urls = stage.servers.telegram.url, stage.servers.zoom.url
    assert await perform(*urls, stage.clock, told.append, coloured=False)
    in_her_browser = [line for line in told if line.startswith("Aisha, in her browser ")]
    assert [line.partition("· ")[2] for line in in_her_browser] == [
        "opens “Connect Zoom to Telegram”; it is for Aisha (@aisha_q)",
        "presses [Continue to Zoom]",
        "signs in to Zoom as aisha@example.org, presses [Allow]",
        "reads “One step left”, presses [Finish in Telegram]",
    ]
    assert told[-1] == "\n✓ 9 scenes, and everybody saw what they should."


async def test_a_step_that_fails_is_named(stage: Stage) -> None:
    await stage.zoom.goes_down()
    told: list[str] = []
    urls = stage.servers.telegram.url, stage.servers.zoom.url
    assert not await perform(*urls, stage.clock, told.append, coloured=False)
    assert told[-1].startswith("\n✗ The teacher connects her Zoom account: ")
