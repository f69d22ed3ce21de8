"""What is compared: ways from a file to a class."""

from dataclasses import dataclass

from wlc.models.wae.fronts import FULL, HALF, LEARNED, WAVELET

LATENTS = "latents"
ORIGINAL, SAME_SIZE_JPEG, OURS, TUNED = "original", "jpeg", "wlc", "tuned"  # kinds of files
JOINT_LATENTS = "latents-joint"


@dataclass(frozen=True)
class Row:
    name: str
    label: str
    front: str  # of `wae.fronts`, or LATENTS
    files: str = ORIGINAL  # to learn from
    energy_term: bool = True  # in the training of the learned transform
    joint: bool = False  # whether most of the epochs train the transform, or the encoder, too

    @property
    def judged_by(self) -> str:
        """The kind of files that it is measured with: those of its own encoder where it has one."""
        return TUNED if self.joint and self.front == LATENTS else self.files


ROWS = (
    Row("full", "full resolution", FULL),
    Row("half", "half-size resize", HALF),
    Row("wavelet", "9/7: low band and details", WAVELET),
    Row("unweighted", "WAE without the energy term", LEARNED, energy_term=False),
    Row("wae2", "WAE, transform frozen (stage 2)", LEARNED),
    Row("wae3", "WAE, fine-tuned jointly (stage 3)", LEARNED, joint=True),
    Row("latents", "latents of .wlc files", LATENTS, OURS),
    Row(JOINT_LATENTS, "latents, fine-tuned jointly under a rate term", LATENTS, OURS, joint=True),
    Row("jpeg", "JPEG of the same bytes, full resolution", FULL, SAME_SIZE_JPEG),
    Row("jpeg-half", "JPEG of the same bytes, half-size resize", HALF, SAME_SIZE_JPEG),
)
BY_NAME = {row.name: row for row in ROWS}
