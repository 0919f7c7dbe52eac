"""What a person sees at Zoom in the browser: sign in, consent, refusal."""

from html import escape

from aiohttp import web

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}}</style>
</head><body><h1>{title}</h1>{body}</body></html>"""


def sign_in(next_url: str, problem: str = "") -> web.Response:
    return _page(
        "Sign in to Zoom (sandbox)",
        f"""<p role="alert">{escape(problem)}</p>
<form method="post" action="/oauth/login">
<input type="hidden" name="next" value="{escape(next_url)}">
<label>Email <input type="email" name="email" required></label>
<button>Sign in</button></form>""",
        status=403 if problem else 200,
    )


def consent(*, email: str, scopes: list[str], ticket: str) -> web.Response:
    listed = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    return _page(
        "Let this app use your Zoom account?",
        f"""<p>Signed in as <b>{escape(email)}</b>. The app may then:</p><ul>{listed}</ul>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<button name="decision" value="allow">Allow</button>
<button name="decision" value="decline">Decline</button></form>""",
    )


def refusal(reason: str) -> web.Response:
    """An authorize request that Zoom does not send back to the app."""
    return _page("Invalid request", f"<p>{escape(reason)}</p>", status=400)


def _page(title: str, body: str, *, status: int = 200) -> web.Response:
    text = _FRAME.format(title=escape(title), body=body)
    return web.Response(text=text, status=status, content_type="text/html")
