"""What the stand-in refuses, in the three voices it speaks: Zoom's API, its OAuth server, control.

Exception
 ├── ApiProblem      answered as {"code", "message"[, "errors"]}
 ├── OAuthProblem    answered as {"reason", "error"}
 └── ControlProblem  a test or demo asked for something impossible
"""

from collections.abc import Mapping, Sequence


class ApiProblem(Exception):
    """An error of Zoom's API: `status` is HTTP's, `code` is Zoom's own number."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class OAuthProblem(Exception):
    """An error of the token endpoints; always HTTP 400."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(reason)
        self.error = error
        self.reason = reason


class ControlProblem(Exception):
    """What was asked through control cannot happen at Zoom either."""


def no_such_meeting(meeting_id: object) -> ApiProblem:
    return ApiProblem(404, 3001, f"Meeting does not exist: {meeting_id}.")


def no_such_user(user_id: str) -> ApiProblem:
    return ApiProblem(404, 1001, f"User does not exist: {user_id}.")


def invalid(field: str, message: str) -> ApiProblem:
    """One field of a request is not as Zoom wants it."""
    return ApiProblem(400, 300, "Validation Failed.", errors=[{"field": field, "message": message}])
