# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives as the kernel unpacks them: cpio, newc."""


def entry(name, data=b"", mode=0o100644, inode=1, device=(0, 0)):
    """One file of an archive; mode 0 for the last."""
    raw = name.encode() + b"\0"
    numbers = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(raw), 0)
    head = b"070701" + b"".join(b"%08x" % number for number in numbers) + raw
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def archive(files):
    """An archive of {path: bytes}; what is a program by its name can be run."""
    parts = [entry(path, data, 0o100755 if path.endswith(("-boot", "-early", "init")) else 0o100644,
                   inode) for inode, (path, data) in enumerate(files.items(), 1)]
    return b"".join(parts) + entry("TRAILER!!!", mode=0)
