"""From a picture and a wish to a file: which of the encoders is to make it."""

from __future__ import annotations

from wlc.autoencoder_encode import AutoencoderEncoder
from wlc.bitstream.errors import WlcError
from wlc.effort import DEFAULT_EFFORT
from wlc.encode import Encoder
from wlc.loaded import path_of
from wlc.lossless_encode import LosslessEncoder
from wlc.models import weights
from wlc.pictures import Picture
from wlc.targets import Encoded, Target, encode_to, finished


def made_of(
    picture: Picture,
    target: Target,
    *,
    effort: int = DEFAULT_EFFORT,
    with_psnr: bool = False,
    model: str | None = None,
    **how: str | int | None,
) -> Encoded:
    """The file that meets the target; `how` says coder, device and threads."""
    if model is not None and weights.noted(path_of(model)).kind in weights.AUTOENCODERS:
        if target.is_wish or effort != DEFAULT_EFFORT:
            raise WlcError(f"the model {model!r} has one quality only: leave quality, size, PSNR and effort out")
        return finished(picture, AutoencoderEncoder(picture, model=model, **how), 0, with_psnr)
    if picture.is_cube:
        raise WlcError("bands need a model that was made for so many; say which with --model")
    if target.max_error is None:
        encoder = Encoder(picture, effort=effort, model=model, **how)
        return encode_to(picture, encoder, target, with_psnr=with_psnr)
    lossless = LosslessEncoder(picture, max_error=target.max_error, model=model, **how)
    return finished(picture, lossless, target.max_error, with_psnr)
