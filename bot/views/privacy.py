"""What the school keeps about people, in short."""

from telegram import InlineKeyboardMarkup

from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from bot.views.pages import policy_button, terms_button
from school.model import SchoolProfile
from school.text import Text
from services.retention import in_words


def short_policy(say: Say, profile: SchoolProfile) -> View:
    """The short form of the policy, with the way to the whole."""
    days = profile.retention.raw_events.days
    text = paragraphs(
        say.bold(say("What {school} keeps about you", school=profile.name)),
        lines(
            say("· Teachers: name, language, Zoom account, classes, hours and pay"),
            say("· Students: the name that Zoom shows, and when they came and left"),
            say("· What for: to hold classes, to note attendance, and to work out pay"),
            say(
                "· How long: attendance {attendance}, hours and pay {accounts}, for the accounts; "
                "the access to Zoom until you end it",
                attendance=in_words(profile.retention.attendance_months),
                accounts=in_words(profile.retention.summaries_months),
            ),
            say(
                "· Also: Zoom's reports {reports}, the log of who did what {log}",
                reports=Text("{count} day", plural="{count} days", count=days),
                log=in_words(profile.retention.audit_months),
            ),
            say(
                "· Who sees it: teachers what is of their own classes, admins all of the school; "
                "it is encrypted, and shared with nobody but Zoom"
            ),
        ),
        lines(
            say("/mydata shows all that is stored about you, /profile corrects it."),
            say("/disconnect ends the Zoom connection, /deletemydata deletes what is yours."),
        ),
        say("Questions: {contact}", contact=profile.privacy_contact),
    )
    return View(
        text, InlineKeyboardMarkup([[policy_button(say, profile), terms_button(say, profile)]])
    )
