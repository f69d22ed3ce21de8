"""What can go wrong with a `.wlc` file, and the exit code the command line gives each.

Every error is one plain sentence. Reading this family teaches the format: a file can be damaged, cut off, too
new, made with weights that are not here, or larger than its reader allows.
"""


class WlcError(Exception):
    """Anything that wlc refuses for a reason a person can act on."""

    exit_code = 1


class CorruptFile(WlcError):
    """The bytes contradict a checksum or the format's own rules."""

    exit_code = 3


class TruncatedFile(CorruptFile):
    """The bytes stop before the format says they should."""


class UnsupportedFile(WlcError):
    """The file is sound, or may be, but needs something this version does not know."""

    exit_code = 4


class ModelNotFound(WlcError):
    """The weights that made the file are not installed."""

    exit_code = 5


class LimitExceeded(WlcError):
    """Decoding would take more than the limits allow; nothing has been allocated yet."""

    exit_code = 6


class TargetExists(WlcError):
    """The output is already there, and overwriting was not asked for."""

    exit_code = 7
