"""A step and the process that started it: it ends soon after it, and publishes nothing once it is gone."""

import os
import subprocess
import sys

import pytest

from semantic_tokens.workflow import orders
from workflow.test_step import SCRIPT, WRITE, run

INATTENTIVE = "from semantic_tokens.workflow import orders; orders._POLL_SECONDS = 600\n" + SCRIPT


@pytest.fixture
def orderer():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def ended_by(process) -> str:
    return f"import os; os.kill({process.pid}, 9)"


def test_a_step_ends_soon_after_the_process_that_ordered_it(orderer, tmp_path):
    body = (*WRITE, ended_by(orderer), "import time; time.sleep(60)")
    ended = run(tmp_path, *body, SEMANTIC_TOKENS_SNAKEMAKE=str(orderer.pid))
    assert ended.returncode == 143
    assert list((tmp_path / "out").iterdir()) == []
    assert "is gone" in (tmp_path / "logs/make.log").read_text()


def test_a_step_that_ends_before_it_notices_publishes_nothing(orderer, tmp_path):
    body = (*WRITE, ended_by(orderer), "while not orders.Order.received().gone: pass")
    ended = run(tmp_path, *body, script=INATTENTIVE, SEMANTIC_TOKENS_SNAKEMAKE=str(orderer.pid))
    assert ended.returncode == 1 and "nothing was published" in ended.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_a_step_whose_process_is_there_publishes(orderer, tmp_path):
    assert run(tmp_path, *WRITE, SEMANTIC_TOKENS_SNAKEMAKE=str(orderer.pid)).returncode == 0
    assert (tmp_path / "out/one.txt").read_text() == "1"


def test_an_order_whose_process_was_gone_before_the_step_began_is_gone(orderer, monkeypatch):
    monkeypatch.setenv(orders.VARIABLE, str(orderer.pid))
    orderer.kill()
    orderer.wait()
    assert orders.Order.received().gone


def test_a_step_run_by_hand_has_no_order_to_lose(monkeypatch):
    monkeypatch.delenv(orders.VARIABLE, raising=False)
    assert not orders.Order.received().gone


def test_a_process_that_takes_charge_is_its_steps_order(monkeypatch):
    monkeypatch.setenv(orders.VARIABLE, "1")
    orders.take_charge()
    assert orders.Order.received().process.pid == os.getpid()
