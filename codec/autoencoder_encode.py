"""A picture to the bytes of a `.wlc` file by an autoencoder. `autoencoder_decode.py` is the way back.

The model sees the whole picture at once: its nets may look as far as they like, so nothing is cut into windows. What it
makes of it are planes of whole numbers, which are written tile by tile.
"""

from __future__ import annotations

import numpy as np
import torch

from wlc.ancillary import chunks_of
from wlc.autoencoder_decode import code_tiles, samples_from
from wlc.bitstream import alpha, plane_coder, webp_coder
from wlc.bitstream.container import RANGE, Container, write_container
from wlc.bitstream.errors import LimitExceeded, WlcError
from wlc.bitstream.head import BANDS, ONE_QUALITY, Head
from wlc.bitstream.limits import DEFAULT_LIMITS
from wlc.computing import computing
from wlc.encode import coder_named
from wlc.loaded import Loaded, autoencoder_by_name
from wlc.pictures import Picture
from wlc.tiling import short_tile_log2_for


class AutoencoderEncoder:
    """One picture, at the one quality that the model has."""

    def __init__(
        self,
        picture: Picture,
        *,
        model: str,
        coder: str = "auto",
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        height, width, channels = picture.samples.shape
        if max(height, width) > DEFAULT_LIMITS.side:
            raise LimitExceeded(f"a picture may be {DEFAULT_LIMITS.side} pixels a side, this one is {width}x{height}")
        self.picture = picture
        self._loaded: Loaded = autoencoder_by_name(model, device)
        self._coder = coder_named(coder)
        self._threads = threads
        self._colours = picture.samples[..., : channels - picture.has_alpha]
        self._alpha = alpha.encode_alpha(picture.samples[..., -1]) if picture.has_alpha else None
        self._check_channels()
        self._codes: np.ndarray | None = None

    def file(self) -> bytes:
        with computing(self._loaded.device, self._threads):
            self._codes = self._codes_of(self._colours)
        head = self._head()
        segments = [self._write(self._codes[tile]) for tile in code_tiles(head, self._loaded.model.cell)]
        return write_container(Container(head, chunks_of(self.picture.metadata), self._alpha, tuple(segments)))

    def reconstruct(self) -> Picture:
        """What a decoder will show of the file."""
        with computing(self._loaded.device, self._threads):
            colours = samples_from(self._codes, self._head(), self._loaded)
        return self.picture.with_colours(colours)

    def _check_channels(self) -> None:
        wanted, there = self._loaded.model.channels, self._colours.shape[2]
        as_gray = there == 1 and wanted == 3 and not self.picture.is_cube
        if there != wanted and not as_gray:
            what = "band" if self.picture.is_cube else "channel"
            raise WlcError(
                f"the model {self._loaded.name!r} is for {wanted} channel{'s' * (wanted > 1)}, "
                f"and this picture has {there} {what}{'s' * (there > 1)}"
            )

    def _codes_of(self, samples: np.ndarray) -> np.ndarray:
        scaled = samples.astype(np.float32) / np.iinfo(samples.dtype).max
        picture = torch.from_numpy(scaled).to(self._loaded.device).permute(2, 0, 1)[None]
        codes = self._loaded.model.codes_of(picture.expand(-1, self._loaded.model.channels, -1, -1))
        return codes[0].cpu().numpy().astype(np.int32)

    def _head(self) -> Head:
        height, width, channels = self.picture.samples.shape
        return Head(
            fingerprint=self._loaded.fingerprint,
            coder=self._coder,
            rate_index=0,
            layout=BANDS if self.picture.is_cube else channels,
            bit_depth=self.picture.bit_depth,
            tile_log2=short_tile_log2_for(height, width),
            levels=1,
            width=width,
            height=height,
            hints=ONE_QUALITY,
            bands=channels if self.picture.is_cube else 0,
        )

    def _write(self, codes: np.ndarray) -> bytes:
        return plane_coder.encode(codes, self._loaded.tables) if self._coder == RANGE else webp_coder.encode([codes])
