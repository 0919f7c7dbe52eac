"""Fresh tokens for everybody who asks, against the Zoom stand-in."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotConnected, Reconnect, SchoolError, ZoomUnavailable
from services.connecting import Connected
from services.disconnecting import deauthorized, disconnect
from services.office import Bell, Office, Turns
from services.people import Caller, who_is
from services.zoom_access import access_token, client_for
from storage.database import Database
from storage.sealing import DataKeys
from storage.zoom_accounts import find_account, give_lease_back, take_lease
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA
from tests.services.test_connecting import account_of, connected

HOUR = timedelta(hours=1)
