"""Identifiers that we make ourselves."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUID of version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74 random bits.

    Ids made one after the other lie close together in an index; within a millisecond their order is random.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
