"""Locks the process that reads pictures in: no file, no network, no other program, bounded memory.

Everything it needs is loaded before. The limits of POSIX hold on Linux and macOS; what only Linux
has comes on top: a filter of system calls, and the end together with the server.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterator

from screenshots.reading import NotRead, Reason

_REPEAT_SECONDS = 0.5  # a library that swallows the first exception meets the next

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_TSYNC = 1  # for all threads that there are
_SECCOMP_ALLOW = 0x7FFF0000
_SECCOMP_ERRNO = 0x00050000

_CLONE = {"x86_64": 56, "aarch64": 220}  # allowed for a thread, not for a process
_CLONE_THREAD = 0x00010000
_CLONE3 = 435  # its flags are out of the filter's sight; without it, libc takes clone
_X32 = 0x40000000  # the second set of calls of x86_64
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# open, creat, openat, truncate, rename*, mkdir*, rmdir, link*, unlink*, symlink*, chmod*, chown*,
# mknod*, statfs, chdir, chroot, mount, ..., socket, socketpair, connect, bind, accept*, fork,
# vfork, execve*, kill, tkill, tgkill, ptrace, process_vm_*, bpf, memfd_create, userfaultfd.
_REFUSED = {
    "x86_64": (
        *(2, 85, 257, 76, 82, 264, 316, 83, 258, 84, 86, 265, 87, 263, 88, 266, 90, 91, 268),
        *(92, 93, 94, 260, 133, 259, 132, 235, 261, 280, 80, 81, 161, 165, 166, 155, 188, 189),
        *(41, 53, 42, 49, 43, 288, 57, 58, 59, 322, 62, 200, 234, 101, 310, 311, 321, 319, 323),
    ),
    "aarch64": (
        *(56, 45, 38, 276, 34, 37, 35, 36, 52, 53, 54, 55, 33, 88, 49, 50, 51, 40, 39, 41, 5, 6),
        *(198, 199, 203, 200, 202, 242, 221, 281, 129, 130, 131, 117, 270, 271, 280, 279, 282),
    ),
}
# The same numbers on both: openat2, pidfd_send_signal, io_uring_*, pidfd_open, pidfd_getfd,
# open_tree and what mounts, fchmodat2.
_REFUSED_EVERYWHERE = (437, 424, 425, 426, 427, 434, 438, 428, 429, 430, 431, 432, 433, 442, 452)


def end_with_parent(parent: int) -> None:
    """Ends this process when the one that started it ends, also if that is killed.

    Elsewhere than on Linux, the end of its input ends it.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that
        sys.exit(0)


@contextlib.contextmanager
def processor_limit(seconds: float) -> Iterator[None]:
    """Ends what runs under it after so many seconds of the processor, whatever else runs there.

    The process outlives it, and reads the next picture at once; starting another takes seconds. In
    the main thread only.

    Raises:
        NotRead: when the time is over.
    """

    def end(_number: int, _frame: object) -> None:
        raise NotRead(Reason.TOO_LARGE)

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds, _REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def confine(max_bytes: int) -> None:
    """Takes from this process what reading pictures does not need; nothing gives it back.

    Args:
        max_bytes: of its address space.
    """
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays open
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, max_bytes),
    ]
    for limit, value in limits:
        with contextlib.suppress(OSError, ValueError):  # macOS has no bound of the address space
            resource.setrlimit(limit, (value, value))
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, 0)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _refuse_system_calls()


def _refuse_system_calls() -> None:
    """Sets a filter of seccomp under which the calls above fail; unknown machines have none."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return
    refused = (*_REFUSED[machine], *_REFUSED_EVERYWHERE)
    program = _filter(_ARCHITECTURES[machine], _CLONE[machine], refused)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HL", len(program) // 8, ctypes.addressof(code))  # struct sock_fprog
    # A kernel without it answers with an error: the limits above hold there all the same.
    ctypes.CDLL(None).syscall(
        ctypes.c_long(_SECCOMP_CALL[machine]),
        ctypes.c_ulong(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(_SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.create_string_buffer(header),
    )


def _filter(architecture: int, clone: int, refused: tuple[int, ...]) -> bytes:
    """Returns a program of the kernel's packet filter, over `struct seccomp_data`."""
    load, equal, greater_or_equal, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    number, architecture_at, first_argument = 0, 4, 16
    refuse = (answer, 0, 0, _SECCOMP_ERRNO | errno.EPERM)
    allow = (answer, 0, 0, _SECCOMP_ALLOW)
    lines = [
        (load, 0, 0, architecture_at),
        (equal, 1, 0, architecture),
        refuse,
        (load, 0, 0, number),
        (greater_or_equal, 0, 1, _X32),
        refuse,
        (equal, 0, 1, _CLONE3),
        (answer, 0, 0, _SECCOMP_ERRNO | errno.ENOSYS),
    ]
    for call in refused:
        lines += [(equal, 0, 1, call), refuse]
    lines += [
        (equal, 0, 3, clone),
        (load, 0, 0, first_argument),
        (any_bit, 1, 0, _CLONE_THREAD),
        refuse,
        allow,
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    ctypes.CDLL(None).prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero)
