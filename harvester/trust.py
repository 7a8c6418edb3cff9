"""Trust in files: configuration, declarations and their Python are used only if nobody else can write them.

As OpenSSH does for its keys (StrictModes) and git for its repositories (safe.directory).
"""

from __future__ import annotations

import os
import pwd
import stat
from typing import TYPE_CHECKING

from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def require_trusted(path: Path) -> None:
    """Refuse a file or folder that another user could have changed, before it is used.

    It and every folder above it, with links followed and not, must belong to root or to the user of this
    process (under sudo: or to the user who ran sudo), and neither everybody nor a group may write there.
    Allowed are the user's own primary group, which has one member where the umask is 002, and folders like
    `/tmp`, in which nobody may replace what belongs to others. A path that does not exist is accepted.

    Raises:
        UsageError: one of them may be changed by others, and the message has by whom and the command that
            prevents it; or the path cannot be examined.
    """
    try:
        for place in _chain(path):
            _check(place, path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{path} cannot be looked at: {error.strerror}.", "Check the permissions of the folders above it.") from error


def _chain(path: Path) -> Iterator[Path]:
    """Yield the path and the folders above it, as written and with all links followed, from the root down."""
    written, real = path.absolute(), path.resolve(strict=True)
    yield from reversed([real, *real.parents])
    if written != real:
        yield from reversed([written, *written.parents])


def _check(place: Path, path: Path) -> None:
    status = os.lstat(place)
    about = (
        f"{path} is not used, because others may change it" if place == path else f"{path} is not used, because others may change {place}"
    )
    if status.st_uid not in _trusted_users():
        owner = _name_of(status.st_uid)
        raise UsageError(f"{about}: it belongs to {owner}.", f"Run this as {owner}, or give it to yourself: chown {os.geteuid()} '{place}'")
    if stat.S_ISLNK(status.st_mode):
        return  # a link has no permissions of its own
    guarded = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    if guarded:
        return
    if status.st_mode & stat.S_IWOTH:
        raise UsageError(f"{about}: everybody may write to it.", f"Take that right away: chmod go-w '{place}'")
    if status.st_mode & stat.S_IWGRP and status.st_gid not in {0, os.getegid()}:
        raise UsageError(f"{about}: the group {status.st_gid} may write to it.", f"Take that right away: chmod g-w '{place}'")


def _trusted_users() -> set[int]:
    """Return the ids of root, of the user of this process, and of the user who ran sudo."""
    users = {0, os.geteuid()}
    asked = os.environ.get("SUDO_UID", "")
    if os.geteuid() == 0 and asked.isdecimal():
        users.add(int(asked))
    return users


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
