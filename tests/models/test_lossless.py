"""The walk: who decodes takes the very steps of who encodes, whatever computes them and in whatever portions."""

import hashlib
from collections.abc import Callable
from copy import deepcopy

import numpy as np
import pytest
import torch

from wlc.models import lossless
from wlc.models.integer_layers import ACTIVATION_MAX, IntConv, TrainableConv, export_into, prepare_all
from wlc.models.lazy_split import PHASES, split_count, subsampled
from wlc.models.lossless import Step, walk
from wlc.models.own_weights import Terms
from wlc.models.reversible_colour import to_planes
from wlc.models.sample_nets import HEAVIEST, ONE, Features, LosslessConfig, SampleNets, predicted
from wlc.models.training.lossless_objective import Shape, bits_per_sample

# What oneDNN says when it is switched off and on again.
pytestmark = pytest.mark.filterwarnings("ignore:TF32 acceleration")

CONFIG = LosslessConfig(width=8, colour_width=8, looks=2, own_splits=1)
SIZES = [(1, 1), (2, 1), (4, 4), (1, 37), (37, 1), (5, 5), (17, 30), (67, 129)]


def lively() -> SampleNets:
    """Trainable nets whose heads all have something to say."""
    torch.manual_seed(5)
    nets = SampleNets(CONFIG, TrainableConv)
    with torch.no_grad():
        for name, weight in nets.named_parameters():
            if name.endswith("name.weight"):
                weight.normal_(std=0.02)[-1] *= 10
    return nets


@pytest.fixture(scope="module")
def trained() -> SampleNets:
    return lively()


