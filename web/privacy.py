"""What the program stores, as the privacy page says it.

Every table of the database stands in one entry, and lengths of time come from the settings and
constants that the clearing goes by, so that the page cannot promise anything else.
"""

from dataclasses import dataclass

from school.model import SchoolProfile, StudentNames
from school.text import Text
from services.connecting import STEP_LIFETIME
from services.people import INVITATION_LIFETIME
from services.retention import (
    FORMS_KEPT,
    LETTERS_REMEMBERED,
    REQUESTS_KEPT,
    UPDATES_REMEMBERED,
    WAITING_KEPT,
    in_words,
)
from storage.inbox import HELD_FOR

WITHOUT_PEOPLE = frozenset({"index_key"})
"""Tables that hold nothing about anybody: what the program needs to read the others."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing that is stored; `tables` is where."""

    tables: frozenset[str]
    what: Text
    why: Text
    until: Text


def kept(profile: SchoolProfile) -> tuple[Kept, ...]:
    """All that is stored, with the lengths of time that are in force in this school."""
    retention = profile.retention
    accounts = in_words(retention.summaries_months)
    return (
        Kept(
            frozenset({"person"}),
            Text(
                "Your Telegram user number, name and username, your language, your time zone and "
                "your clock"
            ),
            Text("To know who writes to the bot, and to answer in your language and time"),
            Text("Until you delete your data"),
        ),
        Kept(
            frozenset({"zoom_account"}),
            Text(
                "Teachers: your Zoom user ID, e-mail address, display name, plan, the permissions "
                "you gave, and the access keys that Zoom gives us"
            ),
            Text("To create and manage your classes in your own Zoom account"),
            Text("Until you disconnect Zoom; the access keys are then deleted at once"),
        ),
        Kept(
            frozenset({"former_account"}),
            Text(
                "Teachers: codes made of the user ID, e-mail address and name of a Zoom account "
                "that you disconnected; they cannot be read, only compared"
            ),
            Text("To find you in other teachers' classes too when you delete your data"),
            Text("Until you delete your data"),
        ),
        Kept(
            frozenset({"connect_attempt"}),
            Text("Teachers: that you are connecting Zoom just now"),
            Text("So that nobody else can finish what you began"),
            Text("Works for {length}, then cleared within a day", {"length": STEP_LIFETIME}),
        ),
        Kept(
            frozenset(
                {"course", "course_chat", "lesson", "meeting", "meeting_instance", "occurrence"}
            ),
            Text(
                "Classes: meeting number, topic, join link and passcode, planned and real start "
                "and end, whether it is on or over, and which groups it is for"
            ),
            Text("To hold the class, to invite students, and for the school's accounts"),
            Text(
                "Dates and lengths: {length}, for accounting and audit. Topic and links: until the "
                "teacher deletes their data, and no longer than that",
                {"length": accounts},
            ),
        ),
        Kept(
            frozenset(),  # a column of `lesson`
            Text("The names of those who wait in Zoom for the teacher to come"),
            Text("To let the teacher know who waits"),
            Text(
                "Until the class begins or is cancelled; {length} after it at the latest",
                {"length": WAITING_KEPT},
            ),
        ),
        Kept(
            frozenset(),  # columns of `meeting_instance`
            Text(
                "Teachers: who held a class, and codes by which the Zoom account and the names "
                "that you had then would be known"
            ),
            Text(
                "So that what a class came to stays the same when you change your name or your "
                "Zoom account, or disconnect it"
            ),
            Text(
                "The codes: {length}, or until you delete your data",
                {"length": in_words(retention.attendance_months)},
            ),
        ),
        Kept(
            frozenset({"presence", "stay"}),
            _attendance(profile.student_names),
            Text("For attendance, and to work out what teachers are paid"),
            Text(
                "{length}. Names go sooner where the teacher deletes their data, or the school "
                "deletes them for you",
                {"length": in_words(retention.attendance_months)},
            ),
        ),
        Kept(
            frozenset({"student", "student_alias"}),
            _students(profile.student_names),
            Text("So that attendance is kept under the right name, and students can see their own"),
            Text(
                "Until {length} after the student was taken off the list, or after the last class; "
                "sooner where the teacher deletes their data, or the school deletes it for you",
                {"length": in_words(retention.attendance_months)},
            ),
        ),
        Kept(
            frozenset({"rate", "pay_rules", "adjustment", "dispute", "correction", "statement"}),
            Text(
                "Teachers: rates and rules of pay, corrections of a class with who made them and "
                "why, and the statements of each month"
            ),
            Text("So that pay is right and can be explained"),
            Text(
                "{length}, for accounting and audit; names and words go when you delete your data",
                {"length": accounts},
            ),
        ),
        Kept(
            frozenset({"heartbeat", "outage"}),
            Text("When this program was not running"),
            Text("So that a class in that time is not counted wrong"),
            Text("{length}", {"length": accounts}),
        ),
        Kept(
            frozenset({"zoom_event", "zoom_answer"}),
            _reports(profile.student_names),
            Text("So that no minute of a class is lost, and a figure can be explained"),
            Text(
                "{length}; reports about a meeting we do not know yet: {held}",
                {"length": retention.raw_events, "held": HELD_FOR},
            ),
        ),
        Kept(
            frozenset({"chat", "chat_teacher", "post"}),
            Text(
                "Telegram groups, and the private chats of students who opened a teacher's "
                "invitation: number, title or name, language and reminders, which teachers may "
                "post, and our messages there"
            ),
            Text("To show each class where its students are, and to keep that message true"),
            Text(
                "Until the teacher deletes their data; then only what other teachers there need. A "
                "private chat: until you stop it or delete your data"
            ),
        ),
        Kept(
            frozenset({"draft"}),
            Text("A class you are just filling in"),
            Text("So that you can go on where you stopped"),
            Text("Until it is done, or {length} after you leave it", {"length": FORMS_KEPT}),
        ),
        Kept(
            frozenset({"invitation"}),
            Text("Invitations for teachers and students: who sent one, who used it, and when"),
            Text("So that only those who are invited can teach here, or are taught in private"),
            Text(
                "Works once, for {length}. That it was used is kept, without names once you delete "
                "your data",
                {"length": INVITATION_LIFETIME},
            ),
        ),
        Kept(
            frozenset({"handled_update"}),
            Text("The numbers of the messages that the bot has handled, without what they say"),
            Text("So that nothing is done twice"),
            Text("{length}", {"length": UPDATES_REMEMBERED}),
        ),
        Kept(
            frozenset({"revocation"}),
            Text("Teachers: the access keys of a Zoom connection that you have just ended"),
            Text("To tell Zoom that the connection is over; they are used for nothing else"),
            Text("Until Zoom has taken it in, mostly within seconds"),
        ),
        Kept(
            frozenset({"letter"}),
            Text("Messages on their way to you in private"),
            Text("So that none is lost, and none is sent twice"),
            Text("Until it is sent; that it was sent: {length}", {"length": LETTERS_REMEMBERED}),
        ),
        Kept(
            frozenset({"erasure_request"}),
            Text("That you asked to be taken out of attendance, and the name that you gave for it"),
            Text("So that the school can find what is about you"),
            Text(
                "The name: until the school has answered, for {length} at most",
                {"length": REQUESTS_KEPT},
            ),
        ),
        Kept(
            frozenset({"audit_entry"}),
            Text("That something was done, such as a payment, under a made-up name"),
            Text("To show that it was done, and by whom"),
            Text("{length}, for audit", {"length": in_words(retention.audit_months)}),
        ),
        Kept(
            frozenset({"erasure"}),
            Text("That data was deleted, and a code by which it would be known if it came back"),
            Text("So that what was deleted stays so, also if an older copy is ever put back"),
            Text("As long as an older copy could be put back"),
        ),
    )


def _attendance(names: StudentNames) -> Text:
    if names is StudentNames.INITIALS:
        return Text(
            "Attendance: the initials of the name you typed in Zoom, and when you joined and left; "
            "also what else Zoom tells people apart by (user ID, e-mail address, registration)"
        )
    return Text(
        "Attendance: the name you typed in Zoom, and when you joined and left; also what else "
        "Zoom tells people apart by (user ID, e-mail address, registration)"
    )


def _students(names: StudentNames) -> Text:
    if names is StudentNames.INITIALS:
        return Text(
            "Who is on a class's list of students: the initials of the name, and of other names, "
            "marks by which Zoom shows the same student, and, where the teacher confirmed it, "
            "their Telegram account"
        )
    return Text(
        "Who is on a class's list of students: the name, other names or marks by which Zoom "
        "shows the same student, and, where the teacher confirmed it, their Telegram account"
    )


def _reports(names: StudentNames) -> Text:
    if names is StudentNames.INITIALS:
        return Text(
            "Zoom's reports about our classes as they arrive; they can contain more than we use, "
            "such as names in full, an e-mail address or a phone number"
        )
    return Text(
        "Zoom's reports about our classes as they arrive; they can contain more than we use, "
        "such as an e-mail address or a phone number"
    )
