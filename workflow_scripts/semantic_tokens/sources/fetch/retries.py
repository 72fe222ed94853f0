"""Retrying what may work the next time, with longer and longer waits."""

import logging
from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryError,
    Retrying,
    before_sleep_log,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)

from semantic_tokens.errors import InputError

TRIES = 6
LONGEST_WAIT = 60.0  # seconds between two tries
T = TypeVar("T")


class TransientError(Exception):
    """A failure that another try may not meet; the message says what happened."""


def persistently(get: Callable[[], T], what: str, backoff: float) -> T:
    """What `get` returns; called again `backoff` seconds after a TransientError, and each time after twice the wait.

    Raises InputError beginning with `what` after the last try.
    """
    retrying = Retrying(
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential(multiplier=backoff, max=LONGEST_WAIT),
        retry=retry_if_exception_type(TransientError),
        before_sleep=before_sleep_log(logging.getLogger(__name__), logging.WARNING),
    )
    try:
        return retrying(get)
    except RetryError as error:
        last = error.last_attempt.exception()
        raise InputError(f"{what}: gave up after {TRIES} tries; the last one: {last}") from None