@pytest.fixture(scope="module")
def nets(trained) -> SampleNets:
    exact = SampleNets(CONFIG, IntConv)
    export_into(exact, trained)
    return exact.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def drawn(height: int, width: int, colours: int = 3, batch: int = 1, depth: int = 8, seed: int = 0) -> torch.Tensor:
    """Shades with noise in one half and noise alone in the other, (batch, colours, height, width)."""
    random = np.random.default_rng([height, width, colours, seed])
    y, x = np.mgrid[:height, :width]
    shade = np.stack([[x + y * k + 9 * b for k in range(colours)] for b in range(batch)]) % 256.0
    shade += random.normal(0, 4, shade.shape)
    samples = np.where(x > width // 2, random.integers(0, 256, shade.shape), shade) * 2.0 ** (depth - 8)
    planes = torch.from_numpy(samples.round().clip(0, 2**depth - 1))
    planes = to_planes(planes, 1) if colours == 3 else planes
    return planes.float() if depth == 8 else planes


def encoded(nets: SampleNets, planes: torch.Tensor, **options) -> tuple[list[Step], list[torch.Tensor], torch.Tensor]:
    """All steps, what each left over, and the samples at the end."""
    steps, leftover = [], []

    def visit(step: Step) -> torch.Tensor:
        y, x = PHASES[step.phase].parity
        actual = subsampled(planes[:, step.colour], step.split)[..., y::2, x::2]
        shown = torch.floor(step.prediction / ONE + 0.5)
        rows, columns = actual.shape[1:]
        steps.append(step)
        leftover.append(actual - shown[:, :rows, :columns])
        shown[:, :rows, :columns] = actual
        return shown

    height, width = planes.shape[-2:]
    with torch.no_grad():
        samples = walk(nets, subsampled(planes, split_count(height, width)), height, width, visit, **options)
    return steps, leftover, samples


def decoded(
    nets: SampleNets, coarsest: torch.Tensor, size: tuple[int, int], leftover: list[torch.Tensor], **options
) -> tuple[list[Step], torch.Tensor]:
    """From nothing but the coarsest samples and what was left over."""
    steps, left = [], iter(leftover)

    def visit(step: Step) -> torch.Tensor:
        steps.append(step)
        shown = torch.floor(step.prediction / ONE + 0.5)
        own = next(left)
        shown[:, : own.shape[1], : own.shape[2]] += own
        return shown

    with torch.no_grad():
        return steps, walk(nets, coarsest, *size, visit, **options)


def own(step: Step, terms: Terms) -> torch.Tensor:
    """Weights that differ from step to step and from tile to tile."""
    source = np.random.default_rng([step.split, step.phase, step.colour])
    return torch.from_numpy(source.integers(-60, 60, (len(terms.base), terms.count)))


def same(steps: list[Step], others: list[Step]) -> bool:
    return len(steps) == len(others) and all(
        (one.split, one.phase, one.colour) == (other.split, other.phase, other.colour)
        and torch.equal(one.prediction.double(), other.prediction.double())
        and torch.equal(one.index.double(), other.index.double())
        for one, other in zip(steps, others, strict=True)
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("colours", "depth"), [(3, 8), (1, 8), (3, 16), (1, 16)])
def test_the_way_back_is_the_way_there(nets, size, colours, depth):
    planes = drawn(*size, colours, 2, depth)
    options = {"level": 16, "coarseness": 40} if depth == 16 else {}
    steps, leftover, samples = encoded(nets, planes, **options)
    assert torch.equal(samples, planes)
    splits = split_count(*size)
    assert len(steps) == splits * len(PHASES) * colours
    again, back = decoded(nets, subsampled(planes, splits), size, leftover, **options)
    assert torch.equal(back, planes) and same(steps, again)
    for step in steps:
        assert torch.equal(step.prediction, step.prediction.round())
        assert torch.equal(step.index, step.index.round())


def test_the_nets_make_a_difference(nets):
    """Else all tests here would be about nothing: predictions and scales depend on content, in every head."""
    planes = drawn(67, 129)
    for step in encoded(nets, planes)[0]:
        if step.prediction.numel() > 50:
            assert len(step.index.unique()) > 2 and len((step.prediction % ONE).unique()) > 5


@pytest.mark.parametrize(("colours", "depth"), [(3, 8), (1, 16)])
def test_weights_of_a_tiles_own(nets, colours, depth):
    """Large steps hear them, others do not; and the way back is the way there."""
    planes = drawn(67, 129, colours, 2, depth)
    plain, (steps, leftover, samples) = encoded(nets, planes)[0], encoded(nets, planes, own_weights=own)
    assert torch.equal(samples, planes)
    again, back = decoded(nets, subsampled(planes, split_count(67, 129)), (67, 129), leftover, own_weights=own)
    assert torch.equal(back, planes) and same(steps, again)
    for step, before in zip(steps, plain, strict=True):
        large = step.is_large(67, 129)
        assert large == (step.split == 0)
        assert large or same([step], [before])
        assert not large or not torch.equal(step.prediction, before.prediction)


def test_who_has_no_weights_of_its_own_walks_as_ever(nets):
    planes = drawn(67, 129)
    assert same(encoded(nets, planes, own_weights=lambda step, terms: None)[0], encoded(nets, planes)[0])
    nothing = encoded(nets, planes, own_weights=lambda step, terms: 0 * own(step, terms))
    assert same(nothing[0], encoded(nets, planes)[0])


@pytest.mark.parametrize("reduce", [1, 2, 3])
def test_a_walk_may_end_early(nets, reduce):
    planes = drawn(67, 129)
    whole, _, _ = encoded(nets, planes)
    steps, _, samples = encoded(nets, planes, finest=reduce)
    assert torch.equal(samples, subsampled(planes, reduce))
    assert same(steps, whole[: len(steps)]) and steps[-1].split == reduce


@pytest.mark.parametrize("options", [{"level": 4}, {"coarseness": 90}])
def test_options_are_heard(nets, options):
    planes = drawn(32, 32)
    assert not same(encoded(nets, planes)[0], encoded(nets, planes, **options)[0])


def test_wider_samples_are_understood_as_the_nets_know_them(nets):
    """Samples and level times 16: the same scales, and predictions 16 times as far, but for what is rounded."""
    planes = drawn(32, 48).double()
    steps, _, _ = encoded(nets, planes)
    wider, _, _ = encoded(nets, planes * 16, level=16)
    for one, other in zip(steps[-9:], wider[-9:], strict=True):
        assert (one.index - other.index).abs().float().mean() < 1
        assert (one.prediction - other.prediction / 16).abs().mean() < ONE


@pytest.mark.parametrize("places", [1, 70, 1 << 30])
@pytest.mark.parametrize("batch", [1, 3])
def test_strips_see_what_the_whole_sees(nets, monkeypatch, places, batch):
    planes = drawn(64, 70, batch=batch)
    expected = encoded(nets, planes, own_weights=own)[0]
    monkeypatch.setattr(lossless, "_STRIP_PLACES", dict.fromkeys(lossless._STRIP_PLACES, places))
    assert same(encoded(nets, planes, own_weights=own)[0], expected)


def test_strips_cover_all_rows_once():
    with torch.no_grad():
        for height, width, reach in ((1, 1, 2), (300, 100, 2), (7, 9000, 0), (82, 100, 1), (81, 100, 3)):
            rows = []
            for strip, wider, own in lossless._strips(height, width, reach, 1 << 13):
                assert wider.start >= 0 and wider.stop <= height
                assert range(*wider.indices(height))[own] == range(*strip.indices(height))
                assert strip.start - wider.start == min(reach, strip.start)
                assert wider.stop - strip.stop == min(reach, height - strip.stop)
                rows.extend(range(*strip.indices(height)))
            assert rows == list(range(height))


@pytest.mark.parametrize("colours", [1, 3])
def test_tiles_together_and_one_by_one(nets, colours):
    planes = drawn(33, 50, colours, batch=3)
    together = encoded(nets, planes)[0]
    alone = [encoded(nets, tile)[0] for tile in planes.split(1)]
    for number, steps in enumerate(alone):
        of_tile = [Step(s.split, s.phase, s.colour, s.prediction[number : number + 1], s.index[number : number + 1])
               for s in together]  # fmt: skip
        assert same(of_tile, steps)


def different_memory(nets: SampleNets) -> SampleNets:
    return deepcopy(nets).to(memory_format=torch.contiguous_format)


@pytest.mark.parametrize(("threads", "onednn"), [(1, True), (1, False), (2, True)])
@pytest.mark.parametrize("change", [lambda nets: nets, different_memory], ids=["channels last", "contiguous"])
def test_threads_onednn_and_memory_formats(nets, threads, onednn, change):
    planes = drawn(15, 21)
    expected = encoded(nets, planes)[0]
    torch.set_num_threads(threads)
    with torch.backends.mkldnn.flags(enabled=onednn):
        assert same(encoded(change(nets), planes)[0], expected)


@pytest.mark.parametrize("size", [(64, 64), (67, 129)])
def test_wider_numbers_have_nothing_to_add(nets, size):
    """Were float32 inexact anywhere, it would show here."""
    planes = drawn(*size)
    expected = encoded(nets, planes)[0]
    assert same(encoded(deepcopy(nets).double(), planes.double())[0], expected)
    assert same(encoded(nets, planes.double())[0], expected)
    assert same(encoded(deepcopy(nets).double(), planes)[0], expected)
    expected = encoded(nets, planes, own_weights=own)[0]
    assert same(encoded(nets, planes.double(), own_weights=own)[0], expected)


def hardest(nets: SampleNets, sign: Callable[[int], torch.Tensor]) -> SampleNets:
    """All weights of all neighbours as heavy as they get, whatever the picture."""
    heavy = deepcopy(nets)
    for name, layer in heavy.named_modules():
        if name.endswith("name"):
            layer.weight.zero_()
            layer.shift.zero_()
            layer.bias.copy_(HEAVIEST * sign(len(layer.bias)))
            layer.bias[-2:] = torch.tensor([1e6, 20])
    prepare_all(heavy)
    return heavy


def black_and_white(height: int, width: int) -> torch.Tensor:
    rgb = torch.from_numpy(np.random.default_rng(1).integers(0, 2, (1, 3, height, width)) * 255)
    return to_planes(rgb, 2).float()  # the transform with the widest planes


SIGNS = {
    "all up": torch.ones,
    "all down": lambda n: -torch.ones(n),
    "by turns": lambda n: 1.0 - 2 * (torch.arange(n) % 2),
}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("size", [(64, 64), (65, 65), (37, 91)])
def test_the_heaviest_weights_stay_exact(nets, monkeypatch, sign, size):
    """Also where sides are odd, and what is predicted beyond the edge is a neighbour too."""
    heavy, planes = hardest(nets, SIGNS[sign]), black_and_white(*size)
    steps = encoded(heavy, planes)[0]
    assert max(step.prediction.abs().max() for step in steps) > 2**16

    def wider(raw: torch.Tensor, weighed: list[torch.Tensor], base: torch.Tensor, level: int) -> torch.Tensor:
        exact = predicted(raw, [values.double() for values in weighed], base.double(), level)
        return exact.clamp(-ONE * 2**9, ONE * 2**9).float()

    monkeypatch.setattr(lossless, "predicted", wider)
    assert same(steps, encoded(heavy, planes)[0])


def test_gray_is_colour_without_colours(nets):
    """The first of three planes is predicted from less if there are no others, but from nothing else."""
    gray = drawn(16, 24, 1)
    flat = torch.cat([gray, torch.zeros_like(gray), torch.zeros_like(gray)], dim=1)
    ours = [step for step in encoded(nets, flat)[0] if step.colour == 0][:1]
    assert same(encoded(nets, gray)[0][:1], ours)


def test_integers_cost_what_was_trained(trained, nets):
    """In bits, over a picture: the head of trained nets is not rounded, all else is the same."""
    rgb = torch.cat([drawn(64, 64), drawn(64, 64, seed=1)]).abs().clamp(max=255)
    shape = Shape()
    with torch.no_grad():
        by_trained = bits_per_sample(trained, shape, rgb, bf16=False).item()
        by_integers = bits_per_sample(nets, shape, rgb, bf16=False).item()
    assert by_integers == pytest.approx(by_trained, rel=0.01)


def test_training_walks_the_same_way(trained):
    """All rows at once and with slopes, or in strips and without."""
    planes = drawn(40, 300)
    expected = encoded(trained, planes)[0]
    predictions = []

    def visit(step: Step) -> torch.Tensor:
        y, x = PHASES[step.phase].parity
        predictions.append(step.prediction)
        actual = subsampled(planes[:, step.colour], step.split)[..., y::2, x::2]
        shown = torch.floor(step.prediction.detach() / ONE + 0.5)
        shown[:, : actual.shape[1], : actual.shape[2]] = actual
        return shown

    walk(trained, subsampled(planes, split_count(40, 300)), 40, 300, visit)
    assert all(prediction.requires_grad for prediction in predictions)
    for step, prediction in zip(expected, predictions, strict=True):
        assert torch.allclose(step.prediction, prediction.detach(), atol=1.0)


def whole_numbers(source: np.random.PCG64, shape: tuple[int, ...], below: int) -> torch.Tensor:
    """That no version of NumPy or PyTorch changes: the generator's own numbers, without a distribution."""
    numbers = source.random_raw(int(np.prod(shape))) >> np.uint64(20)
    return torch.from_numpy((numbers % np.uint64(below)).astype(np.float32).reshape(shape))


def drawn_nets() -> SampleNets:
    """Weights are drawn integers, of a size that keeps activations in the middle and predictions near the picture."""
    source = np.random.PCG64(1)
    nets = SampleNets(LosslessConfig(12, 8, 1, 1), IntConv)
    for name, layer in nets.named_modules():
        if isinstance(layer, IntConv):
            is_head = name.endswith("name")
            reach = 100 * 127 * layer.weight[0].numel() ** 0.5 / 2  # about as far as the accumulator goes
            layer.shift.fill_(max(0, round(np.log2(reach / (20 if is_head else 100)))))
            layer.weight.copy_(whole_numbers(source, tuple(layer.weight.shape), 255) - 127)
            bias = whole_numbers(source, tuple(layer.bias.shape), 30) + (15 if is_head else 30)
            layer.bias.copy_(bias * 2**layer.shift)
    prepare_all(nets)
    return nets.eval().requires_grad_(False)


GOLDEN = "09d08a3455b8364f"


@pytest.mark.parametrize("change", [lambda nets: nets, lambda nets: nets.to(memory_format=torch.channels_last)])
def test_golden_walk(change):
    """The same on every machine, in every version of PyTorch, for ever: an old file means what it meant."""
    source, digest = np.random.PCG64(2), hashlib.sha256()
    nets = change(drawn_nets())
    for colours, level, depth in ((3, 1, 8), (1, 1, 8), (3, 8, 16)):
        planes = whole_numbers(source, (2, colours, 21, 38), 60) * 2.0 ** (depth - 8)
        planes = to_planes(planes, 1) if colours == 3 else planes
        steps, _, _ = encoded(nets, planes.float() if depth == 8 else planes.double(), level=level, coarseness=30)
        for step in steps:
            digest.update(step.prediction.numpy().astype("<i4").tobytes())
            digest.update(step.index.numpy().astype("<i4").tobytes())
    assert len(steps[-1].index.unique()) > 10
    assert digest.hexdigest()[:16] == GOLDEN


def test_features_are_activations(nets):
    everything = torch.arange(-100_000, 100_000, 7).float()
    shown = Features(nets)
    for features in (shown.signed(everything), *shown.of_errors(everything)):
        assert features.min() >= 0 and features.max() <= ACTIVATION_MAX
        assert torch.equal(features.float(), features.float().round())
