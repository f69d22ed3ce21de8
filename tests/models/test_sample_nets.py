import numpy as np
import pytest
import torch

from wlc.models.integer_layers import ACTIVATION_MAX, IntConv, TrainableConv, export_into
from wlc.models.lazy_split import FEWER, NEIGHBOURS, PHASES
from wlc.models.sample_nets import (
    HEAVIEST,
    ONE,
    STARTS,
    Features,
    LosslessConfig,
    SampleNets,
    predicted,
    signed_levels,
    upsampled,
)

SMALL = LosslessConfig(8, 8, 1, 1)


def test_sizes_are_kept_beside_the_weights():
    config = LosslessConfig(16, 12, 3, 4, "haar")
    assert LosslessConfig.from_dict(config.as_dict()) == config


def test_signed_levels_tell_left_from_right():
    levels = signed_levels()
    assert len(levels) == 513 and levels[256] == 128
    assert torch.equal(levels, levels.round()) and levels.min() >= 0 and levels.max() <= ACTIVATION_MAX
    assert (levels.diff() >= 0).all() and levels[255] == 112 and levels[257] == 144
    assert torch.equal(levels + levels.flip(0), torch.full((513,), 256.0))


def test_features_of_differences():
    features = Features(SampleNets(SMALL, IntConv))
    differences = torch.tensor([[-1e6, -256.0, -1.0], [0.0, 1.0, 300.0]])
    assert features.signed(differences).tolist() == [[1, 1, 112], [128, 144, 255]]
    signed, size = features.of_errors(torch.tensor([-3.0, 0.0, 3.0, 5000.0]))
    assert signed.tolist() == [96, 128, 160, 255] and size.tolist() == [64, 0, 64, 255]


def test_own_nets_for_the_finest_splits_and_one_for_all_others():
    nets = SampleNets(LosslessConfig(8, 8, 1, 2), IntConv)
    assert len(nets.splits) == 3
    assert nets.net(0, 1) is nets.splits[0][1] and nets.net(1, 2) is nets.splits[1][2]
    assert nets.net(2, 0) is nets.net(3, 0) is nets.net(14, 0) is nets.splits[2][0]


def slowly(raw: np.ndarray, weighed: list[np.ndarray], base: np.ndarray, level: int) -> np.ndarray:
    result = np.zeros(base.shape, np.int64)
    values = np.concatenate(weighed, axis=1)
    for b, y, x in np.ndindex(*base.shape):
        total = int(base[b, y, x]) * ONE
        total += min(max(int(raw[b, -2, y, x]), -2047), 2047) * 16 * level
        for k in range(values.shape[1]):
            total += min(max(int(raw[b, k, y, x]), -511), 511) * int(values[b, k, y, x])
        farthest = ONE * (512 if level == 1 else 1 << 17)
        result[b, y, x] = min(max(total, -farthest), farthest)
    return result


@pytest.mark.parametrize("level", [1, 16, 4096])
def test_predictions_are_sums_of_whole_numbers(level):
    random = np.random.default_rng(level)
    dtype = torch.float32 if level == 1 else torch.float64
    raw = random.integers(-3 * HEAVIEST, 3 * HEAVIEST, (2, 8, 3, 4))
    raw[:, -2] *= 3
    weighed = [random.integers(-300 * level, 300 * level, (2, n, 3, 4)) for n in (4, 1, 1)]
    base = random.integers(0, 256 * level, (2, 3, 4))
    known = [torch.from_numpy(x).to(dtype) for x in weighed]
    found = predicted(torch.from_numpy(raw).float(), known, torch.from_numpy(base).to(dtype), level)
    assert found.dtype == dtype
    assert np.array_equal(found.numpy().astype(np.int64), slowly(raw, weighed, base, level))


@pytest.mark.parametrize("size", [(2, 3), (3, 5), (4, 6), (1, 1)])
def test_upsampled(size):
    rows, columns = ((side + 1) // 2 for side in size)
    x = torch.arange(2 * 3 * rows * columns).view(2, 3, rows, columns).float()
    large = upsampled(x, *size)
    assert large.shape == (2, 3, *size)
    for y, column in np.ndindex(*size):
        assert torch.equal(large[..., y, column], x[..., y // 2, column // 2])


@pytest.mark.parametrize("start", STARTS)
def test_what_is_predicted_before_anything_is_learned(start):
    """Weights of the four nearest, whatever the picture, and a scale of 1; in integers just the same."""
    nets = SampleNets(LosslessConfig(8, 8, 1, 0, start), TrainableConv)
    exact = SampleNets(nets.config, IntConv)
    export_into(exact, nets)
    for number, phase in enumerate(PHASES):
        for colour in range(3):
            seen = torch.randint(0, 256, (1, 2 * colour, 5, 6)).float() if colour else None
            hidden = torch.randint(0, 256, (1, 8, 5, 6)).float()
            for model in (nets, exact):
                raw = model.net(0, number).heads[colour](hidden, seen).round()[0, :, 0, 0]
                quarters = torch.tensor(STARTS[start][phase.parity])
                assert torch.equal(raw[:4], quarters * ONE / 4)
                assert raw[4:-1].abs().max() == 0 and raw[-1] == 24
                assert len(raw) == (NEIGHBOURS if colour == 0 else FEWER) + colour + 2


def test_starts_are_weighted_means():
    for start in STARTS.values():
        assert set(start) == {phase.parity for phase in PHASES}
        assert all(sum(quarters) == 4 for quarters in start.values())


def test_legall_looks_along_the_row_or_the_column_that_is_known():
    """Its two heavy weights lie where a 5/3 wavelet has its neighbours: left and right, or above and below."""
    for phase in PHASES[1:]:
        quarters = STARTS["legall"][phase.parity]
        heavy = [place for place, quarter in zip(phase.neighbours[:4], quarters, strict=True) if quarter]
        along = (0, 1) if phase.parity == (0, 1) else (1, 0)
        assert sorted(heavy) == sorted([along, (-along[0], -along[1])])


def test_nothing_is_zero_everywhere():
    hidden, magnitudes = Features(SampleNets(SMALL, IntConv)).nothing(2, 3, 4)
    assert hidden.shape == (2, 8, 3, 4) and magnitudes.shape == (2, 3, 3, 4)
    assert not hidden.any() and not magnitudes.any()
