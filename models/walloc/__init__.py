"""WaLLoC's codecs, for those who have its checkpoints: the names, arguments and tensors of the `walloc` package.

    from wlc.models import walloc
    codec = walloc.Walloc.load("RGB_16x.safetensors")    # made by `wlc import-walloc`
    x_hat, _, _ = codec(x)

`wlc compress --model` writes their latents into `.wlc` files. `Slim2D` has a decoder for ordinary processors,
which the `walloc` package does not have.
"""

from .borders import crop, pad
from .codecs import Codec, Codec1D, Codec2D, Slim2D, Walloc
from .latent_pictures import latent_to_pil, pil_to_latent

__all__ = ["Codec", "Codec1D", "Codec2D", "Slim2D", "Walloc", "crop", "latent_to_pil", "pad", "pil_to_latent"]
