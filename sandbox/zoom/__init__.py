"""A strict stand-in for Zoom: its OAuth server, its API and its webhooks, over real HTTP."""

from .server import ZoomSandbox, zoom_sandbox

__all__ = ["ZoomSandbox", "zoom_sandbox"]
