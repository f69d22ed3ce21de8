"""A larger model starts where a smaller one stands."""

from dataclasses import replace

import pytest
import torch

from wlc.models.integer_layers import TrainableConv
from wlc.models.lossy import LossyModel
from wlc.models.training import checkpoint, objective
from wlc.models.training.growth import grow_from, origin_of
from wlc.models.training.lossy_loop import Trainer


def smaller(tiny_training) -> LossyModel:
    tensors, _ = checkpoint.load(tiny_training.settings.output)
    model = LossyModel(tiny_training.config, TrainableConv)
    model.load_state_dict({k[8:]: v for k, v in tensors.items() if k.startswith("average.")})
    return model


def larger(tiny_training, **sizes) -> LossyModel:
    torch.manual_seed(3)
    grown = {"encoder_blocks": 3, "decoder_blocks": 4, "scale_looks": 2} | sizes
    return LossyModel(replace(tiny_training.config, **grown), TrainableConv)


def test_it_computes_what_the_smaller_one_computes(tiny_training):
    model = larger(tiny_training)
    grow_from(tiny_training.settings.output, model)
    rgb, quality = torch.rand(2, 3, 64, 64) * 255, torch.tensor([60, 150])
    outcomes = []
    for each in (smaller(tiny_training), model):
        torch.manual_seed(0)
        outcomes.append(objective.evaluate(each, rgb, quality, bf16=False))
    assert torch.equal(outcomes[0].loss, outcomes[1].loss)
    assert torch.equal(outcomes[0].squared_error, outcomes[1].squared_error)


def test_what_was_added_learns(tiny_training):
    model = larger(tiny_training)
    grow_from(tiny_training.settings.output, model)
    rgb, quality = torch.rand(2, 3, 64, 64) * 255, torch.tensor([60, 150])
    objective.evaluate(model, rgb, quality, bf16=False).loss.backward()
    look = model.scale_nets.nets[3].first.looks[1]
    for added in (model.encoder_net.blocks[2], model.decoder_net.blocks[3], look):
        assert added.mix.weight.grad.abs().sum() > 0


def test_another_width_is_refused(tiny_training):
    with pytest.raises(ValueError, match="does not fit"):
        grow_from(tiny_training.settings.output, larger(tiny_training, decoder_width=12))


def test_a_folder_without_a_checkpoint_is_refused(tiny_training, tmp_path):
    with pytest.raises(ValueError, match="no checkpoint"):
        grow_from(tmp_path, larger(tiny_training))


def test_a_run_that_grows(tiny_training, tmp_path):
    settings = replace(tiny_training.settings, output=tmp_path / "grown", grow_from=tiny_training.settings.output)
    trainer = Trainer(settings, replace(tiny_training.config, decoder_blocks=3), log=lambda line: None)
    small = smaller(tiny_training).decoder_net.blocks[0].enter.weight
    assert trainer.step == 0 and torch.equal(trainer.model.decoder_net.blocks[0].enter.weight, small)
    trainer.run()
    assert trainer.step == settings.steps


def test_finished_weights_will_do(tiny_training, tmp_path):
    settings = replace(tiny_training.settings, output=tmp_path / "tuned", grow_from=str(tiny_training.weights))
    trainer = Trainer(settings, origin_of(tiny_training.weights).config, log=lambda line: None)
    trained = smaller(tiny_training).state_dict()
    own = trainer.model.state_dict()
    assert torch.equal(own["decoder_net.leave.weight"], trained["decoder_net.leave.weight"])
    enter = "scale_nets.nets.2.first.enter.weight"  # an integer net: rounded, and no more than that
    largest = trained[enter].abs().amax(dim=(1, 2, 3), keepdim=True)
    assert ((own[enter] - trained[enter]).abs() <= largest / 127 + 1e-6).all()
    assert not torch.equal(own[enter], trained[enter])


def test_an_installed_model_has_its_sizes():
    assert origin_of("photo").config.decoder_blocks == 5


def test_what_is_not_there_is_named():
    with pytest.raises(ValueError, match="neither a folder with a checkpoint nor .* photo"):
        origin_of("nowhere")
    with pytest.raises(ValueError, match="not a lossy model"):
        origin_of("lossless")
