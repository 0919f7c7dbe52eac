"""Long work goes to a process of its own."""

import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from bot.elsewhere import FreshProcess


def test_each_piece_of_work_has_a_process_of_its_own() -> None:
    with FreshProcess() as elsewhere:
        first, second = elsewhere.submit(os.getpid), elsewhere.submit(os.getpid)
        assert len({first.result(60), second.result(60), os.getpid()}) == 3


def test_a_process_that_dies_fails_its_own_work_and_no_other() -> None:
    with FreshProcess() as elsewhere:
        with pytest.raises(BrokenProcessPool):
            elsewhere.submit(os._exit, 1).result(60)
        assert elsewhere.submit(max, 1, 2).result(60) == 2
