"""Errors of the hub's client, as messages that say what to do. They repeat no text of the server."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from huggingface_hub import constants
from huggingface_hub.errors import (
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.retries import TransientError


@contextmanager
def explained(repository: str, kind: str, revision: str, path: str) -> Iterator[None]:
    """Turn the client's errors into InputError, or TransientError where another try may help."""
    what = f"{kind} {repository}" + (f", file {path}" if path else "") + f", revision {revision}"
    page = f"{constants.HUGGINGFACE_CO_URL_HOME}{'datasets/' if kind == 'dataset' else ''}{repository}"
    try:
        yield
    except LocalEntryNotFoundError as error:  # what the client says if it learned nothing of the file, after retries
        raise _input_error(error.__cause__ or error, what, page) from None
    except HfHubHTTPError as error:
        if error.response.status_code in (408, 429) or error.response.status_code >= 500:
            raise TransientError(f"HTTP status {error.response.status_code}") from None
        raise _input_error(error, what, page) from None
    except httpx2.ConnectError as error:  # the client has tried again itself
        raise _input_error(error, what, page) from None
    except (httpx2.TransportError, OSError, RuntimeError) as error:
        # A file that came short is a plain OSError, while one of the disk has a number. The client's accelerated
        # transfer, written in Rust, raises RuntimeError.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise TransientError(type(error).__name__) from None


def _input_error(error: BaseException, what: str, page: str) -> InputError:
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if isinstance(error, RevisionNotFoundError):
        return InputError(f"{what}: no such revision of the repository; see {page}")
    if isinstance(error, RemoteEntryNotFoundError):
        return InputError(f"{what}: no such file at this revision; see {page}")
    if isinstance(error, RepositoryNotFoundError) or status in (401, 403):
        return InputError(
            f"{what}: access is restricted, the token is not valid, or the repository does not exist (HTTP status "
            f"{status}). Ask for access at {page}, then set the environment variable HF_TOKEN to your token or run "
            "`hf auth login`."
        )
    reason = f"HTTP status {status}" if status else type(error).__name__
    return InputError(f"{what}: the hub could not be reached, or its answer makes no sense ({reason}); see {page}")
