"""The pictures behind the golden files, in arithmetic that is the same in every version of numpy."""

from pathlib import Path

import numpy as np

from wlc.models.origins import JPEG, STORED, Stored

FOLDER = Path(__file__).parent
WITHIN = {"within-2": 2}  # by how many levels samples may be off; the others are lossless


def noise(height: int, width: int, channels: int, below: int) -> np.ndarray:
    """Whole numbers from 0 to below - 1, as good as random."""
    x = np.arange(1, height * width * channels + 1, dtype=np.uint64)
    for _ in range(3):
        x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        x ^= x >> np.uint64(29)
    return ((x >> np.uint64(33)) % np.uint64(below)).astype(np.int64).reshape(height, width, channels)


def shades(height: int, width: int, channels: int) -> np.ndarray:
    """Slopes of slopes, 0 to about 230, and noise of a few levels."""
    y, x = np.mgrid[:height, :width][..., np.newaxis]
    c = np.arange(channels)
    bowl = (x - width // 2) ** 2 // (3 + c) + (y - height // 3) ** 2 // 5 + x * y // (40 + 9 * c)
    return bowl % 231 + noise(height, width, channels, 6) + noise(height, width, channels, 4)


def drawing(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    kind = (x // 9 + y // 7) % 3 + 3 * ((x + y) % 31 == 0)
    return np.array([[250, 250, 245], [20, 30, 90], [200, 40, 40], [0, 0, 0], [0, 0, 0], [9, 9, 9]])[kind]


def once_jpeg(height: int, width: int) -> np.ndarray:
    """What a JPEG decoder makes of a picture, and three pixels that it cannot make."""
    luma, blue, red = np.moveaxis(shades(height, width, 3), 2, 0)
    rgb = np.stack(JPEG.to_rgb(luma, blue // 6 - 20, red // 8 - 12), axis=-1).clip(0, 255)
    rgb[[2, 17, 33], [9, 0, 47]] = [[100, 100, 101], [250, 3, 128], [31, 200, 30]]
    return rgb


def from_half_size_chroma(stored: Stored, height: int, width: int) -> np.ndarray:
    """What a decoder makes of it, but for a line that somebody drew."""
    import torch

    luma, *halved = np.moveaxis(shades(height, width, 3), 2, 0)
    halved = np.stack(halved)[:, : -(-height // 2), : -(-width // 2)] // 6 - 20
    chroma = stored.enlargement.enlarge(torch.from_numpy(halved).float()[None])[0, :, :height, :width].int().numpy()
    rgb = np.stack(stored.origin.to_rgb(luma // 2 + 40, *chroma), axis=-1).clip(0, 255)
    rgb[height // 2, 5:9] = 250, 3, 128
    return rgb


def all_pictures() -> dict[str, np.ndarray]:
    eight, sixteen = np.uint8, np.uint16
    return {
        "shades-rgb": shades(67, 91, 3).astype(eight),
        "shades-gray": shades(70, 45, 1).astype(eight),
        "shades-rgba": shades(40, 52, 4).astype(eight),
        "deep-gray": (shades(48, 64, 1) * 97 + noise(48, 64, 1, 97)).astype(sixteen),
        "deep-rgb": (shades(35, 50, 3) * 7 + noise(35, 50, 3, 3)).astype(sixteen),
        "repeated": (shades(40, 44, 3) * 257).astype(sixteen),
        "within-2": shades(61, 80, 3).astype(eight),
        "drawing": drawing(90, 120).astype(eight),
        "noise": noise(30, 41, 3, 256).astype(eight),
        "once-jpeg": once_jpeg(50, 71).astype(eight),
        "half-chroma-jpeg": from_half_size_chroma(STORED[3], 53, 66).astype(eight),
        "half-chroma-webp": from_half_size_chroma(STORED[4], 60, 49).astype(eight),
        "half-chroma-photo-cd": from_half_size_chroma(STORED[7], 51, 57).astype(eight),
        "sliver": (np.arange(300).reshape(1, -1, 1) // 2 + noise(1, 300, 3, 4)).astype(eight),
    }


def made(name: str, samples: np.ndarray) -> bytes:
    import wlc

    return wlc.compress(samples, max_error=WITHIN.get(name, 0), device="cpu")


if __name__ == "__main__":
    for name, samples in all_pictures().items():
        FOLDER.joinpath(f"{name}.wlc").write_bytes(made(name, samples))
