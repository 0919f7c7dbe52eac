"""What keeps Zoom from having a class as it is planned, said to its teacher with what to do."""

from markupsafe import Markup

from bot.speech import Say
from bot.views.message import lines
from school.text import Moment
from services.contents_for_teachers import AnswerCard
from services.problems import Problem


def creation_at_zoom(say: Say, card: AnswerCard) -> Markup:
    """Of a class that Zoom does not have yet."""
    match card.problem:
        case None:
            return say("Being created at Zoom…")
        case Problem.UNAVAILABLE:
            return say(
                "Zoom is not answering. Your class is saved and I will try again in a minute."
            )
        case Problem.RECONNECT | Problem.NOT_CONNECTED | Problem.PERMISSION:
            return _connect_again(say, card)
        case Problem.DAILY_LIMIT:
            return _daily_limit(say, card)
        case Problem.NO_HOSTING | Problem.REFUSED:
            return _refused(say, card)
        case Problem.TOO_LATE:
            return _too_late(say)


def change_at_zoom(say: Say, card: AnswerCard) -> Markup:
    """Of a class that Zoom has as it was before."""
    return lines(say("Being changed at Zoom…"), _why_not_changed(say, card))


def left_at_zoom(say: Say, card: AnswerCard) -> Markup | None:
    """Of a class that is off."""
    match card.problem:
        case None:
            return None
        case Problem.TOO_LATE:
            return _too_late(say)
        case Problem.RECONNECT | Problem.NOT_CONNECTED | Problem.PERMISSION:
            return say("Its meeting is still in your Zoom account: I may not delete it there.")
        case Problem.DAILY_LIMIT:
            return _no_more_deletions_today(say, card)
        case Problem.REFUSED | Problem.NO_HOSTING:
            return say(
                "Zoom did not let me delete its meeting. It is still in your Zoom account; "
                "you can delete it there."
            )
        case Problem.UNAVAILABLE:
            return say("Zoom does not answer; I will delete the meeting there as soon as it does.")


def _why_not_changed(say: Say, card: AnswerCard) -> Markup | None:
    match card.problem:
        case None | Problem.TOO_LATE:
            return None
        case Problem.UNAVAILABLE:
            return say("Zoom is not answering. Your change is saved; I try again by myself.")
        case Problem.RECONNECT | Problem.NOT_CONNECTED | Problem.PERMISSION:
            return _connect_again(say, card)
        case Problem.DAILY_LIMIT:
            return _no_more_changes_today(say, card)
        case Problem.NO_HOSTING | Problem.REFUSED:
            return say(
                "Zoom does not take this change. Discard it, or try again; "
                "if that does not help, tell your admin."
            )


def _no_more_changes_today(say: Say, card: AnswerCard) -> Markup:
    if card.next_try_at is None:
        return say(
            "You have reached Zoom's limit of 100 changes a day. "
            "Your change is saved, and I make it tomorrow."
        )
    return say(
        "You have reached Zoom's limit of 100 changes a day. "
        "Your change is saved, and I make it when the limit resets: {moment}.",
        moment=Moment(card.next_try_at, card.zone),
    )


def _no_more_deletions_today(say: Say, card: AnswerCard) -> Markup:
    if card.next_try_at is None:
        return say(
            "You have reached Zoom's limit of 100 changes a day. "
            "Its meeting is still there, and I delete it tomorrow."
        )
    return say(
        "You have reached Zoom's limit of 100 changes a day. "
        "Its meeting is still there, and I delete it when the limit resets: {moment}.",
        moment=Moment(card.next_try_at, card.zone),
    )


def _connect_again(say: Say, card: AnswerCard) -> Markup:
    if card.given_to is not None:
        return say(
            "Zoom does not let me in for {teacher}. Once they have typed /connect, I go on.",
            teacher=card.given_to,
        )
    if card.problem is Problem.PERMISSION:
        return say(
            "Zoom has not given me the permission for this. "
            "Connect again, allow everything on its page, and I will go on."
        )
    if card.problem is Problem.RECONNECT and card.zoom_email is not None:
        return say(
            "Zoom no longer lets me in as {email}. "
            "Connect again and I will go on where we stopped.",
            email=card.zoom_email,
        )
    return say("Your Zoom account is not connected. Connect it and I will go on where we stopped.")


def _refused(say: Say, card: AnswerCard) -> Markup:
    if card.problem is Problem.NO_HOSTING:
        return say("Your Zoom account may not host meetings. Ask whoever manages it at Zoom.")
    return say(
        "Zoom does not take this class as it is. Discard it and make it anew; "
        "if that does not help, tell your admin."
    )


def _too_late(say: Say) -> Markup:
    return say("Its time passed before Zoom could make it. Type /newclass for a new one.")


def _daily_limit(say: Say, card: AnswerCard) -> Markup:
    if card.next_try_at is None:
        return say("You have reached Zoom's limit of 100 changes a day. I will go on tomorrow.")
    return say(
        "You have reached Zoom's limit of 100 changes a day. "
        "Your class is saved and I will go on when it resets: {moment}.",
        moment=Moment(card.next_try_at, card.zone),
    )
