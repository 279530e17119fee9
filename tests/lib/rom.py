# SPDX-License-Identifier: GPL-2.0-or-later
"""Expansion ROMs, built byte by byte (PCI Firmware Specification 3.3, section 5.1)."""
import struct

UNIT = 512
PC, UEFI = 0x00, 0x03
X86_64, ARM64 = 0x8664, 0xaa64


def image(kind=PC, units=2, last=True, ids=("10de:1b80",), machine=X86_64, npde=None,
          structure=b"PCIR"):
    """One image. npde: (units, last) of NVIDIA's extension; more than one id: a list of them."""
    data = bytearray(units * UNIT)
    vendor, device = (int(part, 16) for part in ids[0].split(":"))
    at, length = 0x1c, 0x1c if ids[1:] else 0x18
    data[0:3] = b"\x55\xaa" + bytes([units & 0xff])
    struct.pack_into("<H", data, 0x18, at)
    struct.pack_into("<4sHHHHB3sHHBB", data, at, structure, vendor, device,
                     0x80 if ids[1:] else 0, length, 3 if ids[1:] else 0, b"\0\0\3", units, 0,
                     kind, 0x80 if last else 0)
    others = [int(other.split(":")[1], 16) for other in ids[1:]] + [0]
    struct.pack_into(f"<{len(others)}H", data, at + 0x80, *others)
    if kind == UEFI:
        struct.pack_into("<IHHH", data, 4, 0x0ef1, 0x0b, machine, 1)
    if npde:
        struct.pack_into("<4sHHHB", data, (at + length + 15) & ~15, b"NPDE", 0x100, 0x14, npde[0],
                         0x80 if npde[1] else 0)
    data[-1] = -sum(data) & 0xff
    return bytes(data)


def container(size, name=b"NVGI"):
    """What programs write in front of the images."""
    return name + bytes((n * 7) & 0xff for n in range(size - len(name)))


def vfct(*images):
    """ACPI's table of ROMs: (address, "vendor:device", bytes) of each."""
    body = b""
    for address, ids, data in images:
        bus, slot = address.split(":")[1:]
        device, function = slot.split(".")
        vendor, product = (int(part, 16) for part in ids.split(":"))
        body += struct.pack("<IIIHHHHII", int(bus, 16), int(device, 16), int(function), vendor,
                            product, 0, 0, 0, len(data)) + data
    head = struct.pack("<4sIBB6s8sI4sI16sIIIIII", b"VFCT", 76 + len(body), 1, 0, b"ALASKA",
                       b"A M I   ", 1, b"AMD ", 1, bytes(16), 76, 0, 0, 0, 0, 0)
    return head + body
